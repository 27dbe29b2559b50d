import type { Counts } from '../message/counts.ts'
import type { Tx } from './engine.ts'
import { setMeta } from './recover.ts'

/**
 * The wall clock stepped by `delta` ms: waits that this run of the hub began are moved along, so that a step makes
 * nothing expire and nothing live longer. Rows of earlier runs were timed by a clock that is right again.
 */
export function rebase(tx: Tx, { delta, boot, since }: { delta: number; boot: number; since: number }): void {
  tx.run('UPDATE submission SET deadline = deadline + ? WHERE deadline IS NOT NULL AND boot = ?', delta, boot)
  tx.run(
    `UPDATE submission SET expires_at = expires_at + ?, queued_at = queued_at + ? WHERE status = 'queued' AND queued_at >= ?`,
    delta,
    delta,
    since,
  )
  tx.run(`UPDATE lane SET ready_at = ready_at + ? WHERE state IN ('waiting', 'open', 'paused')`, delta)
  tx.run('UPDATE part SET received_at = received_at + ? WHERE received_at >= ?', delta, since)
  tx.ring('outbox')
}

/** Remembers how far time had come, for a machine that starts without a clock. */
export function noteTime(tx: Tx, { now }: { now: number }): void {
  setMeta(tx, 'newest', String(now))
}

/** What is kept for how long: rows are made in the order of time, so only the oldest need a look. */
const kept = [
  { table: 'submission', key: 'seq', time: 'queued_at', ended: 'final = 1', raw: false },
  { table: 'incoming', key: 'id', time: 'received_at', ended: '1', raw: false },
  { table: 'raw', key: 'id', time: 'received_at', ended: `state IN ('done', 'duplicate', 'quarantined')`, raw: true },
] as const

/** Forgets what is older than the history is kept, a bite at a time. Returns whether there is more. */
export function prune(
  tx: Tx,
  { before, rawBefore, limit }: { before: number; rawBefore: number; limit: number },
): boolean {
  let more = false
  for (const { table, key, time, ended, raw } of kept) {
    const { changes } = tx.run(
      `DELETE FROM ${table} WHERE ${time} < ? AND ${ended} AND ${key} IN (SELECT ${key} FROM ${table} ORDER BY ${key} LIMIT ?)`,
      raw ? rawBefore : before,
      limit,
    )
    if (changes === limit) more = true
  }
  return more
}

/** Figures for health and metrics. Small indexes only: never a scan of the history. */
export function counts(tx: Tx): Counts {
  const one = (sql: string) => tx.one<{ n: number | null }>(sql)?.n ?? 0
  return {
    queued: one('SELECT SUM(queued) AS n FROM client'),
    open: one('SELECT COUNT(*) AS n FROM submission WHERE open = 1'),
    publications: one('SELECT COUNT(*) AS n FROM publication WHERE parked IS NULL'),
    parked: one('SELECT COUNT(*) AS n FROM publication WHERE parked IS NOT NULL'),
    quarantined: one(`SELECT COUNT(*) AS n FROM raw WHERE state = 'quarantined'`),
    oldestQueuedAt:
      tx.one<{ t: number | null }>(
        `SELECT MIN(queued_at) AS t FROM (SELECT queued_at FROM submission WHERE status = 'queued' ORDER BY expires_at LIMIT 1)`,
      )?.t ?? null,
  }
}
