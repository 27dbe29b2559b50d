import type { Values } from '../../message/values.ts'
import { type Heard, heardOf } from '../devices/dialects.ts'
import { document } from '../rows.ts'
import type { Rows } from '../tx.ts'

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
  /** What its texts have shown of its dialect; null where they have shown nothing. */
  readonly heard: Heard | null
}

/** Of these devices, by id. */
export function presences(rows: Rows, { devices }: { devices: readonly string[] }): Record<string, Presence> {
  return Object.fromEntries(devices.map((device) => [device, presenceOf(rows, device)]))
}

/** Devices that have been silent for too long. */
export function silentDevices(rows: Rows, _: Readonly<Record<string, never>>): string[] {
  return rows
    .all<{ subject: string }>(`SELECT subject FROM latest WHERE kind = 'availability' AND data = 'false'`)
    .map(({ subject }) => subject)
}

export function deviceSight(rows: Rows, { device }: { device: string }): DeviceSight {
  const row = rows.one<{ state: string }>('SELECT state FROM device WHERE id = ?', device)
  const location = latestOf(rows, 'location', device)
  return {
    ...presenceOf(rows, device),
    state: row === undefined ? {} : document(row.state),
    location: location === undefined ? null : document(location),
    heard: heardOf(rows, device),
  }
}

function presenceOf(rows: Rows, device: string): Presence {
  const row = rows.one<{ last_seen: number | null }>('SELECT last_seen FROM device WHERE id = ?', device)
  return { lastSeen: row?.last_seen ?? null, online: latestOf(rows, 'availability', device) !== 'false' }
}

const latestOf = (rows: Rows, kind: 'location' | 'availability', device: string): string | undefined =>
  rows.one<{ data: string }>('SELECT data FROM latest WHERE kind = ? AND subject = ?', kind, device)?.data
