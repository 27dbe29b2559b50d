import type { Clock } from '../util/clock.ts'

/** So many a second, with a reserve for bursts: a bucket that refills. */
export class Allowance {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #reserve: number
  #left: number
  #at: number

  constructor(clock: Clock, perSecond: number, reserve: number) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#reserve = reserve
    this.#left = reserve
    this.#at = clock.monotonic()
  }

  /** What is left of the reserve; below 0 are those that wait. */
  get left(): number {
    return this.#left
  }

  /** Takes one. Answers how many ms it must wait: 0 while the reserve lasts. */
  take(): number {
    const now = this.#clock.monotonic()
    this.#left = Math.min(this.#reserve, this.#left + ((now - this.#at) / 1000) * this.#perSecond) - 1
    this.#at = now
    return this.#left >= 0 ? 0 : (-this.#left / this.#perSecond) * 1000
  }
}
