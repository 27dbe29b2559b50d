import type { Counts } from '../message/counts.ts'
import { ofOutlets } from './events/outlets.ts'
import { shiftSmscClocks } from './gateways/service-centres.ts'
import { retimeHeads } from './lanes/lanes.ts'
import { beginning, isInLane } from './lanes/scheduled.ts'
import { meta, setMeta } from './outbox/recover.ts'
import { counted } from './tally.ts'
import type { Tx } from './tx.ts'
import { rebaseRetries } from './webhooks/due.ts'

/** Times of past events, by table; `since` decides which rows this run of the hub has written. */
export const written = [
  {
    table: 'submission',
    since: 'queued_at',
    times: ['queued_at', 'written_at', 'sent_at', 'delivered_at', 'replied_at', 'final_at'],
  },
  { table: 'segment', since: 'written_at', times: ['written_at', 'reported_at'] },
  { table: 'raw', since: 'received_at', times: ['received_at'] },
  { table: 'part', since: 'received_at', times: ['received_at'] },
  { table: 'incoming', since: 'received_at', times: ['received_at'] },
  { table: 'conversation', since: 'queued_at', times: ['queued_at'] },
  { table: 'conversation', since: 'received_at', times: ['received_at'] },
  { table: 'device', since: 'last_seen', times: ['last_seen'] },
  { table: 'question', since: 'at', times: ['at'] },
  { table: 'publish_key', since: 'at', times: ['at'] },
  { table: 'smpp_part', since: 'at', times: ['at'] },
  { table: 'session', since: 'at', times: ['at'] },
  { table: 'concatenation', since: 'at', times: ['at'] },
  { table: 'route', since: 'last', times: ['last'] },
  { table: 'api_key', since: 'used_at', times: ['used_at'] },
  { table: 'log_in', since: 'started_at', times: ['started_at'] },
  { table: 'log_in', since: 'used_at', times: ['used_at'] },
  { table: 'event', since: 'at', times: ['at'] },
  { table: 'webhook_delivery', since: 'queued_at', times: ['queued_at', 'due'] },
  { table: 'webhook_delivery', since: 'answered_at', times: ['answered_at'] },
  { table: 'webhook', since: 'failing_since', times: ['failing_since'] },
  { table: 'webhook', since: 'succeeded_at', times: ['succeeded_at'] },
  { table: 'webhook', since: 'held_until', times: ['held_until'] },
] as const

/**
 * The wall clock was set by `delta` ms: deadlines and times of this run of the hub are moved with it, so that the step
 * makes nothing expire or live longer. What is scheduled keeps its time, which is one of the right clock. Rows of
 * earlier runs were timed by a clock that is right again.
 */
export function rebase(tx: Tx, { delta, epoch, since }: { delta: number; epoch: number; since: number }): void {
  tx.run('UPDATE submission SET deadline = deadline + ? WHERE deadline IS NOT NULL AND epoch = ?', delta, epoch)
  const next = `status = 'sending' AND due IS NOT NULL`
  tx.run(`UPDATE submission SET due = due + ? WHERE ${next} AND epoch = ?`, delta, epoch)
  for (const waits of [isInLane, next])
    tx.run(`UPDATE submission SET expires_at = expires_at + ? WHERE ${waits} AND ${beginning} >= ?`, delta, since)
  rebaseRetries(tx, { delta, since })
  for (const { table, since: column, times } of written) {
    const moved = times.map((time) => `${time} = ${time} + ${delta}`).join(', ')
    tx.run(`UPDATE OR REPLACE ${table} SET ${moved} WHERE ${column} >= ?`, since)
  }
  retimeHeads(tx)
  tx.run(`UPDATE lane SET ready_at = ready_at + ? WHERE state IN ('waiting', 'open', 'paused')`, delta)
  tx.run('UPDATE lane SET awake_until = awake_until + ? WHERE awake_until >= ?', delta, since)
  tx.run('UPDATE OR REPLACE quota SET at = at + ? WHERE at >= ?', delta, since)
  for (const key of ['newest', 'installed_at']) {
    const time = Number(meta(tx, key) ?? '0')
    if (time >= since) setMeta(tx, key, String(time + delta))
  }
  shiftSmscClocks(tx, { delta })
  tx.ring('outbox')
  tx.ring('times')
}

/** Stores the latest time, for a machine that starts without a clock. */
export function noteTime(tx: Tx, { now }: { now: number }): void {
  if (now > Number(meta(tx, 'newest') ?? '0')) setMeta(tx, 'newest', String(now))
}

/** Writes something, to test whether the disk is writable. */
export function tryDisk(tx: Tx, { now }: { now: number }): void {
  setMeta(tx, 'tried_at', String(now))
}

/**
 * The clock was accepted: times ahead of it were written by a wrong clock, and are set to now.
 */
export function acceptClock(tx: Tx, { now }: { now: number }): { readonly moved: number } {
  let moved = 0
  for (const { table, times } of written)
    for (const time of times)
      moved += tx.run(`UPDATE OR REPLACE ${table} SET ${time} = ? WHERE ${time} > ?`, now, now).changes
  retimeHeads(tx)
  tx.run('DELETE FROM service_centre WHERE at > ? OR moved_at > ?', now, now)
  tx.run('DELETE FROM quota WHERE at > ?', now)
  // The end of its window is unknown: nothing is sent to a sleeping device.
  tx.run('UPDATE lane SET awake_until = ? WHERE awake_until > ?', now, now)
  tx.run('UPDATE lane SET turn = ? WHERE turn > ?', now, now)
  setMeta(tx, 'newest', String(now))
  if (Number(meta(tx, 'installed_at') ?? '0') > now) setMeta(tx, 'installed_at', String(now))
  tx.ring('outbox')
  tx.ring('times')
  tx.ring('deadlines')
  return { moved }
}

/** Figures for health. Small indexes only: never a scan of the history. */
export function counts(tx: Tx): Counts {
  const one = (sql: string) => tx.one<{ n: number | null }>(sql)?.n ?? 0
  return {
    queued: one('SELECT SUM(queued) AS n FROM client'),
    scheduled: one('SELECT SUM(scheduled) AS n FROM client'),
    open: one('SELECT COUNT(*) AS n FROM submission WHERE open = 1'),
    publications: one(ofOutlets('event_waiting')),
    parked: one(ofOutlets('event_parked')),
    quarantined: one(`SELECT COUNT(*) AS n FROM raw WHERE state = 'quarantined'`),
    copies: counted(tx, 'copies'),
    strangers: counted(tx, 'strangers'),
  }
}
