import type { Clock } from '../../util/clock.ts'

/** Damaged messages an hour that are filed as they came: more is a line that says anything. */
const maxPerHour = 100
const hourMs = 3_600_000
/** ms in which damage is logged once. */
const quietMs = 60_000

/** Counts what came directly and can't be read, so that a bad line fills neither the disk nor the log. */
export class Damage {
  readonly #clock: Clock
  readonly #log: (message: string) => void
  #since = Number.NEGATIVE_INFINITY
  #count = 0
  #toldAt = Number.NEGATIVE_INFINITY
  #untold = 0

  constructor(clock: Clock, log: (message: string) => void) {
    this.#clock = clock
    this.#log = log
  }

  /** One more. False where it is too many to be filed. */
  note(reason: string): boolean {
    const now = this.#clock.monotonic()
    if (now - this.#since > hourMs) {
      this.#since = now
      this.#count = 0
    }
    this.#count++
    this.#untold++
    if (now - this.#toldAt > quietMs) {
      const others = this.#untold > 1 ? ` (and ${this.#untold - 1} more since the last of these lines)` : ''
      this.#log(`a message that came directly is damaged: ${reason}${others}`)
      this.#toldAt = now
      this.#untold = 0
    }
    return this.#count <= maxPerHour
  }
}
