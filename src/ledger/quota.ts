import type { Tx } from './tx.ts'

/** Windows and their counting slots, in ms. The day of every time zone begins at a quarter of an hour. */
const windows = {
  minute: { span: 60_000, slot: 5_000 },
  hour: { span: 3_600_000, slot: 300_000 },
  day: { span: 86_400_000, slot: 900_000 },
  month: { span: 30 * 86_400_000, slot: 86_400_000 },
} as const

/** Older slots are in no window. */
export const maxWindowMs = Math.max(...Object.values(windows).map(({ span, slot }) => span + slot))

/** A limit per sliding window; null is no limit. */
export interface Quota {
  readonly key: string
  readonly window: keyof typeof windows
  readonly limit: number | null
}

/** The share of every quota that is reserved for priority high. */
const reservedShare = 0.2

export interface Room {
  readonly used: number
  readonly left: number
  /** When the oldest counted use is out of the window. */
  readonly freesAt: number
}

/** The remainder of a quota for a priority level. */
export function room(tx: Tx, quota: Quota, level: number, now: number): Room {
  if (quota.limit === null) return { used: 0, left: Number.POSITIVE_INFINITY, freesAt: now }
  const { span } = windows[quota.window]
  const last = slotOf(quota, now)
  const row = tx.one<{ used: number | null; oldest: number | null }>(
    'SELECT SUM(used) AS used, MIN(at) AS oldest FROM quota WHERE key = ? AND at > ? AND at <= ?',
    quota.key,
    last - span,
    last,
  )
  const limit = level >= 2 ? quota.limit : Math.floor(quota.limit * (1 - reservedShare))
  const used = row?.used ?? 0
  return { used, left: limit - used, freesAt: (row?.oldest ?? last) + span }
}

/** The quota of a client by its name. */
export const clientQuota = (client: string): string => `client:${client}`

/** What is left of each quota for ordinary requests. */
export function quotaRooms(tx: Tx, { quotas, now }: { quotas: readonly Quota[]; now: number }): Room[] {
  return quotas.map((quota) => room(tx, quota, 1, now))
}

export const windowMs = (window: Quota['window']): number => windows[window].span

/** The start of the slot of a time. */
function slotOf({ window }: Quota, time: number): number {
  return time - (time % windows[window].slot)
}

export function use(tx: Tx, quota: Quota, amount: number, now: number): void {
  if (quota.limit === null) return
  const at = slotOf(quota, now)
  const { changes } = tx.run('UPDATE quota SET used = used + ? WHERE key = ? AND at = ?', amount, quota.key, at)
  if (changes > 0) return
  tx.run('INSERT INTO quota (key, at, used) VALUES (?, ?, ?)', quota.key, at, amount)
  // Slots in the future are from a clock that was ahead.
  tx.run('DELETE FROM quota WHERE key = ? AND (at < ? OR at > ?)', quota.key, at - windows[quota.window].span, at)
}

/** Uses since then, to the slot. */
export function usedSince(tx: Tx, key: string, since: number): number {
  const sql = 'SELECT SUM(used) AS used FROM quota WHERE key = ? AND at >= ?'
  return tx.one<{ used: number | null }>(sql, key, since)?.used ?? 0
}
