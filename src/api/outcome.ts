import { Fault } from '../message/fault.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from '../util/clock.ts'
import { Doorbell } from '../util/doorbell.ts'
import type { Data } from './operation.ts'

/** Fallback poll, should the bell not ring. */
const pollMs = 30_000

/** Waits for the results of commands. */
export class Outcomes {
  readonly #store: Store
  readonly #clock: Clock
  readonly #now: () => number
  readonly #bell: Doorbell

  constructor(store: Store, clock: Clock, now: () => number) {
    this.#store = store
    this.#clock = clock
    this.#now = now
    this.#bell = new Doorbell(clock)
    store.onEmitted(() => this.#bell.ring())
  }

  /** The final result of a command, or the latest one after `forMs`. Fails with `unknown_command`. */
  async of(commandId: string, forMs: number): Promise<Data> {
    const end = this.#clock.monotonic() + forMs
    for (;;) {
      const seen = this.#bell.rings
      const result = await this.#store.run('findCommand', { id: commandId, now: this.#now() })
      if (result === null)
        throw new Fault('unknown_command', `there is no command or text "${commandId}"`, { id: commandId })
      const left = end - this.#clock.monotonic()
      if (result.final === true || left <= 0) return result
      await this.#bell.wait(seen, Math.min(pollMs, left))
    }
  }
}
