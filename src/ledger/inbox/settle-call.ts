import { isoTime } from '../../message/result.ts'
import { noteEvent } from '../devices/devices.ts'
import type { Tx } from '../tx.ts'
import { type DeviceEffects, settleDevice } from './settle-device.ts'

/** A call to a gateway, and what it means. */
export interface CallEffects {
  readonly gateway: string
  /** null where the number is withheld. */
  readonly from: string | null
  readonly at: number
  /** Its device and what becomes of it; null for a stranger. */
  readonly of: { readonly device: string; readonly effects: DeviceEffects } | null
  /** The hub runs since then; what rang before may ring on. */
  readonly since: number
}

/** A call that rings longer is ended by the network. */
const longestRingMs = 60_000

/**
 * Commits a call. No modem keeps one: what rings while the hub is off is lost, and what was committed just before a
 * crash, and rings on, is one call.
 */
export function settleCall(tx: Tx, { gateway, from, at, of, since }: CallEffects): void {
  const last = of === null ? undefined : noteEvent(tx, of.device, 'call', at)
  const isSame = last !== undefined && last < since && at >= last && at - last < longestRingMs
  if (isSame) return
  const data = { event_type: 'incoming_call', from, device: of?.device ?? null, at: isoTime(at) }
  tx.emit({ kind: 'gateway_event', subject: gateway, data })
  if (of !== null) settleDevice(tx, of.device, of.effects, { messageId: null, now: at })
}
