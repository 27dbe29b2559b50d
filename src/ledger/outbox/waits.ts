import { isPaused } from '../lanes/pause.ts'
import type { SubmissionRow } from '../rows.ts'
import type { Tx } from '../tx.ts'
import { happen } from './moves.ts'
import { waitsFor, waitsForClock } from './states/waiting.ts'

/** Commands that are told in one transaction. */
const most = 200

export interface WaitsArgs {
  /** Gateways that are all away, as a lane's route is written. */
  readonly route: string
  /** The gateway that has noticed it. */
  readonly gateway: string
  /** Whom they wait for, as people read it: `home (no_sim)`. */
  readonly gateways: string
  readonly now: number
}

/**
 * Tells the commands that are next and wait for gateways that are away what they wait for, each once: those that are
 * bound to a gateway stay with it. Answers whether there are more.
 */
export function tellWaiting(tx: Tx, { route, gateway, gateways, now }: WaitsArgs): boolean {
  if (isPaused(tx, gateway)) return false
  const heads = tx.all<SubmissionRow>(
    `SELECT submission.* FROM lane JOIN submission ON submission.seq = lane.head
     WHERE lane.state = 'ready' AND lane.route = ? AND submission.status = 'queued' AND submission.reason IS NULL
     LIMIT ?`,
    route,
    most,
  )
  for (const row of heads) happen(tx, row, { type: 'waits', reason: `${waitsFor}${gateways}`, now })
  return heads.length === most
}

/** Tells what an unsafe command waits for while the clock is behind what is known to have been, once. */
export function tellClock(tx: Tx, row: SubmissionRow, now: number): void {
  if (row.reason !== waitsForClock) happen(tx, row, { type: 'waits', reason: waitsForClock, now })
}
