import { waitsFor, waitsForClock } from '../../message/wait-reasons.ts'
import { isPaused } from '../lanes/pause.ts'
import type { SubmissionRow } from '../rows.ts'
import type { Tx } from '../tx.ts'
import { happen } from './moves.ts'

/** Commands per transaction. */
const batchSize = 200

export interface WaitsArgs {
  /** The route of gateways that are all unavailable. */
  readonly route: string
  /** The gateway whose loop reports it. */
  readonly gateway: string
  /** The gateways with their status, for display: `home (no_sim)`. */
  readonly gateways: string
  readonly now: number
}

/**
 * Sets the reason of the next commands of lanes that wait for unavailable gateways, once for each. Returns whether
 * there are more.
 */
export function reportWaiting(tx: Tx, { route, gateway, gateways, now }: WaitsArgs): boolean {
  if (isPaused(tx, gateway)) return false
  const heads = tx.all<SubmissionRow>(
    `SELECT submission.* FROM lane JOIN submission ON submission.seq = lane.head
     WHERE lane.state = 'ready' AND lane.route = ? AND submission.status = 'queued' AND submission.reason IS NULL
     LIMIT ?`,
    route,
    batchSize,
  )
  for (const row of heads) happen(tx, row, { type: 'waits', reason: `${waitsFor}${gateways}`, now })
  return heads.length === batchSize
}

/** Sets the reason of an unsafe command that waits while the clock is behind the latest known time, once. */
export function reportClock(tx: Tx, row: SubmissionRow, now: number): void {
  if (row.reason !== waitsForClock) happen(tx, row, { type: 'waits', reason: waitsForClock, now })
}
