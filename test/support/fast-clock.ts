import type { Store } from '../../src/store/store.ts'
import type { Clock, Timer } from '../../src/util/clock.ts'
import { testClock } from './world.ts'

/** ms between two turns, and what a turn counts for at most. */
const turnMs = 2
const mostMs = 5

/**
 * Real time, so many times faster: an hour of waiting becomes seconds, sockets and the disk stay what they are.
 * Where the machine is slow this clock is slow too, so that no wait of the hub is over because an answer, which is a
 * matter of milliseconds, took some more: a turn of the event loop counts for a few ms at most, one timer fires in a
 * turn, and while the store is asked for something all stands still.
 */
export class FastClock implements Clock {
  readonly speed: number
  readonly random = testClock.random
  /** Noon: what is counted by the day is not begun anew in the middle of a test. */
  readonly #noon = new Date().setUTCHours(12, 0, 0, 0)
  #timers: { readonly at: number; readonly callback: () => void }[] = []
  #now = 0
  #lookedAt = performance.now()
  #asked = 0
  #turns = false

  constructor(speed: number) {
    this.speed = speed
  }

  wall(): number {
    return this.#noon + this.monotonic()
  }

  monotonic(): number {
    const passed = Math.min(mostMs, performance.now() - this.#lookedAt)
    return this.#now + (this.#asked > 0 ? 0 : passed * this.speed)
  }

  after(ms: number, callback: () => void): Timer {
    const timer = { at: this.monotonic() + Math.max(0, ms), callback }
    const later = this.#timers.findIndex(({ at }) => at > timer.at)
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer)
    if (!this.#turns) this.#begin()
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((one) => one !== timer)
      },
    }
  }

  /** The store, for which the clock waits. */
  waitingFor(store: Store): Store {
    const { run, runEarly } = store
    const waited =
      (call: typeof run) =>
      (name: never, args: never): Promise<unknown> => {
        this.#look()
        this.#asked++
        return (call.call(store, name, args) as Promise<unknown>).finally(() => {
          this.#look()
          this.#asked--
        })
      }
    store.run = waited(run) as typeof run
    store.runEarly = waited(runEarly as typeof run) as typeof runEarly
    return store
  }

  #look(): void {
    this.#now = this.monotonic()
    this.#lookedAt = performance.now()
  }

  /** Whatever comes over a socket has its turn between two timers. */
  #turn(): void {
    this.#look()
    const due = (this.#timers[0]?.at ?? Number.POSITIVE_INFINITY) <= this.#now ? this.#timers.shift() : undefined
    const [next] = this.#timers
    this.#turns = next !== undefined
    if (next !== undefined && next.at <= this.#now) setImmediate(() => this.#turn())
    else if (next !== undefined) this.#begin()
    due?.callback()
  }

  #begin(): void {
    this.#turns = true
    setTimeout(() => this.#turn(), turnMs).unref()
  }
}
