import type { Clock, Timer } from '../src/util/clock.ts'
import { seededRandom } from '../src/util/random.ts'

/**
 * A clock that stands still until it is told to go on. Between two timers promises and streams get their turn, so that
 * what one of them causes happens at its time.
 */
export class FakeClock implements Clock {
  readonly random: () => number
  /** Where the wall clock stands, in milliseconds since 1970; may be set. */
  wallMs: number
  #now = 0
  #timers: { at: number; callback: () => void }[] = []

  constructor(seed = 1, wallMs = Date.parse('2026-11-22T12:00:00Z')) {
    this.random = seededRandom(seed)
    this.wallMs = wallMs
  }

  wall(): number {
    return this.wallMs
  }

  monotonic(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): Timer {
    const timer = { at: this.#now + Math.max(0, ms), callback }
    const later = this.#timers.findIndex(({ at }) => at > timer.at)
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer)
    return { cancel: () => void this.#timers.splice(this.#timers.indexOf(timer) >>> 0, 1) }
  }

  /** Lets `ms` milliseconds pass, running what is due in order. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (;;) {
      const timer = this.#timers[0]
      if (!timer || timer.at > end) break
      this.#timers.shift()
      this.#goTo(timer.at)
      timer.callback()
      await settle()
    }
    this.#goTo(end)
  }

  #goTo(now: number): void {
    this.wallMs += now - this.#now
    this.#now = now
  }
}

/** Gives promises and streams their turn. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}
