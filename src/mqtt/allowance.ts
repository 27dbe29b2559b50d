import type { Clock } from '../util/clock.ts'

/** So many a second, with a reserve for bursts: a bucket that refills. */
export class Allowance {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #reserve: number
  readonly #deepest: number
  #left: number
  #at: number

  /** `deepest`: how many may wait at most; more change nothing. */
  constructor(clock: Clock, perSecond: number, reserve: number, deepest: number = Number.POSITIVE_INFINITY) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#reserve = reserve
    this.#deepest = deepest
    this.#left = reserve
    this.#at = clock.monotonic()
  }

  /** What is left of the reserve; below 0 are those that wait. */
  get left(): number {
    return this.#left
  }

  /** Takes one, or so many. Answers how many ms it must wait: 0 while the reserve lasts. */
  take(count = 1): number {
    this.#refill()
    this.#left = Math.max(-this.#deepest, this.#left - count)
    return this.#left >= 0 ? 0 : (-this.#left / this.#perSecond) * 1000
  }

  /** Takes one if there is one, without waiting for it. */
  takeIfLeft(): boolean {
    this.#refill()
    if (this.#left < 1) return false
    this.#left--
    return true
  }

  #refill(): void {
    const now = this.#clock.monotonic()
    this.#left = Math.min(this.#reserve, this.#left + ((now - this.#at) / 1000) * this.#perSecond)
    this.#at = now
  }
}
