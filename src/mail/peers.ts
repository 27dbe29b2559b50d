import { Fault } from '../message/fault.ts'
import { Allowance } from '../util/allowance.ts'
import type { Clock } from '../util/clock.ts'
import { sourceOf } from '../util/networks.ts'

/** Connections at the same time, and those of one source. */
const maxOpen = 50
const maxOfSource = 10
/** Mails and refused recipients of one source: at once, and then one in two seconds. */
const maxAtOnce = 100
const perSecond = 0.5
/** Sources that are remembered. */
const maxKnown = 1_000
/** Mails that nothing proves, of all sources: at once, and then 600 an hour. */
const unproven = { atOnce: 300, perSecond: 1 / 6 } as const

interface Open {
  readonly source: string
  isProven: boolean
}

/** How much each source may: an address, or a network of one owner. */
export class Peers {
  readonly #clock: Clock
  readonly #isListed: (address: string) => boolean
  /** Connections by their session, the oldest first. */
  readonly #open = new Map<string, Open>()
  readonly #allowances = new Map<string, Allowance>()
  readonly #unproven: Allowance

  /** `isListed`: whether an address is proof enough. */
  constructor(clock: Clock, isListed: (address: string) => boolean) {
    this.#clock = clock
    this.#isListed = isListed
    this.#unproven = new Allowance(clock, unproven.perSecond, unproven.atOnce)
  }

  /**
   * The session that has to end for this one; null where there is a place. Fails with `rate_limited` where its source
   * has too many connections, or all others are proven.
   */
  open(session: string, address: string): string | null {
    const source = sourceOf(address)
    if (this.#countOf(source) >= maxOfSource) throw new Fault('rate_limited', 'too many connections from this address')
    const ended = this.#open.size < maxOpen ? null : this.#leastTrusted()
    if (ended !== null) this.#open.delete(ended)
    this.#open.set(session, { source, isProven: this.#isListed(address) })
    return ended
  }

  /** It has logged in: it keeps its place. */
  prove(session: string): void {
    const open = this.#open.get(session)
    if (open !== undefined) open.isProven = true
  }

  close(session: string): void {
    this.#open.delete(session)
  }

  /** One mail, or a refused recipient; fails with `rate_limited` where it is one too many. */
  take(address: string): void {
    if (!this.#allowanceOf(address).takeIfLeft()) throw tooMany()
  }

  /** Fails with `rate_limited` where the next one would be one too many. */
  check(address: string): void {
    const allowance = this.#allowanceOf(address)
    if (!allowance.isLeft) throw tooMany()
  }

  /** One mail that nothing proves, of any source; fails with `rate_limited` where it is one too many. */
  takeUnproven(): void {
    if (!this.#unproven.takeIfLeft())
      throw new Fault('rate_limited', 'too many mails without a password: log in, or try again later')
  }

  #countOf(source: string): number {
    return [...this.#open.values()].filter((one) => one.source === source).length
  }

  /** The oldest unproven connection of the source that has most of them. */
  #leastTrusted(): string {
    const sessions = [...this.#open].filter(([, { isProven }]) => !isProven)
    const counts = new Map<string, number>()
    for (const [, { source }] of sessions) counts.set(source, (counts.get(source) ?? 0) + 1)
    const most = Math.max(...counts.values())
    const oldest = sessions.find(([, { source }]) => counts.get(source) === most)
    if (oldest === undefined) throw new Fault('rate_limited', 'too many connections: try again later')
    return oldest[0]
  }

  #allowanceOf(address: string): Allowance {
    const source = sourceOf(address)
    const allowance = this.#allowances.get(source) ?? new Allowance(this.#clock, perSecond, maxAtOnce)
    this.#allowances.delete(source)
    this.#allowances.set(source, allowance)
    if (this.#allowances.size > maxKnown) this.#allowances.delete(this.#allowances.keys().next().value as string)
    return allowance
  }
}

const tooMany = () => new Fault('rate_limited', 'too many mails from this address: try again later')
