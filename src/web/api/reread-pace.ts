import type { Clock, Timer } from '../../util/clock.ts'

/** Events that follow each other closely are one change. */
const gatherMs = 300
/** Between two reads: at least this, and so many times what a read takes, so that a busy hub is asked less often. */
const rest = { leastMs: 1_000, times: 9, mostMs: 30_000 } as const

/**
 * When something is read again after events, however many there are: soon, never twice at once, and never given up for
 * the next event.
 */
export class Pace {
  readonly #read: () => Promise<void>
  readonly #clock: Pick<Clock, 'monotonic' | 'after'>
  #timer: Timer | null = null
  #reads = 0
  /** Something has happened while it was read. */
  #isDue = false
  #restsUntil = Number.NEGATIVE_INFINITY
  #isEnded = false

  constructor(read: () => Promise<void>, clock: Pick<Clock, 'monotonic' | 'after'>) {
    this.#read = read
    this.#clock = clock
  }

  /** Something has happened. */
  changed(): void {
    if (this.#isEnded || this.#timer !== null) return
    if (this.#reads > 0) {
      this.#isDue = true
      return
    }
    const restMs = this.#restsUntil - this.#clock.monotonic()
    this.#timer = this.#clock.after(Math.max(gatherMs, restMs), () => this.now())
  }

  /** It is read at once: the reader asks for it, or for something else. */
  now(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#isDue = false
    this.#reads++
    const began = this.#clock.monotonic()
    this.#read()
      .finally(() => {
        const now = this.#clock.monotonic()
        const restMs = Math.min(rest.mostMs, Math.max(rest.leastMs, rest.times * (now - began)))
        this.#restsUntil = now + restMs
        this.#reads--
        if (this.#isDue && this.#reads === 0) {
          this.#isDue = false
          this.changed()
        }
      })
      .catch(console.error)
  }

  end(): void {
    this.#isEnded = true
    this.#timer?.cancel()
  }
}
