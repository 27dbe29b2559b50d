import { isoTime } from '../message/result.ts'
import type { BridgeRooms } from './bridge.ts'
import { shown } from './requests/queue.ts'

/** `bridge/health`. Asked before the commit that others wait for: figures decide nothing. */
export async function healthOf(rooms: BridgeRooms, refused: number): Promise<Record<string, unknown>> {
  const { store, fleet, ingress, gateways, now, startedAt } = rooms
  const newest = rooms.clockBehind()
  const [counts, paused] = await Promise.all([store.runEarly('counts', undefined), store.runEarly('pauses', undefined)])
  const { queued, open, publications, parked, quarantined, copies, strangers } = counts
  return {
    time: isoTime(now()),
    uptime_s: Math.round((now() - startedAt()) / 1000),
    mqtt: ingress.connected ? 'connected' : 'disconnected',
    mqtt_trouble: ingress.trouble,
    mqtt_refused: refused,
    store_trouble: store.trouble?.message ?? null,
    devices: fleet.devices.size,
    queued,
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
