import { wakeLanes } from '../lanes/lanes.ts'
import { isScheduled } from '../lanes/scheduled.ts'
import type { SubmissionRow } from '../rows.ts'
import type { Tx } from '../tx.ts'
import { happen } from './moves.ts'

/** Rows per sweep, so that a flood of deadlines does not block other commits. */
const batchSize = 200

/**
 * Ends every wait that is over, and lets what was scheduled take its place. Returns whether more are due at once, and
 * the next deadline. While the wall clock can't be trusted (`hold`) nothing unsafe expires.
 */
export function sweep(tx: Tx, { now, hold }: { now: number; hold: boolean }): { more: boolean; next: number | null } {
  // Most sweeps find nothing, and asking for whole rows costs the driver a name for each of their columns.
  const first = nextDeadline(tx)
  if (first === null || first > now) return { more: false, next: hold ? null : first }
  const woken = wakeLanes(tx, now, batchSize)
  const late = tx.all<SubmissionRow>(
    `SELECT * FROM submission WHERE status = 'queued' AND expires_at <= ? AND (safe = 1 OR ? = 0) ORDER BY expires_at LIMIT ?`,
    now,
    hold ? 1 : 0,
    batchSize,
  )
  const due = tx.all<SubmissionRow>(
    'SELECT * FROM submission WHERE deadline <= ? ORDER BY deadline LIMIT ?',
    now,
    batchSize,
  )
  const wanted = tx.all<SubmissionRow>(
    `SELECT * FROM submission WHERE ${isScheduled} AND due <= ? AND expires_at > ? ORDER BY due LIMIT ?`,
    now,
    now,
    batchSize,
  )
  for (const row of [...late, ...due, ...wanted]) happen(tx, row, { type: 'lapsed', now })
  return {
    more: [woken, late.length, due.length, wanted.length].includes(batchSize),
    next: hold ? null : nextDeadline(tx),
  }
}

function nextDeadline(tx: Tx): number | null {
  const times = [
    tx.one<{ t: number | null }>(`SELECT MIN(ready_at) AS t FROM lane WHERE state = 'waiting'`),
    tx.one<{ t: number | null }>(`SELECT MIN(expires_at) AS t FROM submission WHERE status = 'queued'`),
    tx.one<{ t: number | null }>(`SELECT MIN(due) AS t FROM submission WHERE ${isScheduled}`),
    tx.one<{ t: number | null }>('SELECT MIN(deadline) AS t FROM submission WHERE deadline IS NOT NULL'),
  ].flatMap((row) => (typeof row?.t === 'number' ? [row.t] : []))
  return times.length === 0 ? null : Math.min(...times)
}
