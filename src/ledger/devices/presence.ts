import { type Value, wordOf } from '../../message/values.ts'
import { emitNews, latest } from '../events/latest.ts'
import { document } from '../rows.ts'
import type { Tx } from '../tx.ts'

/** A device that texts once a day is not gone after a day. */
const leastOfflineMs = 25 * 3_600_000

export interface PresenceArgs {
  readonly now: number
  /** ms between two signs of life; null for a device that owes none: it is never offline by silence. */
  readonly devices: readonly { readonly id: string; readonly expectedMs: number | null }[]
}

/** Tells of every device whether it can be relied on, where that is news. */
export function reviewPresence(tx: Tx, { now, devices }: PresenceArgs): void {
  for (const { id, expectedMs } of devices) {
    // Heard in the future: the clock was ahead then, and nobody knows when that was.
    tx.run('UPDATE device SET last_seen = ? WHERE id = ? AND last_seen > ?', now, id, now)
    const seen = tx.one<{ last_seen: number | null }>('SELECT last_seen FROM device WHERE id = ?', id)?.last_seen
    // Nothing is known of one that was never heard: it starts online.
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

/** The device is there again. */
export function signOfLife(tx: Tx, device: string, state: Readonly<Record<string, Value>>): void {
  if (latest(tx, 'availability', device) === 'false') setAvailability(tx, device, true)
  if (state.reporting === 'late') patchState(tx, device, { reporting: 'on_time' })
}

/** Changes fields that are the hub's own in the state of a device, and tells it when that is news. */
export function patchState(tx: Tx, device: string, values: Readonly<Record<string, Value>>): void {
  const row = tx.one<{ state: string }>('SELECT state FROM device WHERE id = ?', device)
  if (row === undefined) return
  const state = document<Record<string, Value>>(row.state)
  if (Object.entries(values).every(([field, value]) => (state[field] ?? null) === value)) return
  tx.run('UPDATE device SET state = ? WHERE id = ?', JSON.stringify({ ...state, ...values }), device)
  const told = document<Record<string, Value>>(latest(tx, 'state', device) ?? '{}')
  tx.emit({ kind: 'state', subject: device, data: { ...told, ...values } })
}

function setAvailability(tx: Tx, device: string, online: boolean): void {
  emitNews(tx, { kind: 'availability', subject: device, data: online })
}

/** Words of a `set` after which something is on its way for a while. */
const movingWords: ReadonlySet<string> = new Set(['OPEN', 'CLOSE', 'LOCK', 'UNLOCK'])

/** What a cover or a lock is on its way to, for as long as its command is: `gate_target` beside `gate`. */
export function showTarget(
  tx: Tx,
  command: { readonly device: string; readonly property: string; readonly value: unknown; readonly underWay: boolean },
): void {
  const word = wordOf(command.value).trim().toUpperCase()
  if (movingWords.has(word))
    patchState(tx, command.device, { [`${command.property}_target`]: command.underWay ? word : null })
}
