import type { Tx } from './tx.ts'

const windows = {
  minute: { span: 60_000, slots: 12 },
  hour: { span: 3_600_000, slots: 12 },
  day: { span: 86_400_000, slots: 24 },
  month: { span: 30 * 86_400_000, slots: 30 },
} as const

/** How many may pass in a window that slides: `limit` null is no limit. */
export interface Quota {
  readonly key: string
  readonly window: keyof typeof windows
  readonly limit: number | null
}

/** The part of every quota that only priority high may use (design section 3: the last fifth). */
const reserved = 0.2

export interface Room {
  readonly used: number
  readonly left: number
  /** When the oldest counted use leaves the window. */
  readonly freesAt: number
}

/** What is left of a quota for somebody of this priority level. */
export function room(tx: Tx, quota: Quota, level: number, now: number): Room {
  if (quota.limit === null) return { used: 0, left: Number.POSITIVE_INFINITY, freesAt: now }
  const { span, slots } = windows[quota.window]
  const width = span / slots
  const first = slotOf(quota.window, now) - slots + 1
  const row = tx.one<{ used: number | null; oldest: number | null }>(
    'SELECT SUM(used) AS used, MIN(slot) AS oldest FROM quota WHERE key = ? AND slot >= ? AND slot < ?',
    quota.key,
    first,
    first + slots,
  )
  const limit = level >= 2 ? quota.limit : Math.floor(quota.limit * (1 - reserved))
  const used = row?.used ?? 0
  return { used, left: limit - used, freesAt: ((row?.oldest ?? first) + slots) * width }
}

/** The slot of a window that a time lies in. */
export function slotOf(window: Quota['window'], time: number): number {
  return Math.floor(time / (windows[window].span / windows[window].slots))
}

export function use(tx: Tx, quota: Quota, amount: number, now: number): void {
  if (quota.limit === null) return
  const { slots } = windows[quota.window]
  const slot = slotOf(quota.window, now)
  const { changes } = tx.run('UPDATE quota SET used = used + ? WHERE key = ? AND slot = ?', amount, quota.key, slot)
  if (changes > 0) return
  tx.run('INSERT INTO quota (key, slot, used) VALUES (?, ?, ?)', quota.key, slot, amount)
  // Slots in the future were counted by a clock that was ahead.
  tx.run('DELETE FROM quota WHERE key = ? AND (slot < ? OR slot > ?)', quota.key, slot - slots, slot)
}
