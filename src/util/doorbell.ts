import type { Clock, Timer } from './clock.ts'

/** Somebody rings, somebody waits; a ring between looking and waiting is not lost. */
export class Doorbell {
  readonly #clock: Clock
  #rings = 0
  #waiting = new Set<() => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** To be read before looking whether there is work: `wait` returns at once if somebody rang since. */
  get rings(): number {
    return this.#rings
  }

  ring(): void {
    this.#rings++
    const waiting = this.#waiting
    this.#waiting = new Set()
    for (const wake of waiting) wake()
  }

  /** Until the next ring after the `seen` ones, or for `ms` at the longest. */
  wait(seen: number, ms: number): Promise<void> {
    if (this.#rings !== seen || ms <= 0) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = () => {
        timer.cancel()
        this.#waiting.delete(wake)
        resolve()
      }
      const timer: Timer = this.#clock.after(ms, wake)
      this.#waiting.add(wake)
    })
  }
}
