import { wakeLanes } from '../lanes/lanes.ts'
import type { SubmissionRow } from '../rows.ts'
import type { Tx } from '../tx.ts'
import { happen } from './moves.ts'

/** How many rows one sweep touches, so that a flood of deadlines holds up nobody else's commit. */
const batch = 200

/**
 * Ends every wait that is over. Answers whether more is due at once, and when the next deadline falls. While the wall
 * clock is not to be trusted (`hold`) nothing unsafe is expired.
 */
export function sweep(tx: Tx, { now, hold }: { now: number; hold: boolean }): { more: boolean; next: number | null } {
  const woken = wakeLanes(tx, now, batch)
  const late = tx.all<SubmissionRow>(
    `SELECT * FROM submission WHERE status = 'queued' AND expires_at <= ? AND (safe = 1 OR ? = 0) ORDER BY expires_at LIMIT ?`,
    now,
    hold ? 1 : 0,
    batch,
  )
  const due = tx.all<SubmissionRow>(
    'SELECT * FROM submission WHERE deadline <= ? ORDER BY deadline LIMIT ?',
    now,
    batch,
  )
  for (const row of [...late, ...due]) happen(tx, row, { type: 'lapsed', now })
  return {
    more: woken === batch || late.length === batch || due.length === batch,
    next: hold ? null : nextDeadline(tx),
  }
}

function nextDeadline(tx: Tx): number | null {
  const times = [
    tx.one<{ t: number | null }>(`SELECT MIN(ready_at) AS t FROM lane WHERE state = 'waiting'`),
    tx.one<{ t: number | null }>(`SELECT MIN(expires_at) AS t FROM submission WHERE status = 'queued'`),
    tx.one<{ t: number | null }>('SELECT MIN(deadline) AS t FROM submission WHERE deadline IS NOT NULL'),
  ].flatMap((row) => (typeof row?.t === 'number' ? [row.t] : []))
  return times.length === 0 ? null : Math.min(...times)
}
