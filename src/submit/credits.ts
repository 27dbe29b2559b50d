import type { Clock } from '../util/clock.ts'

/** Pause after a gateway has reported that it gets too much. */
const restMs = 1_000

/**
 * Submissions that a gateway may have in flight, at most its window. Halved when it reports too many, once for all that
 * were in flight then; increased by one with each accepted round.
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

  /** Time until it may have more, in ms. */
  get rest(): number {
    return Math.max(0, this.#restUntil - this.#clock.monotonic())
  }

  /** One is in flight; returns its round. */
  take(): number {
    this.#used++
    return this.#round
  }

  giveBack(): void {
    this.#used--
  }

  /** The gateway has accepted one. */
  accepted(): void {
    if (this.#limit >= this.#window || ++this.#taken < this.#limit) return
    this.#limit++
    this.#taken = 0
  }

  /** The submissions in flight in this round were too many. */
  throttled(round: number): void {
    this.#restUntil = this.#clock.monotonic() + restMs
    if (round !== this.#round) return
    this.#round++
    this.#limit = Math.max(1, Math.floor(this.#limit / 2))
    this.#taken = 0
  }
}
