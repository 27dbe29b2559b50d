import { Latch } from '../../util/latch.ts'
import type { Channel } from './line/channel.ts'

/** Between two attempts, and before the first. */
const retryIntervalMs = 8_000

export interface WakingDeps {
  readonly channel: Channel
  /** Commands that were rejected during the set-up. */
  readonly refused: readonly string[]
  /** Until then a modem may still be starting (monotonic clock). */
  readonly until: number
  /** It accepts now what it rejected. */
  taken(command: string): void
}

/**
 * Modems answer before their SMS part is ready, and reject commands that they accept a minute later. Those are repeated
 * when the modem reports that it is ready, and at intervals while it may be starting.
 */
export class Waking {
  readonly #deps: WakingDeps
  readonly #ended = new Latch()
  #woken = new Latch()

  constructor(deps: WakingDeps) {
    this.#deps = deps
  }

  /** It may still accept what it rejected. */
  get isOpen(): boolean {
    const { channel, refused, until } = this.#deps
    return !this.#ended.isFired && refused.length > 0 && channel.clock.monotonic() < until
  }

  /** Resolves when nothing more is tried. */
  async run(): Promise<void> {
    const { channel, refused, taken } = this.#deps
    while (this.isOpen) {
      await this.#woken.waitUpTo(retryIntervalMs, channel.clock)
      this.#woken = new Latch()
      for (const command of refused) {
        const ask = async () => !this.#ended.isFired && (await channel.command(command, 5_000)).final.kind === 'ok'
        if (await channel.exclusive(ask)) return taken(command)
      }
    }
  }

  /** The modem reports that it is ready. */
  awake(): void {
    this.#woken.fire()
  }

  end(): void {
    this.#ended.fire()
    this.#woken.fire()
  }
}
