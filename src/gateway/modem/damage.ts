import type { Clock } from '../../util/clock.ts'

/** Damaged messages that are stored as received; more come from a line that sends garbage. */
const maxPerHour = 100
const hourMs = 3_600_000
/** Within this time damage is logged once. */
const quietMs = 60_000

/** Counts directly delivered messages that can't be read, so that a bad line fills neither the disk nor the log. */
export class Damage {
  readonly #clock: Clock
  readonly #log: (message: string) => void
  #since = Number.NEGATIVE_INFINITY
  #count = 0
  #loggedAt = Number.NEGATIVE_INFINITY
  #unlogged = 0

  constructor(clock: Clock, log: (message: string) => void) {
    this.#clock = clock
    this.#log = log
  }

  /** One more. False where it is too many to be stored. */
  note(reason: string): boolean {
    const now = this.#clock.monotonic()
    if (now - this.#since > hourMs) {
      this.#since = now
      this.#count = 0
    }
    this.#count++
    this.#unlogged++
    if (now - this.#loggedAt > quietMs) {
      const others = this.#unlogged > 1 ? ` (and ${this.#unlogged - 1} more since the last of these lines)` : ''
      this.#log(`a message that came directly is damaged: ${reason}${others}`)
      this.#loggedAt = now
      this.#unlogged = 0
    }
    return this.#count <= maxPerHour
  }
}
