import { errorReport, Fault } from '../message/fault.ts'
import { advance, follows } from './acts.ts'
import type { Tx } from './engine.ts'
import { type Change, move } from './moves.ts'
import { touchDevice } from './presence.ts'
import { riders } from './riders.ts'
import { document, type SubmissionRow, submission } from './rows.ts'

/** A delivery report, decoded. */
export interface StatusReport {
  readonly sim: string
  /** TP-MR. */
  readonly reference: number
  /** TP-RA, digits only. */
  readonly recipient: string
  /** TP-SCTS: when the SMSC took the message, in ms; null when unreadable. */
  readonly scts: number | null
  /** TP-ST with what it means (TS 23.040 clause 9.2.3.15). */
  readonly status: number
  readonly outcome: 'delivered' | 'trying' | 'failed'
  readonly meaning: string
}

/** How many digits from the right must agree: reports come with national numbers too. */
const tail = 8
/** A reference comes round after 256 messages: older segments are not meant. */
const horizonMs = 8 * 86_400_000
/** How far from a report's time stamp a segment of unknown fate may have been written to be the one it speaks of. */
const doubtWindowMs = 180_000

/** Gives a report to its segment. False when no segment is known that it could mean. */
export function applyReport(tx: Tx, report: StatusReport, now: number): boolean {
  const segment = referenced(tx, report, now) ?? doubted(tx, report)
  if (segment === undefined) return false
  learnFromReport(tx, report, segment.written_at)
  if (report.outcome === 'trying') return true
  tx.run(
    `UPDATE segment SET outcome = 'sent', reference = ?, report = ?, reported_at = ? WHERE submission = ? AND part = ?`,
    report.reference,
    report.status,
    now,
    segment.submission,
    segment.part,
  )
  const row = submission(tx, segment.submission)
  // A report for an earlier text of an act comes too late to matter.
  if (row === undefined || segment.part < 0) return true
  for (const rider of riders(tx, row.seq)) settleReport(tx, rider, report, now)
  settleReport(tx, row, report, now)
  return true
}

interface Candidate {
  readonly submission: number
  readonly part: number
  readonly written_at: number
  readonly recipient: string
}

/** The segment with this reference on this SIM for this recipient, nearest in time. */
function referenced(tx: Tx, report: StatusReport, now: number): Candidate | undefined {
  const rows = tx.all<Candidate>(
    `SELECT segment.submission, segment.part, segment.written_at, submission.recipient FROM segment
     JOIN submission ON submission.seq = segment.submission
     WHERE segment.sim = ? AND segment.reference = ? AND segment.written_at > ?
       AND (segment.report IS NULL OR segment.report >= 32)`,
    report.sim,
    report.reference,
    now - horizonMs,
  )
  return nearest(tx, report, rows)
}

/** A segment whose reference nobody learnt: a report for its recipient at that time tells that it went out after all. */
function doubted(tx: Tx, report: StatusReport): Candidate | undefined {
  if (report.scts === null) return undefined
  const rows = tx
    .all<Candidate>(
      `SELECT segment.submission, segment.part, segment.written_at, submission.recipient FROM segment
       JOIN submission ON submission.seq = segment.submission
       WHERE segment.sim = ? AND segment.outcome = 'doubt'`,
      report.sim,
    )
    .filter((row) => distance(tx, report, row) < doubtWindowMs && sameRecipient(row.recipient, report.recipient))
  return rows.length === 1 ? rows[0] : undefined
}

function nearest(tx: Tx, report: StatusReport, rows: readonly Candidate[]): Candidate | undefined {
  return rows
    .filter((row) => sameRecipient(row.recipient, report.recipient))
    .sort((a, b) => distance(tx, report, a) - distance(tx, report, b))[0]
}

function distance(tx: Tx, report: StatusReport, row: Candidate): number {
  if (report.scts === null) return 0
  return Math.abs(report.scts - clockOffset(tx, report.sim) - row.written_at)
}

function sameRecipient(ours: string, theirs: string): boolean {
  const digits = ours.replace(/\D/g, '')
  const length = Math.min(tail, digits.length, theirs.length)
  return length > 0 && digits.slice(-length) === theirs.slice(-length)
}

/** ms that the SMSC's clock is ahead of ours, as its reports have shown. */
export function clockOffset(tx: Tx, sim: string): number {
  return tx.one<{ clock_offset: number | null }>('SELECT clock_offset FROM sim WHERE id = ?', sim)?.clock_offset ?? 0
}

function learnFromReport(tx: Tx, report: StatusReport, writtenAt: number): void {
  const offset = report.scts === null ? null : report.scts - writtenAt
  tx.run(
    `INSERT INTO sim (id, reports, clock_offset) VALUES (?, 1, ?) ON CONFLICT (id) DO UPDATE SET reports = reports + 1,
       clock_offset = CASE WHEN excluded.clock_offset IS NULL THEN clock_offset
         WHEN clock_offset IS NULL THEN excluded.clock_offset ELSE (3 * clock_offset + excluded.clock_offset) / 4 END`,
    report.sim,
    offset,
  )
}

function settleReport(tx: Tx, row: SubmissionRow, report: StatusReport, now: number): void {
  if (report.outcome === 'failed') return failDelivery(tx, row, report, now)
  const delivered =
    tx.one<{ n: number }>(
      'SELECT COUNT(*) AS n FROM segment WHERE submission = ? AND part > 0 AND report < 32',
      row.carrier ?? row.seq,
    )?.n ?? 0
  if (row.device !== null) touchDevice(tx, row.device, now)
  const whole = delivered >= row.parts
  const goesOn = follows(tx, row)
  const sms = whole && goesOn === null ? ({ sms: 'delivered', deliveredAt: now } as const) : {}
  const change: Change = { ...sms, partsDelivered: delivered, sim: report.sim }
  // A pending answer can be faster than the report: its own, longer wait goes on.
  if (row.final === 1 || !whole || row.status === 'delivered') {
    move(tx, row, change, now)
  } else if (goesOn !== null) {
    const clear = { ...change, sentAt: row.sent_at ?? now, inDoubt: false, deadline: now + row.within }
    const moved = row.due === null ? move(tx, row, clear, now) : row
    if (goesOn === 'then' && row.expect === 'none' && row.due === null) advance(tx, moved, now)
  } else if (row.expect === 'none') {
    move(tx, row, { ...change, status: 'delivered', final: true, ok: true }, now)
  } else {
    move(tx, row, { ...change, status: 'delivered', inDoubt: false, reason: null, deadline: now + row.within }, now)
  }
}

function failDelivery(tx: Tx, row: SubmissionRow, report: StatusReport, now: number): void {
  if (row.sms_status === 'delivered') return
  if (row.final === 1) {
    move(tx, row, { sms: 'undelivered', sim: report.sim }, now)
    return
  }
  const fault = new Fault('delivery_failed', report.meaning, { status: report.status })
  const error = errorReport(fault)
  move(tx, row, { status: 'undelivered', sms: 'undelivered', final: true, ok: false, error, sim: report.sim }, now)
}

/** Reports that came before the reference they name was known get another try. */
export function matchWaitingReports(tx: Tx, sim: string, now: number): void {
  const rows = tx.all<{ id: number; document: string }>(
    `SELECT id, document FROM raw WHERE state = 'report' AND sim = ? ORDER BY received_at`,
    sim,
  )
  for (const row of rows) {
    if (applyReport(tx, document<StatusReport>(row.document), now)) {
      tx.run(`UPDATE raw SET state = 'done', pdu = NULL, document = NULL WHERE id = ?`, row.id)
    }
  }
}
