import type { Gateway } from '../gateway/gateway.ts'
import type { Pool } from '../gateway/pool.ts'
import type { Claim, ClaimArgs, GatewayLimits } from '../ledger/outbox/claim.ts'
import type { Owner } from '../message/owner.ts'
import { priorities } from '../message/status.ts'
import type { Store } from '../store/store.ts'

/** What dispatching must know before it takes anything. */
export interface DispatchRules {
  readonly owner: Owner
  /** Segments that this gateway may send. */
  limits(gateway: string): GatewayLimits
  now(): number
  /** The wall clock can't be trusted: nothing unsafe goes out. */
  holdsUnsafe(): boolean
}

export interface Dispatched {
  readonly claim: Claim | null
  /** When a used-up quota frees; null when none stands in the way. */
  readonly blockedUntil: number | null
}

const classes = Object.values(priorities)
const weights = classes.reduce((sum, { weight }) => sum + weight, 0)

/**
 * One gateway's turn at the queue: the priorities share it by their weights (8:3:1), and within one the clients take
 * turns.
 */
export class Turns {
  readonly #credit = new Map<number, number>(classes.map(({ level }) => [level, 0]))
  readonly #after = new Map<number, string>()

  /** The classes in the order in which they have a claim now. */
  order(): ClaimArgs['order'] {
    return [...classes]
      .sort((a, b) => this.#claimOf(b) - this.#claimOf(a))
      .map(({ level }) => ({ level, after: this.#after.get(level) ?? '' }))
  }

  served({ level, client }: Claim): void {
    for (const each of classes) {
      const credit = this.#claimOf(each) - (each.level === level ? weights : 0)
      this.#credit.set(each.level, Math.max(-weights, Math.min(weights, credit)))
    }
    this.#after.set(level, client)
  }

  #claimOf({ level, weight }: { level: number; weight: number }): number {
    return (this.#credit.get(level) ?? 0) + weight
  }
}

/** Takes the next submission for a gateway. Answers before the commit: AT+CMGS may go out, the PDU may not yet. */
export async function dispatch(
  store: Store,
  gateway: Gateway,
  turns: Turns,
  rules: DispatchRules,
  pool: Pool,
): Promise<Dispatched> {
  const value = await store.runEarly('claim', {
    gateway: gateway.id,
    now: rules.now(),
    ...rules.owner,
    order: turns.order(),
    limits: rules.limits(gateway.id),
    routes: pool.turnsOf(gateway.id),
    shared: pool.routesOf(gateway.id).flatMap(({ route }) => (route === gateway.id ? [] : [route])),
    absent: pool.absentFor(gateway.id),
    safeOnly: rules.holdsUnsafe(),
  })
  if (value.seq === undefined) return { claim: null, blockedUntil: value.blockedUntil }
  turns.served(value)
  return { claim: value, blockedUntil: null }
}
