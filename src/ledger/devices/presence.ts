import { type Value, wordOf } from '../../message/values.ts'
import { emitNews, latest } from '../events/latest.ts'
import { document } from '../rows.ts'
import type { Tx } from '../tx.ts'

/** More than a day, for devices that text once a day. */
const leastOfflineMs = 25 * 3_600_000

export interface PresenceArgs {
  readonly now: number
  /** ms between two signs of life; null for a device without: it is never offline by silence. */
  readonly devices: readonly { readonly id: string; readonly expectedMs: number | null }[]
}

/** Emits changed availabilities of devices. */
export function reviewPresence(tx: Tx, { now, devices }: PresenceArgs): void {
  for (const { id, expectedMs } of devices) {
    // Last seen in the future: the clock was ahead then, and the real time is unknown.
    tx.run('UPDATE device SET last_seen = ? WHERE id = ? AND last_seen > ?', now, id, now)
    const seen = tx.one<{ last_seen: number | null }>('SELECT last_seen FROM device WHERE id = ?', id)?.last_seen
    // A device that has never texted starts online.
    const silence = expectedMs === null || !seen ? 0 : now - seen
    setAvailability(tx, id, expectedMs === null || silence <= Math.max(3 * expectedMs, leastOfflineMs))
    if (expectedMs !== null && seen) patchState(tx, id, { reporting: silence > expectedMs ? 'late' : 'on_time' })
  }
}

/** A sign of life: a text, or a delivery report. */
export function touchDevice(tx: Tx, device: string, now: number): void {
  const row = tx.one<{ state: string }>('SELECT state FROM device WHERE id = ?', device)
  if (row === undefined) return
  tx.run('UPDATE device SET last_seen = ? WHERE id = ?', now, device)
  signOfLife(tx, device, document<Record<string, Value>>(row.state))
}

/** The device is available again. */
export function signOfLife(tx: Tx, device: string, state: Readonly<Record<string, Value>>): void {
  if (latest(tx, 'availability', device) === 'false') setAvailability(tx, device, true)
  if (state.reporting === 'late') patchState(tx, device, { reporting: 'on_time' })
}

/** Changes the hub's own fields in the state of a device, and emits the state if it has changed. */
export function patchState(tx: Tx, device: string, values: Readonly<Record<string, Value>>): void {
  const row = tx.one<{ state: string }>('SELECT state FROM device WHERE id = ?', device)
  if (row === undefined) return
  const state = document<Record<string, Value>>(row.state)
  if (Object.entries(values).every(([field, value]) => (state[field] ?? null) === value)) return
  tx.run('UPDATE device SET state = ? WHERE id = ?', JSON.stringify({ ...state, ...values }), device)
  const published = document<Record<string, Value>>(latest(tx, 'state', device) ?? '{}')
  tx.emit({ kind: 'state', subject: device, data: { ...published, ...values } })
}

function setAvailability(tx: Tx, device: string, online: boolean): void {
  emitNews(tx, { kind: 'availability', subject: device, data: online })
}

/** Values of a `set` after which something moves for a while. */
const movingWords: ReadonlySet<string> = new Set(['OPEN', 'CLOSE', 'LOCK', 'UNLOCK'])

/** The target of a cover or a lock while its command is pending: `gate_target` beside `gate`. */
export function showTarget(
  tx: Tx,
  command: { readonly device: string; readonly property: string; readonly value: unknown; readonly underWay: boolean },
): void {
  const word = wordOf(command.value).trim().toUpperCase()
  if (movingWords.has(word))
    patchState(tx, command.device, { [`${command.property}_target`]: command.underWay ? word : null })
}
