import type { SubmissionRow } from '../rows.ts'
import type { Tx } from '../tx.ts'
import { follows } from './acts.ts'
import { type Change, move } from './moves.ts'

/** ms after the end of TP-VP until which a report or an answer may still come. */
export const graceMs = 60_000

/** ms after the writing until which the network may still deliver a submission and report that. */
export function reportMs(row: SubmissionRow): number {
  return (row.valid_for ?? 0) * 1000 + graceMs
}

/**
 * It may have been sent and nobody knows: it stays `sending`, flagged, until a report, an answer or its deadline. Its
 * lane is held only while an answer would have to be told apart from that of the next command: for the time to reply,
 * and not at all where no reply is expected.
 */
export function flagDoubt(tx: Tx, row: SubmissionRow, why: Change, now: number): void {
  const written = row.written_at ?? now
  const answerEnd = row.expect === 'none' ? now : written + row.within
  const flagged = { ...why, inDoubt: true } as const
  if (answerEnd > now) move(tx, row, { ...flagged, deadline: answerEnd }, now)
  else if (follows(tx, row) === null && written + reportMs(row) > now)
    move(tx, row, { ...flagged, open: 0, deadline: written + reportMs(row) }, now)
  else endInDoubt(tx, row, flagged, now)
}

/**
 * The time to reply is over, or something more urgent has come: others have the lane now. A report or an answer may
 * still settle the doubt; an act with texts left can't be continued, so it ends.
 */
export function leaveLane(tx: Tx, row: SubmissionRow, now: number): void {
  // The deadline was written + within, and has moved with the clock since.
  const end = (row.deadline ?? now) - row.within + reportMs(row)
  if (follows(tx, row) === null && end > now) move(tx, row, { open: 0, deadline: end }, now)
  else endInDoubt(tx, row, {}, now)
}

function endInDoubt(tx: Tx, row: SubmissionRow, why: Change, now: number): void {
  move(tx, row, { ...why, status: 'in_doubt', sms: 'in_doubt', inDoubt: true, final: true, ok: null }, now)
}
