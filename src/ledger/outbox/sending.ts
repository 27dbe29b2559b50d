import type { ErrorReport } from '../../message/fault.ts'
import { holdLane } from '../lanes/lanes.ts'
import { type SubmissionRow, submission } from '../rows.ts'
import type { Tx } from '../tx.ts'
import { advance, follows } from './acts.ts'
import { flagDoubt, graceMs, reportMs } from './doubt.ts'
import { overtake } from './enqueue.ts'
import { type Change, move } from './moves.ts'
import { matchWaitingReports } from './reports.ts'
import { riders } from './riders.ts'

interface Part {
  readonly seq: number
  readonly part: number
  readonly gateway: string
  readonly now: number
}

/** What the driver asks between the prompt and the first octet of the PDU. */
export type Leave = 'go' | 'expired' | 'stop'

/**
 * Marks a segment as written: from now on nobody may say that it never left. Committed before the first octet of the
 * PDU, so that after a crash a segment without the mark is known to be unsent.
 */
export function markWritten(
  tx: Tx,
  { seq, part, gateway, sim, now, validFor }: Part & { readonly sim: string; readonly validFor: number },
): Leave {
  const row = submission(tx, seq)
  if (row === undefined || row.status !== 'sending' || row.gateway !== gateway) return 'stop'
  if (row.expires_at !== null && row.expires_at <= now) return 'expired'
  tx.run(
    `UPDATE segment SET outcome = 'written', sim = ?, written_at = ? WHERE submission = ? AND part = ?`,
    sim,
    now,
    seq,
    part,
  )
  const writtenAt = row.written_at === null || part === 1 ? now : row.written_at
  tx.run(
    'UPDATE submission SET written_at = ?, valid_for = ?, deadline = ? WHERE seq = ? OR carrier = ?',
    writtenAt,
    validFor,
    now + validFor * 1000 + graceMs,
    seq,
    seq,
  )
  return 'go'
}

/** The network has a segment. With the last one the submission is sent and the wait for its answer begins. */
export function markSent(
  tx: Tx,
  { seq, part, sim, reference, now }: Part & { readonly sim: string; readonly reference: number | null },
): void {
  tx.run(
    `UPDATE segment SET outcome = 'sent', sim = ?, reference = ? WHERE submission = ? AND part = ?`,
    sim,
    reference,
    seq,
    part,
  )
  const row = submission(tx, seq)
  if (row !== undefined && part === row.parts) {
    for (const rider of riders(tx, seq)) completeSending(tx, rider, sim, now)
    completeSending(tx, row, sim, now)
  }
  // A report may overtake the answer that names its reference.
  matchWaitingReports(tx, sim, reference, now)
}

function completeSending(tx: Tx, row: SubmissionRow, sim: string, now: number): void {
  if (row.lane !== null && row.gateway !== null)
    tx.run('UPDATE lane SET sticky = ? WHERE key = ?', row.gateway, row.lane)
  // The answer can be faster than the modem's: then the command has ended and only the SMS moves.
  if (row.final === 1 || row.status !== 'sending') {
    if (row.sms_status === 'sending') move(tx, row, { sms: 'sent', sim, sentAt: now }, now)
    return
  }
  const written = row.written_at ?? now
  const reportEnd = written + reportMs(row)
  const reports = row.report === 1 && givesReports(tx, sim)
  const goesOn = follows(tx, row)
  if (goesOn === 'then' && row.expect === 'none') return advance(tx, move(tx, row, { sim, inDoubt: false }, now), now)
  // An act stays `sending` until its last text has left.
  const change = {
    ...(goesOn === null && ({ status: 'sent', sms: 'sent' } as const)),
    sim,
    sentAt: now,
    inDoubt: false,
  }
  if (row.expect === 'none') {
    if (row.report === 0) move(tx, row, { ...change, final: true, ok: null }, now)
    else move(tx, row, { ...change, open: 0, deadline: reportEnd }, now)
    return
  }
  // Where reports come, the device's time to answer runs from the report; else from the writing of the PDU.
  move(tx, row, { ...change, deadline: reports ? reportEnd : written + row.within }, now)
  overtakeForUrgent(tx, row.lane, now)
}

/** Something of high priority waits already: it does not stand behind an answer that may come or not. */
function overtakeForUrgent(tx: Tx, lane: string | null, now: number): void {
  if (lane === null) return
  const waiting = tx.one<{ priority: number | null }>('SELECT priority FROM lane WHERE key = ?', lane)
  if ((waiting?.priority ?? 0) >= 2) overtake(tx, lane, now)
}

function givesReports(tx: Tx, sim: string): boolean {
  return (tx.one<{ reports: number }>('SELECT reports FROM sim WHERE id = ?', sim)?.reports ?? 0) > 0
}

/** Nothing acted: the submission goes back into the queue and its lane rests until `retryAt`. */
export function requeue(
  tx: Tx,
  {
    seq,
    sim,
    now,
    retryAt,
    error,
  }: Pick<Part, 'seq' | 'now'> & { readonly sim: string; readonly retryAt: number; readonly error: ErrorReport | null },
): void {
  const row = submission(tx, seq)
  if (row === undefined || row.status !== 'sending') return
  for (const rider of riders(tx, seq)) takeBack(tx, rider, now, { error })
  takeBack(tx, row, now, { error })
  if (row.lane !== null && retryAt > now) holdLane(tx, row.lane, retryAt, now)
  matchWaitingReports(tx, sim, null, now)
}

/** Back to where it can be claimed again: into the queue, or before the next text of an act that has begun. */
export function takeBack(tx: Tx, row: SubmissionRow, now: number, change: Change = {}): void {
  const back = { ...change, gateway: null, inDoubt: false } as const
  if (row.step === 0) move(tx, row, { ...back, status: 'queued', sms: 'queued', open: 0, deadline: null }, now)
  else move(tx, row, { ...back, due: now, deadline: row.expires_at }, now)
}

/** The submission ends without having been sent. */
export function giveUp(
  tx: Tx,
  {
    seq,
    sim,
    now,
    status,
    error,
  }: Pick<Part, 'seq' | 'now'> & {
    readonly sim: string
    readonly status: 'failed' | 'expired'
    readonly error: ErrorReport
  },
): void {
  const row = submission(tx, seq)
  if (row === undefined || row.status !== 'sending') return
  for (const one of [...riders(tx, seq), row])
    move(tx, one, { status, sms: status, final: true, ok: false, error }, now)
  matchWaitingReports(tx, sim, null, now)
}

/** It may have been sent and nobody knows (see `flagDoubt`). */
export function doubt(
  tx: Tx,
  {
    seq,
    part,
    sim,
    now,
    reason,
    error,
  }: Part & { readonly sim: string; readonly reason: string; readonly error: ErrorReport },
): void {
  tx.run(`UPDATE segment SET outcome = 'doubt', sim = ? WHERE submission = ? AND part = ?`, sim, seq, part)
  const row = submission(tx, seq)
  if (row !== undefined && row.status === 'sending') {
    for (const one of [...riders(tx, seq), row]) flagDoubt(tx, one, { reason, error, sim }, now)
    overtakeForUrgent(tx, row.lane, now)
  }
  // A report may have come before it was clear that nobody would name its reference.
  matchWaitingReports(tx, sim, null, now)
}
