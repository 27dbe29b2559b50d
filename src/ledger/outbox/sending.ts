import type { ErrorReport } from '../../message/fault.ts'
import type { Owner } from '../../message/owner.ts'
import type { ReportMatching } from '../../message/report.ts'
import type { SendPermit } from '../../message/submit-outcome.ts'
import { holdLane } from '../lanes/lanes.ts'
import { isOwnedBy } from '../ownership.ts'
import { use } from '../quota.ts'
import { type SubmissionRow, submission } from '../rows.ts'
import { spentBy } from '../spending.ts'
import type { Tx } from '../tx.ts'
import { partBefore } from './acts.ts'
import { keptId, keyOf, keysOf } from './message-ids.ts'
import { happen } from './moves.ts'
import { matchNamedReports, matchWaitingReports } from './reports.ts'
import { withRiders } from './riders.ts'
import type { Event } from './states/event.ts'

/** A segment at a gateway. */
interface Part {
  readonly seq: number
  readonly part: number
  readonly gateway: string
  readonly account: string
  readonly now: number
}

/**
 * Marks a segment as written: from now on it may have been sent. Committed before the first octet of the PDU, so that
 * after a crash a segment without the mark is known to be unsent.
 */
export function markWritten(
  tx: Tx,
  {
    seq,
    part,
    isWhole,
    gateway,
    account,
    now,
    validFor,
    ...owner
  }: Part & Owner & { readonly validFor: number; readonly isWhole?: boolean },
): SendPermit {
  const row = submission(tx, seq)
  if (row === undefined || row.gateway !== gateway || !isOwnedBy(row, owner)) return 'stop'
  if (row.status === 'sending' && row.expires_at !== null && row.expires_at <= now) return 'expired'
  const marked = withRiders(tx, row).map((one) => happen(tx, one, { type: 'written', part, validFor, now }))
  if (marked.at(-1) === null) return 'stop'
  tx.run(
    `UPDATE segment SET outcome = 'written', sim = ?, written_at = ? WHERE submission = ? AND part >= ? AND part <= ?`,
    account,
    now,
    seq,
    part,
    isWhole ? row.parts : part,
  )
  return 'go'
}

/** The network has accepted a segment. With the last one the submission is sent and the wait for its answer begins. */
export function markSent(
  tx: Tx,
  {
    reference,
    matching,
    cost = 0,
    ...part
  }: Part & {
    readonly reference: string | null
    readonly matching: ReportMatching
    /** In millionths. */
    readonly cost?: number
  },
): void {
  const { account, now } = part
  const row = submission(tx, part.seq)
  const kept = keptPart(tx, row, part)
  tx.run(
    `UPDATE segment SET outcome = 'sent', sim = ?, reference = ? WHERE submission = ? AND part = ?`,
    account,
    reference === null ? null : keptId(reference),
    part.seq,
    kept,
  )
  if (row !== undefined && cost > 0) for (const quota of spentBy(part.gateway, row.client)) use(tx, quota, cost, now)
  if (row !== undefined && kept === row.parts) {
    const reports = row.report === 1 && givesReports(tx, account)
    for (const one of withRiders(tx, row)) happen(tx, one, { type: 'accepted', account, reports, now })
  }
  // A report may arrive before the answer with its reference.
  if (matching === 'message_id') matchNamedReports(tx, account, reference === null ? [] : keysOf(reference), now)
  else matchWaitingReports(tx, account, reference === null ? [] : [keyOf(reference)], now)
}

function givesReports(tx: Tx, account: string): boolean {
  return (tx.one<{ reports: number }>('SELECT reports FROM sim WHERE id = ?', account)?.reports ?? 0) > 0
}

/**
 * Nothing was sent: the submission is queued again and its lane pauses until `retryAt`. Only by its owner.
 */
export function requeue(
  tx: Tx,
  {
    retryAt,
    error,
    owner,
    epoch,
    ...part
  }: Part & Owner & { readonly retryAt: number; readonly error: ErrorReport | null },
): void {
  const { now } = part
  const returned = settlePart(tx, part, { type: 'returned', error, now }, { owner, epoch })
  if (returned !== null && returned.lane !== null && retryAt > now) holdLane(tx, returned.lane, retryAt, now)
  matchWaitingReports(tx, part.account, [], now)
}

/** The submission ends without having been sent. Only by its owner. */
export function giveUp(
  tx: Tx,
  {
    status,
    error,
    owner,
    epoch,
    ...part
  }: Part & Owner & { readonly status: 'failed' | 'expired'; readonly error: ErrorReport },
): void {
  settlePart(tx, part, { type: 'refused', status, error, now: part.now }, { owner, epoch })
  matchWaitingReports(tx, part.account, [], part.now)
}

/** It may have been sent. */
export function doubt(
  tx: Tx,
  { reason, error, ...part }: Part & { readonly reason: string; readonly error: ErrorReport },
): void {
  const { seq, account, now } = part
  const kept = keptPart(tx, submission(tx, seq), part)
  tx.run(`UPDATE segment SET outcome = 'doubt', sim = ? WHERE submission = ? AND part = ?`, account, seq, kept)
  settlePart(tx, part, { type: 'lost', account, reason, error, now })
  // A report may have been received before it was clear that its reference would stay unknown.
  matchWaitingReports(tx, account, [], now)
}

/**
 * Applies the outcome of an unsent segment to a submission, and to those that share its text. With an `owner`, only
 * where the claim is still its own.
 */
function settlePart(tx: Tx, part: Part, event: Event, owner: Owner | null = null): SubmissionRow | null {
  const row = submission(tx, part.seq)
  if (row === undefined || (owner !== null && !isOwnedBy(row, owner))) return null
  if (keptPart(tx, row, part) !== part.part) return null
  return withRiders(tx, row)
    .map((one) => happen(tx, one, event))
    .at(-1) as SubmissionRow | null
}

/**
 * The stored number of a segment. A device can answer faster than the modem does: then the command has proceeded to its
 * next text, and the outcome of the previous one has no effect on that.
 */
function keptPart(tx: Tx, row: SubmissionRow | undefined, { seq, part, gateway }: Part): number {
  if (row === undefined || row.step === 0 || row.final === 1) return part
  const sql = 'SELECT outcome FROM segment WHERE submission = ? AND part = ?'
  const isWritten = tx.one<{ outcome: string }>(sql, seq, part)?.outcome !== 'waiting'
  return isWritten && row.gateway === gateway ? part : partBefore(row, part)
}
