import type { Clock } from '../util/clock.ts'

/** ms in which a gateway gets nothing that has just said that it gets too much. */
const restMs = 1_000

/**
 * How much a gateway has under way at once, at the most its window. Told that it is too much, half of that, once for all
 * that was under way then; from there one more with each round that is taken.
 */
export class Credits {
  readonly #window: number
  readonly #clock: Clock
  #limit: number
  #used = 0
  #round = 0
  #taken = 0
  #restUntil = Number.NEGATIVE_INFINITY

  constructor(window: number, clock: Clock) {
    this.#window = Math.max(1, Math.floor(window))
    this.#limit = this.#window
    this.#clock = clock
  }

  get free(): number {
    return Math.max(0, this.#limit - this.#used)
  }

  /** ms until it may have more. */
  get rest(): number {
    return Math.max(0, this.#restUntil - this.#clock.monotonic())
  }

  /** One is under way; answers its round. */
  take(): number {
    this.#used++
    return this.#round
  }

  giveBack(): void {
    this.#used--
  }

  /** The gateway takes what it gets. */
  accepted(): void {
    if (this.#limit >= this.#window || ++this.#taken < this.#limit) return
    this.#limit++
    this.#taken = 0
  }

  /** What was under way in this round was too much. */
  throttled(round: number): void {
    this.#restUntil = this.#clock.monotonic() + restMs
    if (round !== this.#round) return
    this.#round++
    this.#limit = Math.max(1, Math.floor(this.#limit / 2))
    this.#taken = 0
  }
}
