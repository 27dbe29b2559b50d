import { type ResultDocument, resultOf } from '../../message/result.ts'
import { isInLane, isScheduled, isUnderWay, queuedFor } from '../lanes/scheduled.ts'
import { record, type SubmissionRow } from '../rows.ts'
import { byIndex } from '../sql.ts'
import type { Tx } from '../tx.ts'
import { happen } from './moves.ts'

/** A command by its `command_id` or its `message_id`; null for an unknown id. */
export function findCommand(tx: Tx, { id, now }: { id: string; now: number }): ResultDocument | null {
  const row = commandRow(tx, id)
  return row === undefined ? null : resultOf(record(row, now))
}

/** Cancels a queued command. One that is being sent can't be cancelled, as the returned status shows. */
export function cancelCommand(tx: Tx, { id, now }: { id: string; now: number }): ResultDocument | null {
  const row = commandRow(tx, id)
  if (row === undefined) return null
  return resultOf(record(happen(tx, row, { ...onRequest, now }) ?? row, now))
}

const onRequest = { type: 'cancelled', reason: 'on request' } as const

/**
 * Cancels what was queued before `until` and is not sent, of one device or of all, the oldest first and at most
 * `limit`. Returns the number.
 */
export function purgeQueue(
  tx: Tx,
  { device, until, limit, now }: { device: string | null; until: number; limit: number; now: number },
): number {
  const lane = `d:${device}`
  const [waiting, values] = device === null ? ([queuedForAll, []] as const) : ([queuedFor, [lane, lane]] as const)
  const rows = tx.all<SubmissionRow>(
    `SELECT * FROM (${waiting}) AS queued WHERE queued_at <= ? ORDER BY seq LIMIT ?`,
    ...values,
    until,
    limit,
  )
  for (const row of rows) happen(tx, row, { ...onRequest, now })
  return rows.length
}

const queuedForAll = `SELECT * FROM submission ${byIndex('submission_unfinished')} WHERE ${isUnderWay} AND ${isInLane}
  UNION ALL SELECT * FROM submission ${byIndex('submission_scheduled')} WHERE ${isScheduled}`

/** A pending command or text. */
export interface QueuedRow {
  readonly command_id: string
  readonly device: string | null
  readonly to: string | null
  readonly command: string | null
  readonly status: string
  readonly reason: string | null
  /** The gateway that has it, or has to send it. */
  readonly gateway: string | null
  readonly queued_at: number
  /** When it is to be sent; null is at once. */
  readonly send_at: number | null
}

/** Pending commands, the oldest first; behind them those for later, by their time. */
export function queueOverview(tx: Tx, { device, limit }: { device: string | null; limit: number }): QueuedRow[] {
  const shown = (index: string, where: string, order: string, most: number): QueuedRow[] =>
    tx.all(
      `SELECT command_id, device, recipient AS "to", COALESCE(command, verb) AS command, status, reason,
         COALESCE(gateway, NULLIF(route, '')) AS gateway, queued_at, send_at
       FROM submission ${byIndex(index)} WHERE ${where} AND (? IS NULL OR device = ?) ORDER BY ${order} LIMIT ?`,
      device,
      device,
      most,
    )
  const first = shown('submission_unfinished', isUnderWay, 'seq', limit)
  return [...first, ...shown('submission_scheduled', isScheduled, 'due', limit - first.length)]
}

/** A command by either of its ids. */
export function commandRow(tx: Tx, id: string): SubmissionRow | undefined {
  return (
    tx.one<SubmissionRow>('SELECT * FROM submission WHERE command_id = ?', id) ??
    tx.one<SubmissionRow>('SELECT * FROM submission WHERE message_id = ?', id)
  )
}
