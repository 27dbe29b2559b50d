import type { Clock, Timer } from './clock.ts'

/** Wakes whoever waits for work. A ring between the check for work and the wait is not lost. */
export class Doorbell {
  readonly #clock: Clock
  #rings = 0
  #waiting = new Set<() => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Read it before checking for work: `wait` returns at once if the bell has rung since. */
  get rings(): number {
    return this.#rings
  }

  ring(): void {
    this.#rings++
    const waiting = this.#waiting
    this.#waiting = new Set()
    for (const wake of waiting) wake()
  }

  /** Resolves at the first ring after `seen`, or after `ms`. */
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
