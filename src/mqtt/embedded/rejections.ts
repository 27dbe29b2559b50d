import { createHash } from 'node:crypto'
import { Allowance } from '../../util/allowance.ts'
import type { Clock } from '../../util/clock.ts'

/** Rejections of logins without delay, and then the rate per second: per source, and per user of a source. */
const ofSource = { perSecond: 10, reserve: 50 }
const ofUser = { perSecond: 5, reserve: 20 }
/** Longest delay of a rejection. */
const maxHoldSeconds = 20
const maxKnown = 10_000

/**
 * Slows down guessing by delaying the answers to wrong passwords. Correct ones are not delayed, and a client that waits
 * for its answer makes no further guess.
 */
export class Rejections {
  readonly #clock: Clock
  readonly #known = new Map<string, Allowance>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Delay of this rejection in ms. `user` is the given name, known or not. */
  hold(source: string, user: string): number {
    // A name may have 65 535 octets.
    const name = createHash('sha256').update(user).digest('base64')
    return Math.max(this.#take(source, ofSource), this.#take(`${source} ${name}`, ofUser))
  }

  #take(key: string, { perSecond, reserve }: typeof ofSource): number {
    const known = this.#known.get(key) ?? new Allowance(this.#clock, perSecond, reserve, perSecond * maxHoldSeconds)
    // Least recently used entries are dropped first.
    this.#known.delete(key)
    this.#known.set(key, known)
    if (this.#known.size > maxKnown) this.#known.delete(this.#known.keys().next().value as string)
    return known.take()
  }
}
