import { shown } from '../api/queue-operations.ts'
import type { GatewayState } from '../message/gateway-state.ts'
import { isoTime } from '../message/result.ts'
import type { Store } from '../store/store.ts'

/** Sources of `bridge/health`. */
export interface HealthSources {
  readonly store: Store
  readonly fleet: { readonly devices: { readonly size: number } }
  readonly ingress: { readonly connected: boolean; readonly trouble: string | null }
  gateways(): ReadonlyMap<string, { readonly state: GatewayState }>
  now(): number
  startedAt(): number
  /** The latest time in the store, while the clock is before it; else null. */
  clockBehind(): number | null
}

/** `bridge/health`. Its queries run before the commit of others: the figures need not be exact. */
export async function healthReport(sources: HealthSources, refused: number): Promise<Record<string, unknown>> {
  const { store, fleet, ingress, gateways, now, startedAt } = sources
  const newest = sources.clockBehind()
  const [counts, paused] = await Promise.all([store.runEarly('counts', undefined), store.runEarly('pauses', undefined)])
  const { queued, scheduled, open, publications, parked, quarantined, copies, strangers } = counts
  return {
    time: isoTime(now()),
    uptime_s: Math.round((now() - startedAt()) / 1000),
    mqtt: ingress.connected ? 'connected' : 'disconnected',
    mqtt_trouble: ingress.trouble,
    mqtt_refused: refused,
    store_trouble: store.trouble?.message ?? null,
    devices: fleet.devices.size,
    queued,
    scheduled,
    open,
    unpublished: publications,
    parked,
    quarantined,
    copies,
    strangers_dropped: strangers,
    clock: newest === null ? 'right' : 'behind',
    ...(newest !== null && { clock_newest: isoTime(newest) }),
    paused: shown(paused),
    queue_paused: paused.some(({ device, gateway }) => device === undefined && gateway === undefined),
    gateways: Object.fromEntries([...gateways()].map(([id, { state }]) => [id, state.status])),
  }
}
