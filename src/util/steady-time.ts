import type { Clock } from './clock.ts'

/** Smaller corrections of the wall clock are adopted without moving deadlines. */
const stepMs = 60_000

/**
 * Wall time that does not step while the hub runs: the wall clock at the start plus monotonic time. `check` returns how
 * far the wall clock was set; the caller moves the open deadlines where that is a step, and calls `adopt`.
 */
export class SteadyTime {
  readonly #clock: Clock
  #offset: number
  #startedAt: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#offset = clock.wall() - clock.monotonic()
    this.#startedAt = this.now()
  }

  now(): number {
    return Math.floor(this.#offset + this.#clock.monotonic())
  }

  /** The start of this run by the clock as it is set now. */
  get startedAt(): number {
    return this.#startedAt
  }

  /** How far the wall clock was set, in ms, and whether open deadlines have to move with it. */
  check(): { readonly step: number; readonly isLarge: boolean } {
    const step = this.#clock.wall() - this.now()
    return { step, isLarge: Math.abs(step) > stepMs }
  }

  adopt(step: number): void {
    this.#offset += step
    this.#startedAt += step
  }
}
