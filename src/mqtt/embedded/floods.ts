import { Allowance } from '../../util/allowance.ts'
import type { Clock } from '../../util/clock.ts'

/** A client that is throttled for this long without a break is banned. */
const toleratedMs = 30_000
/** A break is this time without publishes; the delays of throttling do not count. */
const breakSeconds = 0.5
const firstBanMs = 60_000
const maxBanMs = 3_600_000
const maxKnown = 10_000

interface Known {
  readonly allowance: Allowance
  /** Start of throttling without a break; null when it is not throttled. */
  slowedSince: number | null
  bannedUntil: number
  banMs: number
}

/** Throttles clients that publish too fast, and bans those that continue. */
export class Floods {
  readonly #clock: Clock
  readonly #perSecond: number | null
  readonly #burst: number
  readonly #known = new Map<string, Known>()

  constructor(clock: Clock, perSecond: number | null, burst: number) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#burst = burst
  }

  isBanned(who: string): boolean {
    return (this.#known.get(who)?.bannedUntil ?? 0) > this.#clock.monotonic()
  }

  /** Delay in ms of a publish, or of something that costs as much as `count` of them. */
  wait(who: string, count = 1): number | 'banned' {
    if (this.#perSecond === null) return 0
    const known = this.#of(who, this.#perSecond)
    const now = this.#clock.monotonic()
    if (known.bannedUntil > now) return 'banned'
    const wait = known.allowance.take(count)
    if (wait === 0) {
      if (known.allowance.left >= Math.min(this.#burst - 1, this.#perSecond * breakSeconds)) known.slowedSince = null
      return 0
    }
    known.slowedSince ??= now
    if (now - known.slowedSince < toleratedMs) return wait
    known.slowedSince = null
    known.bannedUntil = now + known.banMs
    known.banMs = Math.min(maxBanMs, known.banMs * 2)
    return 'banned'
  }

  #of(who: string, perSecond: number): Known {
    let known = this.#known.get(who)
    if (known === undefined) {
      if (this.#known.size >= maxKnown) this.#forgetOne()
      const allowance = new Allowance(this.#clock, perSecond, this.#burst)
      known = { allowance, slowedSince: null, bannedUntil: 0, banMs: firstBanMs }
      this.#known.set(who, known)
    }
    return known
  }

  #forgetOne(): void {
    for (const [who] of this.#known) {
      if (this.isBanned(who)) continue
      this.#known.delete(who)
      return
    }
  }
}
