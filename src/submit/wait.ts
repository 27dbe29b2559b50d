import type { Gateway } from '../gateway/gateway.ts'
import type { Pool } from '../gateway/pool.ts'
import type { GatewayState } from '../message/gateway-state.ts'
import type { Store } from '../store/store.ts'

/** A gateway in another status is ready within seconds, or already. */
const away: readonly GatewayState['status'][] = ['offline', 'error', 'no_sim', 'sim_locked']

export interface WaitDeps {
  readonly store: Store
  readonly pool: Pool
  readonly gateways: readonly Gateway[]
  readonly now: number
}

/** Marks commands whose gateways are all unavailable. Returns whether there are more. */
export async function reportWaiting(gateway: Gateway, { store, pool, gateways, now }: WaitDeps): Promise<boolean> {
  if (!isAway(gateway)) return false
  const byId = new Map(gateways.map((one) => [one.id, one]))
  let isMore = false
  for (const { route, gateways: ids } of pool.routesOf(gateway.id)) {
    const those = ids.flatMap((id) => byId.get(id) ?? [])
    if (those.length < ids.length || !those.every(isAway)) continue
    const named = those.map(({ id, state }) => `${id} (${state.status})`).join(', ')
    isMore = (await store.run('reportWaiting', { route, gateway: gateway.id, gateways: named, now })) || isMore
  }
  return isMore
}

function isAway({ ready, state }: Gateway): boolean {
  return !ready && away.includes(state.status)
}
