import type { Gateway } from '../gateway/gateway.ts'
import type { Pool } from '../gateway/pool.ts'
import type { GatewayState } from '../message/gateway-state.ts'
import type { Store } from '../store/store.ts'

/** A gateway that is none of these is back in seconds, or back already. */
const away: readonly GatewayState['status'][] = ['offline', 'error', 'no_sim', 'sim_locked']

export interface WaitDeps {
  readonly store: Store
  readonly pool: Pool
  readonly gateways: readonly Gateway[]
  readonly now: number
}

/** Commands that nobody but gateways that are away could take say so. Answers whether there are more to tell. */
export async function tellWaiting(gateway: Gateway, { store, pool, gateways, now }: WaitDeps): Promise<boolean> {
  if (!isAway(gateway)) return false
  const byId = new Map(gateways.map((one) => [one.id, one]))
  let isMore = false
  for (const { route, gateways: ids } of pool.routesOf(gateway.id)) {
    const those = ids.flatMap((id) => byId.get(id) ?? [])
    if (those.length < ids.length || !those.every(isAway)) continue
    const named = those.map(({ id, state }) => `${id} (${state.status})`).join(', ')
    isMore = (await store.run('tellWaiting', { route, gateway: gateway.id, gateways: named, now })) || isMore
  }
  return isMore
}

function isAway({ ready, state }: Gateway): boolean {
  return !ready && away.includes(state.status)
}
