import { createHash } from 'node:crypto'
import type { Clock } from '../../util/clock.ts'
import { Allowance } from '../allowance.ts'

/** Rejections of logins that leave at once, and then so many a second: from one source, and there of one user. */
const ofSource = { perSecond: 10, reserve: 50 }
const ofUser = { perSecond: 5, reserve: 20 }
/** No rejection is held back for longer, in seconds. */
const longestHold = 20
const mostKnown = 10_000

/**
 * Slows down guessing by holding the answers to wrong passwords back. Nobody who is right waits, and a client that
 * waits for its answer makes no further guess meanwhile.
 */
export class Rejections {
  readonly #clock: Clock
  readonly #known = new Map<string, Allowance>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** ms that this rejection is held back. `user` is the name as it was given, whether it is a user's or not. */
  hold(source: string, user: string): number {
    // A name may have 65 535 octets.
    const name = createHash('sha256').update(user).digest('base64')
    return Math.max(this.#take(source, ofSource), this.#take(`${source} ${name}`, ofUser))
  }

  #take(key: string, { perSecond, reserve }: typeof ofSource): number {
    const known = this.#known.get(key) ?? new Allowance(this.#clock, perSecond, reserve, perSecond * longestHold)
    // Those that were seen last are known longest.
    this.#known.delete(key)
    this.#known.set(key, known)
    if (this.#known.size > mostKnown) this.#known.delete(this.#known.keys().next().value as string)
    return known.take()
  }
}
