import { Latch } from '../../util/latch.ts'
import type { Channel } from './line/channel.ts'

/** ms between two questions, the first one included. */
const betweenQuestionsMs = 8_000

export interface WakingDeps {
  readonly channel: Channel
  /** Commands that were refused while the modem was set up. */
  readonly refused: readonly string[]
  /** Until then a modem may still be starting (monotonic clock). */
  readonly until: number
  /** It takes now what it has refused. */
  taken(command: string): void
}

/**
 * Modems answer before their SMS part is awake, and refuse what they know well a minute later. What was refused is
 * asked again when they say that they are awake, and by the clock while they may be starting.
 */
export class Waking {
  readonly #deps: WakingDeps
  readonly #ended = new Latch()
  #woken = new Latch()

  constructor(deps: WakingDeps) {
    this.#deps = deps
  }

  /** It may still come to take what it has refused. */
  get isOpen(): boolean {
    const { channel, refused, until } = this.#deps
    return !this.#ended.isFired && refused.length > 0 && channel.clock.monotonic() < until
  }

  /** Resolves when nothing more is asked. */
  async run(): Promise<void> {
    const { channel, refused, taken } = this.#deps
    while (this.isOpen) {
      await this.#woken.waitUpTo(betweenQuestionsMs, channel.clock)
      this.#woken = new Latch()
      for (const command of refused) {
        const ask = async () => !this.#ended.isFired && (await channel.command(command, 5_000)).final.kind === 'ok'
        if (await channel.exclusive(ask)) return taken(command)
      }
    }
  }

  /** The modem says that it is awake. */
  awake(): void {
    this.#woken.fire()
  }

  end(): void {
    this.#ended.fire()
    this.#woken.fire()
  }
}
