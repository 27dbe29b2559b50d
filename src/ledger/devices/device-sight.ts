import type { Values } from '../../message/values.ts'
import { latest } from '../events/latest.ts'
import { document } from '../rows.ts'
import type { Tx } from '../tx.ts'

/** Signs of life of a device. */
export interface Presence {
  readonly lastSeen: number | null
  /** False once it has been silent for too long. */
  readonly online: boolean
}

/** What is known of a device now. */
export interface DeviceSight extends Presence {
  readonly state: Values
  readonly location: Values | null
}

/** Of these devices, by id. */
export function presences(tx: Tx, { devices }: { devices: readonly string[] }): Record<string, Presence> {
  return Object.fromEntries(devices.map((device) => [device, presenceOf(tx, device)]))
}

/** Devices that have been silent for too long. */
export function silentDevices(tx: Tx): string[] {
  return tx
    .all<{ subject: string }>(`SELECT subject FROM latest WHERE kind = 'availability' AND data = 'false'`)
    .map(({ subject }) => subject)
}

export function deviceSight(tx: Tx, { device }: { device: string }): DeviceSight {
  const row = tx.one<{ state: string }>('SELECT state FROM device WHERE id = ?', device)
  const location = latest(tx, 'location', device)
  return {
    ...presenceOf(tx, device),
    state: row === undefined ? {} : document(row.state),
    location: location === undefined ? null : document(location),
  }
}

function presenceOf(tx: Tx, device: string): Presence {
  const row = tx.one<{ last_seen: number | null }>('SELECT last_seen FROM device WHERE id = ?', device)
  return { lastSeen: row?.last_seen ?? null, online: latest(tx, 'availability', device) !== 'false' }
}
