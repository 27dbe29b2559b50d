import type { Clock } from '../util/clock.ts'

/** Failures within this time count. */
const windowMs = 15 * 60_000
/** Names and addresses that are remembered. */
const maxKnown = 10_000

/**
 * Counts failures under a key, of which a limited number is allowed within the window. Keys contain the address, so
 * that guessing locks nobody out elsewhere.
 */
export class Guesses {
  readonly #clock: Clock
  readonly #limit: number
  /** Times of failures, the oldest first; the key that failed last is at the end. */
  readonly #failures = new Map<string, readonly number[]>()

  constructor(clock: Clock, limit: number) {
    this.#clock = clock
    this.#limit = limit
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#failures.size
  }

  /** Seconds until another one is allowed; 0 while it is. */
  waitOf(key: string): number {
    const times = this.#recent(key)
    const oldest = times[times.length - this.#limit]
    return oldest === undefined ? 0 : Math.ceil((oldest + windowMs - this.#clock.monotonic()) / 1000)
  }

  /** A guess counts before it is checked, so that of a thousand at once few are checked. */
  add(key: string): void {
    const times = [...this.#recent(key), this.#clock.monotonic()]
    this.#failures.delete(key)
    this.#failures.set(key, times)
    if (this.#failures.size > maxKnown) this.#failures.delete(this.#failures.keys().next().value as string)
  }

  /** It was right, or was not checked. */
  takeBack(key: string): void {
    const times = this.#recent(key).slice(0, -1)
    if (times.length === 0) this.#failures.delete(key)
    else this.#failures.set(key, times)
  }

  forget(key: string): void {
    this.#failures.delete(key)
  }

  #recent(key: string): readonly number[] {
    const since = this.#clock.monotonic() - windowMs
    return (this.#failures.get(key) ?? []).filter((at) => at > since)
  }
}
