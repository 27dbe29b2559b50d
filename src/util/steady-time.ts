import type { Clock } from './clock.ts'

/** A step of the wall clock that is larger than this is a step; a smaller one is the clock being set right. */
const stepMs = 60_000

/**
 * Wall time that does not step while the hub runs: the wall clock at the start plus monotonic time. When the wall
 * clock has stepped, `check` says by how much; the caller moves the open deadlines and then calls `adopt`.
 */
export class SteadyTime {
  readonly #clock: Clock
  #offset: number
  readonly startedAt: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#offset = clock.wall() - clock.monotonic()
    this.startedAt = this.now()
  }

  now(): number {
    return Math.floor(this.#offset + this.#clock.monotonic())
  }

  /** The step that has to be answered, in ms; 0 when there is none. Small corrections are taken over at once. */
  check(): number {
    const step = this.#clock.wall() - this.now()
    if (Math.abs(step) > stepMs) return step
    this.#offset += step
    return 0
  }

  adopt(step: number): void {
    this.#offset += step
  }
}
