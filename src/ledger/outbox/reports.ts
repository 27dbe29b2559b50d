import { errorReport, Fault } from '../../message/fault.ts'
import type { ReportMatching, StatusReport } from '../../message/report.ts'
import { segmentPlaceOf } from '../../message/segment.ts'
import { touchDevice } from '../devices/presence.ts'
import { learnReported, smscAhead, smscClock } from '../gateways/service-centres.ts'
import { document, type SubmissionRow, submission } from '../rows.ts'
import type { Tx } from '../tx.ts'
import { partOf } from './acts.ts'
import { keptId, keyIn, keyOf, keysOf } from './message-ids.ts'
import { happen } from './moves.ts'
import { withRiders } from './riders.ts'

/** Digits from the right that must agree: reports may have national numbers. */
const comparedDigits = 8
/**
 * Older segments are not considered: TP-MR wraps around after 256 messages; ids do not, and a carrier may report late.
 */
const horizonMs: Readonly<Record<ReportMatching, number>> = { tp_mr: 8 * 86_400_000, message_id: 30 * 86_400_000 }
/** Largest difference of a report's time stamp from the writing of a segment in doubt. */
const doubtWindowMs = 180_000
/** Longest time from the writing of a segment to a report without a stamp. */
const arrivalMs = 86_400_000
/** Messages with neighbouring references within this time show the order. */
const neighbourMs = 3_600_000
/** Of a text (TS 23.040 clause 9.2.3.24.1). */
const mostSegments = 255

/** Applies a report to its segment. False when no matching segment is known. */
export function applyReport(tx: Tx, report: StatusReport, now: number): boolean {
  const segment = segmentOf[report.matching](tx, report, now)
  if (segment === undefined) return false
  learnFrom(report, segment, tx)
  if (report.outcome === 'trying') {
    if (report.segment !== undefined) acceptedLate(tx, segment, report, now)
    return true
  }
  const isWhole = report.isWhole === true && segment.part > 0
  tx.run(
    `UPDATE segment SET outcome = 'sent', reference = ?, report = ?, reported_at = ?
     WHERE submission = ? AND part >= ? AND part <= ?`,
    report.reference,
    report.status,
    now,
    segment.submission,
    isWhole ? 1 : segment.part,
    isWhole ? mostSegments : segment.part,
  )
  const row = submission(tx, segment.submission)
  // A report for an earlier text of a command has no effect any more.
  if (row === undefined || segment.part < 0) return true
  for (const one of withRiders(tx, row)) settleReport(tx, one, report, now)
  return true
}

/**
 * The carrier has accepted a segment in doubt, and names it: its doubt ends with the id that reports will have. One that
 * is sent once more meanwhile has the outcome of that.
 */
function acceptedLate(tx: Tx, { submission: seq, part }: Candidate, report: StatusReport, now: number): void {
  const { account, reference } = report
  const sql = `UPDATE segment SET outcome = 'sent', reference = ?
    WHERE submission = ? AND part = ? AND outcome = 'doubt' AND reference IS NULL RETURNING part`
  if (tx.one(sql, keptId(reference), seq, part) === undefined) return
  const row = submission(tx, seq)
  if (row !== undefined && part === row.parts)
    for (const one of withRiders(tx, row))
      happen(tx, one, { type: 'accepted', account, reports: row.report === 1, now })
  matchNamedReports(tx, account, keysOf(reference), now)
}

interface Candidate {
  readonly submission: number
  readonly part: number
  readonly reference: string | null
  readonly written_at: number
  /** When the network accepted the whole message. */
  readonly sent_at: number | null
  readonly recipient: string
}

const candidate =
  'segment.submission, segment.part, segment.reference, segment.written_at, submission.sent_at, submission.recipient'

type Matcher = (tx: Tx, report: StatusReport, now: number) => Candidate | undefined

/** The segment of a report. */
const segmentOf: Readonly<Record<ReportMatching, Matcher>> = { tp_mr: byMessageReference, message_id: byMessageId }

/** By the carrier's id, preferably in the same spelling; of two with the same one, the later. */
function byMessageId(tx: Tx, report: StatusReport, now: number): Candidate | undefined {
  if (report.reference === '') return onlyUnnamed(tx, report)
  const rank = ({ reference, written_at }: Candidate) => (reference === report.reference ? now : 0) + written_at
  for (const key of keysOf(report.reference)) {
    const [first] = referenced(tx, report, key, now).sort((a, b) => rank(b) - rank(a))
    if (first !== undefined) return first
  }
  return byOwnName(tx, report, now)
}

/** A receipt without an id is of the segment without one for its recipient, if there is only one. */
function onlyUnnamed(tx: Tx, report: StatusReport): Candidate | undefined {
  const { receivedAt } = report
  const [only, ...others] = unnamedOf(tx, report, receivedAt - arrivalMs, receivedAt)
  return others.length === 0 && only?.in_flight === 0 ? only : undefined
}

/**
 * A segment with an unknown id, as the carrier did not answer: by the hub's own name of it, where the carrier repeats
 * that. Of several attempts it is unknown which one failed.
 */
function byOwnName(tx: Tx, { segment, account, outcome }: StatusReport, now: number): Candidate | undefined {
  const place = segment === undefined ? null : segmentPlaceOf(segment)
  if (place === null) return undefined
  const sql = 'SELECT seq, step, attempts FROM submission WHERE command_id = ?'
  const row = tx.one<Pick<SubmissionRow, 'seq' | 'step' | 'attempts'>>(sql, place.commandId)
  if (row === undefined || (outcome === 'failed' && row.attempts > 1)) return undefined
  return tx.one<Candidate>(
    `SELECT ${candidate} FROM segment JOIN submission ON submission.seq = segment.submission
     WHERE segment.submission = ? AND segment.part = ? AND segment.sim = ? AND segment.reference IS NULL
       AND segment.written_at > ?`,
    row.seq,
    partOf(row, place.step, place.part),
    account,
    now - horizonMs.message_id,
  )
}

/**
 * By TP-MR where it is known, or a segment with an unknown reference that was written at that time. While the reference
 * of such a segment may still become known, the report waits.
 */
function byMessageReference(tx: Tx, report: StatusReport, now: number): Candidate | undefined {
  const named = nearest(tx, report, referenced(tx, report, keyOf(report.reference), now))
  if (named !== undefined && distance(tx, report, named) < doubtWindowMs) return named
  const unnamed = withoutReference(tx, report)
  if (unnamed.some((row) => row.in_flight === 1)) return undefined
  return nearest(tx, report, inOrder(tx, report, unnamed)) ?? named
}

/** Segments with this reference in this account for this recipient. */
function referenced(tx: Tx, report: StatusReport, key: string, now: number): Candidate[] {
  return tx
    .all<Candidate>(
      `SELECT ${candidate} FROM segment
       JOIN submission ON submission.seq = segment.submission
       WHERE segment.sim = ? AND ${keyIn('segment.reference')} = ? AND segment.reference IS NOT NULL
         AND segment.written_at > ? AND (segment.report IS NULL OR segment.report >= 32)`,
      report.account,
      key,
      now - horizonMs[report.matching],
    )
    .filter((row) => isFor(row.recipient, report))
}

/** A carrier's id needs no recipient. */
function isFor(recipient: string, report: StatusReport): boolean {
  return (report.matching === 'message_id' && report.recipient === '') || sameRecipient(recipient, report.recipient)
}

/**
 * Segments for this recipient that were, or may have been, sent at the time of the report, with an unknown reference:
 * in doubt, accepted with a bare OK, or being submitted (`in_flight`).
 */
function withoutReference(tx: Tx, report: StatusReport): Unnamed[] {
  const { scts, centre, receivedAt } = report
  const ahead = smscClock(tx, centre)?.ahead ?? null
  const stamped = scts === null ? null : scts - smscAhead(tx, centre, receivedAt)
  const near = stamped === null ? [] : unnamedOf(tx, report, stamped - doubtWindowMs, stamped + doubtWindowMs)
  if (near.length > 0 || (ahead !== null && scts !== null)) return near
  // With an unknown clock of the centre: the segment sent before the report, if there is only one.
  const before = unnamedOf(tx, report, receivedAt - arrivalMs, receivedAt + 1)
  return before.length === 1 || before.some((row) => row.in_flight === 1) ? before : []
}

type Unnamed = Candidate & { readonly in_flight: number }

function unnamedOf(tx: Tx, { account, recipient }: StatusReport, from: number, until: number): Unnamed[] {
  return tx
    .all<Unnamed>(
      `SELECT ${candidate},
         segment.outcome = 'written' AS in_flight FROM segment
       JOIN submission ON submission.seq = segment.submission
       WHERE segment.sim = ? AND segment.reference IS NULL AND segment.written_at > ? AND segment.written_at < ?
         AND submission.ring IS NULL AND (segment.outcome IN ('sent', 'doubt')
           OR (segment.outcome = 'written' AND submission.status = 'sending' AND submission.in_doubt = 0))`,
      account,
      from,
      until,
    )
    .filter((row) => sameRecipient(row.recipient, recipient))
}

/** References checked on either side of a report's own. */
const maxNeighbours = 16

/** TP-MR increases by one with each message (TS 23.040 clause 9.2.3.6): excludes segments out of that order. */
function inOrder(tx: Tx, report: StatusReport, rows: readonly Candidate[]): readonly Candidate[] {
  if (rows.length < 2) return rows
  const steps = Array.from({ length: maxNeighbours }, (_, i) => i + 1)
  const known = [...steps.map((step) => -step), ...steps].flatMap((step) =>
    tx
      .all<{ written_at: number }>(
        `SELECT written_at FROM segment WHERE sim = ? AND ${keyIn('reference')} = ? AND reference IS NOT NULL
           AND written_at > ? AND written_at < ?`,
        report.account,
        keyOf(String((Number(report.reference) + step) & 0xff)),
        (rows[0] as Candidate).written_at - neighbourMs,
        (rows[0] as Candidate).written_at + neighbourMs,
      )
      .map(({ written_at }) => ({ step, written_at })),
  )
  const fitting = rows.filter((row) =>
    known.every(({ step, written_at }) => (step < 0 ? written_at <= row.written_at : written_at >= row.written_at)),
  )
  return fitting.length > 0 ? fitting : rows
}

function nearest(tx: Tx, report: StatusReport, rows: readonly Candidate[]): Candidate | undefined {
  return [...rows].sort((a, b) => distance(tx, report, a) - distance(tx, report, b))[0]
}

function distance(tx: Tx, report: StatusReport, row: Candidate): number {
  if (report.scts === null) return 0
  return Math.abs(report.scts - smscAhead(tx, report.centre, report.receivedAt) - row.written_at)
}

function sameRecipient(ours: string, theirs: string): boolean {
  const digits = ours.replace(/\D/g, '')
  const length = Math.min(comparedDigits, digits.length, theirs.length)
  return length > 0 && digits.slice(-length) === theirs.slice(-length)
}

/** A report has the service centre and its time of acceptance, which is between our writing and the acceptance. */
function learnFrom({ centre, scts, account, receivedAt }: StatusReport, segment: Candidate, tx: Tx): void {
  tx.run('INSERT INTO sim (id, reports) VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET reports = reports + 1', account)
  if (scts === null) return
  const { written_at: writtenAt, sent_at: sentAt } = segment
  const acceptedAt = Math.max(writtenAt, Math.min(sentAt ?? receivedAt, receivedAt))
  learnReported(tx, centre, { scts, writtenAt, acceptedAt })
}

function settleReport(tx: Tx, row: SubmissionRow, { account, outcome, ...report }: StatusReport, now: number): void {
  if (outcome === 'failed') {
    const error = errorReport(new Fault('delivery_failed', report.meaning, { status: report.status }))
    happen(tx, row, { type: 'undelivered', account, error, now })
    return
  }
  const delivered =
    tx.one<{ n: number }>(
      'SELECT COUNT(*) AS n FROM segment WHERE submission = ? AND part > 0 AND report < 32',
      row.carrier ?? row.seq,
    )?.n ?? 0
  if (row.device !== null) touchDevice(tx, row.device, now)
  happen(tx, row, { type: 'arrived', account, delivered, whole: delivered >= row.parts, now })
}

/** Reports of a SIM that are retried when a segment without reference is settled. */
const maxRetried = 50

/** Retries reports that were received before the id of their message, by any of its `keys`. */
export function matchNamedReports(tx: Tx, account: string, keys: readonly string[], now: number): void {
  applyAll(tx, waitingFor(tx, account, keys), now)
}

/**
 * The same for TP-MR, and those that waited for the reference of another segment, where there are segments without one.
 */
export function matchWaitingReports(tx: Tx, account: string, keys: readonly string[], now: number): void {
  const others = lacksReferences(tx, account, now)
    ? tx.all<WaitingReport>(`${waiting} ORDER BY received_at DESC LIMIT ?`, account, maxRetried)
    : []
  applyAll(tx, [...waitingFor(tx, account, keys), ...others.reverse()], now)
}

const waiting = `SELECT id, sim AS account, document FROM raw WHERE state = 'report' AND sim = ?`

function waitingFor(tx: Tx, account: string, keys: readonly string[]): WaitingReport[] {
  if (keys.length === 0) return []
  const sql = `${waiting} AND ${keyIn('reference')} IN (?${', ?'.repeat(keys.length - 1)})`
  return tx.all<WaitingReport>(sql, account, ...keys)
}

function applyAll(tx: Tx, reports: readonly WaitingReport[], now: number): void {
  for (const [id, row] of new Map(reports.map((row) => [row.id, row])))
    if (applyReport(tx, keptReport(row, now), now))
      tx.run(`UPDATE raw SET state = 'done', pdu = NULL, document = NULL WHERE id = ?`, id)
}

/** Reports stored by an older version have TP-MR as a number, and some lack the service centre. */
export function keptReport({ account, ...row }: WaitingReport, now: number): StatusReport {
  const kept = document<Partial<StatusReport>>(row.document)
  return {
    ...(kept as StatusReport),
    account,
    matching: kept.matching ?? 'tp_mr',
    reference: String(kept.reference),
    centre: kept.centre ?? null,
    receivedAt: kept.receivedAt ?? now,
  }
}

export interface WaitingReport {
  readonly id: number
  readonly account: string
  readonly document: string
}

function lacksReferences(tx: Tx, account: string, now: number): boolean {
  const sql = `SELECT 1 FROM segment WHERE sim = ? AND reference IS NULL AND written_at > ? AND outcome IN ('sent', 'doubt')
    LIMIT 1`
  return tx.one(sql, account, now - horizonMs.tp_mr) !== undefined
}
