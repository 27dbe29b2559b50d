import { Fault } from '../message/fault.ts'
import { Allowance } from '../util/allowance.ts'
import type { Clock } from '../util/clock.ts'
import { sourceOf } from '../util/networks.ts'

/** Connections of one source at the same time. */
const maxOpen = 10
/** Mails of one source: at once, and then one in two seconds. */
const maxAtOnce = 100
const perSecond = 0.5
/** Sources that are remembered. */
const maxKnown = 1_000

/** How much each source may: an address, or a network of one owner. */
export class Peers {
  readonly #clock: Clock
  readonly #sources = new Map<string, string>()
  readonly #allowances = new Map<string, Allowance>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Fails with `rate_limited` where the source has too many connections. */
  open(session: string, address: string): void {
    const source = sourceOf(address)
    const open = [...this.#sources.values()].filter((one) => one === source).length
    if (open >= maxOpen) throw new Fault('rate_limited', 'too many connections from this address')
    this.#sources.set(session, source)
  }

  close(session: string): void {
    this.#sources.delete(session)
  }

  /** One mail; fails with `rate_limited` where it is one too many. */
  take(address: string): void {
    const source = sourceOf(address)
    const allowance = this.#allowances.get(source) ?? new Allowance(this.#clock, perSecond, maxAtOnce)
    this.#allowances.delete(source)
    this.#allowances.set(source, allowance)
    if (this.#allowances.size > maxKnown) this.#allowances.delete(this.#allowances.keys().next().value as string)
    if (!allowance.takeIfLeft()) throw new Fault('rate_limited', 'too many mails from this address: try again later')
  }
}
