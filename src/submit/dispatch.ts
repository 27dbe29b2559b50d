import type { Gateway } from '../gateway/gateway.ts'
import type { Pool } from '../gateway/pool.ts'
import type { Claimed } from '../ledger/outbox/claim.ts'
import type { Turns } from '../ledger/outbox/turns.ts'
import type { Owner } from '../message/owner.ts'
import type { GatewayLimits } from '../message/readings.ts'
import type { Store } from '../store/store.ts'

/** Conditions of dispatching. */
export interface DispatchRules {
  readonly owner: Owner
  /** Segments that this gateway may send. */
  limits(gateway: string): GatewayLimits
  /** Submissions that this gateway may have under way at once, at the most. */
  window(gateway: string): number
  now(): number
  /** What a segment to this number costs through this gateway, in millionths of the currency; 0 where it is not known. */
  cost(gateway: string, number: string): number
  /** The wall clock can't be trusted: nothing unsafe is sent. */
  holdsUnsafe(): boolean
}

/** Takes the next submissions for a gateway. Answers before the commit: AT+CMGS may be sent, the PDU not yet. */
export async function dispatch(
  store: Store,
  gateway: Gateway,
  turns: Turns,
  rules: DispatchRules,
  pool: Pool,
  limit: number,
): Promise<Claimed> {
  const claimed = await store.runEarly('claim', {
    gateway: gateway.id,
    now: rules.now(),
    ...rules.owner,
    limit,
    turns: turns.state,
    limits: rules.limits(gateway.id),
    routes: pool.turnsOf(gateway.id),
    shared: pool.routesOf(gateway.id).flatMap(({ route }) => (route === gateway.id ? [] : [route])),
    absent: pool.absentFor(gateway.id),
    safeOnly: rules.holdsUnsafe(),
  })
  for (const claim of claimed.claims) turns.served(claim)
  return claimed
}
