import type { Clock, Timer } from '../util/clock.ts'

/** A pause in which a gateway sends nothing. A shorter one within a longer one changes nothing. */
export class Rest {
  readonly #clock: Clock
  readonly #ended: () => void
  #until = 0
  #timer: Timer | null = null

  constructor(clock: Clock, ended: () => void) {
    this.#clock = clock
    this.#ended = ended
  }

  get isOver(): boolean {
    return this.#until <= this.#clock.monotonic()
  }

  for(ms: number): void {
    const now = this.#clock.monotonic()
    this.#until = Math.max(this.#until, now + ms)
    this.#timer?.cancel()
    this.#timer = this.#clock.after(this.#until - now, this.#ended)
  }

  stop(): void {
    this.#timer?.cancel()
  }
}
