import { retimeSent } from '../conversation-rows.ts'
import { skipGivenNumbers } from '../events/event-log.ts'
import { refreshLane, retimeHeads } from '../lanes/lanes.ts'
import { beginning, isInLane, isScheduled, isUnderWay } from '../lanes/scheduled.ts'
import { beginEpoch, isAbandoned } from '../ownership.ts'
import { type SubmissionRow, segments } from '../rows.ts'
import { upsert } from '../sql.ts'
import type { Tx } from '../tx.ts'
import { happen } from './moves.ts'

export interface RecoverArgs {
  /** The hub that starts: its data folder's name. */
  readonly owner: string
  /** No other process can have this store open. */
  readonly isAlone: boolean
  readonly now: number
  /** Identifies this start of the machine; null where it has none. */
  readonly machineBoot: string | null
  /** Identifies the machine; null where it has none (a container). */
  readonly machine: string | null
  /** Gateways that are configured now: lanes bound to others are free again. */
  readonly gateways: readonly string[]
  /** Routes of several gateways that are configured now. */
  readonly routes?: readonly string[]
}

export interface Recovered {
  /** Number of this run of the hub on this store. */
  readonly epoch: number
  /** When the hub first ran on this store. */
  readonly installedAt: number
  /** The latest time in the store: a wall clock before it is wrong. */
  readonly newest: number
  /** The store was restored from a backup or moved from another machine. */
  readonly held: boolean
}

/**
 * First step after opening: settles what earlier runs, of this hub or of one that has ended, left in progress. A
 * segment without the mark was never sent; one with it and without a reference is in doubt.
 */
export function recover(
  tx: Tx,
  { owner, isAlone, now, machineBoot, machine, gateways, routes = [] }: RecoverArgs,
): Recovered {
  const epoch = Number(meta(tx, 'boot') ?? '0') + 1
  beginEpoch(tx, { owner, epoch }, isAlone)
  const rebooted = machineBoot !== null && meta(tx, 'machine_boot') !== null && meta(tx, 'machine_boot') !== machineBoot
  const moved = machine !== null && meta(tx, 'machine') !== null && meta(tx, 'machine') !== machine
  const held = meta(tx, 'backup') !== null || moved
  if (held) skipGivenNumbers(tx, now)
  for (const row of tx.all<SubmissionRow>(
    `SELECT * FROM submission WHERE status = 'sending' AND (in_doubt = 0 OR open > 0) AND ${isAbandoned}
     ORDER BY carrier IS NULL, seq`,
    owner,
    now,
  ))
    settleInterrupted(tx, row, now)
  capWaits(tx, now)
  if (held) holdRestored(tx, now)
  else if (rebooted) dropUnsafe(tx, now)
  for (const lane of tx.all<{ key: string; sticky: string }>(`SELECT key, sticky FROM lane WHERE sticky <> ''`)) {
    if (gateways.includes(lane.sticky)) continue
    tx.run(`UPDATE lane SET sticky = '' WHERE key = ?`, lane.key)
    refreshLane(tx, lane.key, now)
  }
  // Lanes of a removed route may use any.
  for (const { lane, seq } of tx
    .all<{ lane: string; seq: number; route: string }>(
      `SELECT lane, seq, route FROM submission WHERE status = 'queued' AND (route LIKE '%|%' OR route LIKE '%>%')`,
    )
    .filter(({ route }) => !routes.includes(route))) {
    tx.run(`UPDATE submission SET route = '' WHERE seq = ?`, seq)
    refreshLane(tx, lane, now)
  }
  const installedAt = Number(meta(tx, 'installed_at') ?? now)
  setMeta(tx, 'installed_at', String(installedAt))
  setMeta(tx, 'boot', String(epoch))
  setMeta(tx, 'machine_boot', machineBoot)
  setMeta(tx, 'machine', machine)
  setMeta(tx, 'backup', null)
  const newest = newestTime(tx)
  // Newer rows with an older time may follow at the next start.
  setMeta(tx, 'newest', String(newest))
  return { epoch, installedAt, newest, held }
}

/** The longest pause of a lane by a retry delay or a gap. */
const maxRestMs = 300_000

/**
 * The wall clock may have been set back since the last run: no wait may be longer from now than it was from its
 * beginning.
 */
function capWaits(tx: Tx, now: number): void {
  // What is scheduled has its time from its owner, not from the clock of then.
  tx.run(
    `UPDATE submission SET expires_at = ? + (expires_at - ${beginning}) WHERE ${isInLane} AND ${beginning} > ?`,
    now,
    now,
  )
  retimeSent(tx, `queued_at = ? WHERE status = 'queued' AND queued_at > ?`, now, now)
  retimeHeads(tx)
  tx.run(
    'UPDATE submission SET deadline = ? + (deadline - queued_at) WHERE deadline IS NOT NULL AND queued_at > ?',
    now,
    now,
  )
  const next = `status = 'sending' AND due IS NOT NULL`
  tx.run(`UPDATE submission SET due = ? + (due - queued_at) WHERE ${next} AND queued_at > ?`, now, now)
  tx.run('UPDATE lane SET ready_at = ? WHERE ready_at > ?', now + maxRestMs, now + maxRestMs)
}

function settleInterrupted(tx: Tx, row: SubmissionRow, now: number): void {
  // A command that shares a text was sent when that was.
  const written = segments(tx, row.carrier ?? row.seq).every(({ outcome }) => outcome !== 'waiting')
  if (written) tx.run(`UPDATE segment SET outcome = 'doubt' WHERE submission = ? AND outcome = 'written'`, row.seq)
  happen(tx, row, { type: 'interrupted', written, now })
}

/** A restored store must not act again: queued commands are cancelled, those in progress are in doubt. */
function holdRestored(tx: Tx, now: number): void {
  for (const row of tx.all<SubmissionRow>(
    `SELECT * FROM submission WHERE ${isUnderWay} UNION ALL SELECT * FROM submission WHERE ${isScheduled}`,
  ))
    happen(tx, row, { type: 'restored', now })
}

/** No gate may open because the power of the machine has returned. */
function dropUnsafe(tx: Tx, now: number): void {
  for (const row of tx.all<SubmissionRow>(
    `SELECT * FROM submission WHERE (${isInLane} OR (status = 'sending' AND due IS NOT NULL)) AND safe = 0
       AND device IS NOT NULL`,
  ))
    happen(tx, row, { type: 'rebooted', now })
}

function newestTime(tx: Tx): number {
  const queued = tx.one<{ t: number }>('SELECT queued_at AS t FROM submission ORDER BY seq DESC LIMIT 1')?.t ?? 0
  const received = tx.one<{ t: number }>('SELECT received_at AS t FROM raw ORDER BY id DESC LIMIT 1')?.t ?? 0
  return Math.max(queued, received, Number(meta(tx, 'newest') ?? '0'))
}

export function meta(tx: Tx, key: string): string | null {
  return tx.one<{ value: string }>('SELECT value FROM meta WHERE key = ?', key)?.value ?? null
}

export function setMeta(tx: Tx, key: string, value: string | null): void {
  if (value === null) tx.run('DELETE FROM meta WHERE key = ?', key)
  else tx.run(upsert('meta', ['key'], ['value']), key, value)
}
