import type { Clock } from './clock.ts'

/** Token bucket: a rate per second, with a reserve for bursts. */
export class Allowance {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #reserve: number
  readonly #maxDebt: number
  #left: number
  #at: number

  /** `maxDebt`: bound of how many may wait. */
  constructor(clock: Clock, perSecond: number, reserve: number, maxDebt: number = Number.POSITIVE_INFINITY) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#reserve = reserve
    this.#maxDebt = maxDebt
    this.#left = reserve
    this.#at = clock.monotonic()
  }

  /** Tokens left; negative while some wait. */
  get left(): number {
    return this.#left
  }

  /** Takes `count` tokens and returns how many ms to wait: 0 while the reserve lasts. */
  take(count = 1): number {
    this.#refill()
    this.#left = Math.max(-this.#maxDebt, this.#left - count)
    return this.#left >= 0 ? 0 : (-this.#left / this.#perSecond) * 1000
  }

  /** Whether one can be taken without waiting. */
  get isLeft(): boolean {
    this.#refill()
    return this.#left >= 1
  }

  /** Takes one if there is one, without waiting. */
  takeIfLeft(): boolean {
    if (!this.isLeft) return false
    this.#left--
    return true
  }

  #refill(): void {
    const now = this.#clock.monotonic()
    this.#left = Math.min(this.#reserve, this.#left + ((now - this.#at) / 1000) * this.#perSecond)
    this.#at = now
  }
}
