import type { Clock } from './clock.ts'

/** A step of the wall clock that is larger than this is a step; a smaller one is the clock being set right. */
const stepMs = 60_000

/**
 * Wall time that does not step while the hub runs: the wall clock at the start plus monotonic time. When the wall
 * clock was set, `check` says by how much; the caller moves the open deadlines where that is much, and calls `adopt`.
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

  /** When this run began, by the clock as it is set now. */
  get startedAt(): number {
    return this.#startedAt
  }

  /** How far the wall clock was set, in ms, and whether open waits have to move with it. */
  check(): { readonly step: number; readonly isLarge: boolean } {
    const step = this.#clock.wall() - this.now()
    return { step, isLarge: Math.abs(step) > stepMs }
  }

  adopt(step: number): void {
    this.#offset += step
    this.#startedAt += step
  }
}
