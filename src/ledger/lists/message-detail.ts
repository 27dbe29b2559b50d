import { type PublishedError, publishedError } from '../../message/fault.ts'
import type { Message } from '../../message/message-document.ts'
import type { ReceivedDocument } from '../../message/received.ts'
import { isoTime, type Reply } from '../../message/result.ts'
import { statusOf } from '../../sms/tp-status.ts'
import { type Sight, seesPeople } from '../about.ts'
import { errorOf, type ReceivedRow, receivedOf, sentMessage, timeOf } from '../message-of.ts'
import type { Returned } from '../outbox/states/change.ts'
import { document, type SegmentRow, type SubmissionRow } from '../rows.ts'
import type { Rows } from '../tx.ts'

/** An SMS of a message, as far as it has come. */
export interface MessageSegment {
  readonly part: number
  readonly status: 'queued' | 'sending' | 'sent' | 'in_doubt' | 'delivered' | 'undelivered'
  /** TP-MR, or the id that a carrier gave it. */
  readonly reference: string | null
  readonly sent_at: string | null
  readonly reported_at: string | null
  /** The status of the delivery report, in words. */
  readonly report: string | null
}

/** One hand-over to a gateway. `returned`: it was given back, and is sent again. */
export interface Attempt {
  /** From 1. Of many, only the last ones are kept. */
  readonly number: number
  readonly gateway: string | null
  readonly outcome: 'sending' | 'returned' | 'sent' | 'failed' | 'expired' | 'in_doubt'
  /** Null while it is under way. */
  readonly ended_at: string | null
  readonly error: PublishedError | null
}

/** A status and its time. */
export interface Step {
  readonly status: string
  readonly at: string
}

/** A message with everything that is kept of it. */
export interface MessageDetail extends Message {
  readonly attempts: readonly Attempt[]
  readonly segments: readonly MessageSegment[]
  readonly timeline: readonly Step[]
  /** The answer of the device, where it is one to a command. */
  readonly reply: Reply | null
  /** It is not sent after that. */
  readonly expires_at: string | null
  /** A received text in the form of `sms/received`; null where it is not published, and once its content is removed. */
  readonly received: ReceivedDocument | null
}

/** A message by its id, or that of its command; null where there is none that may be seen. */
export function message(rows: Rows, { id, sight }: { id: string; sight: Sight }): MessageDetail | null {
  const found = sentDetail(rows, id) ?? receivedDetail(rows, id, sight)
  return found !== null && isSeen(sight, found.device) ? found : null
}

const isSeen = (sight: Sight, device: string | null): boolean =>
  device === null ? seesPeople(sight) : (sight.devices?.includes(device) ?? true)

function sentDetail(rows: Rows, id: string): MessageDetail | null {
  const row =
    rows.one<SubmissionRow>('SELECT * FROM submission WHERE message_id = ?', id) ??
    rows.one<SubmissionRow>('SELECT * FROM submission WHERE command_id = ?', id)
  if (row === undefined) return null
  const segments = rows.all<SegmentRow & { reported_at: number | null }>(
    'SELECT * FROM segment WHERE submission = ? AND part > 0 ORDER BY part',
    row.seq,
  )
  return {
    ...sentMessage(row),
    attempts: attemptsOf(row),
    segments: segments.map(segmentOf),
    timeline: timelineOf(row),
    reply: document<Reply | null>(row.reply),
    expires_at: timeOf(row.expires_at),
    received: null,
  }
}

function segmentOf(row: SegmentRow & { readonly reported_at: number | null }): MessageSegment {
  const report = row.report === null ? null : statusOf(row.report)
  const ended = report?.class === 'completed' ? 'delivered' : 'undelivered'
  const sent = { waiting: 'queued', written: 'sending', sent: 'sent', doubt: 'in_doubt' } as const
  return {
    part: row.part,
    status: report === null || report.class === 'temporaryRetrying' ? sent[row.outcome] : ended,
    reference: row.reference,
    sent_at: timeOf(row.written_at),
    reported_at: timeOf(row.reported_at),
    report: report?.meaning ?? null,
  }
}

function attemptsOf(row: SubmissionRow): Attempt[] {
  const returns = (document<readonly Returned[] | null>(row.returns) ?? []).map(
    ({ number, gateway, at, error }): Attempt => ({
      number,
      gateway,
      outcome: 'returned',
      ended_at: isoTime(at),
      error: error && publishedError(error),
    }),
  )
  // Nothing is known of those that were given back before an upgrade: their text has no gateway, and no returns.
  const isReturned = row.gateway === null || row.attempts === (returns.at(-1)?.number ?? 0)
  return isReturned ? returns : [...returns, lastAttempt(row)]
}

function lastAttempt(row: SubmissionRow): Attempt {
  const { sms_status: status, sent_at, final_at } = row
  const attempt = { number: row.attempts, gateway: row.gateway, error: null }
  if (row.in_doubt === 1 || status === 'in_doubt')
    return { ...attempt, outcome: 'in_doubt', ended_at: timeOf(final_at), error: errorOf(row.error) }
  if (sent_at !== null) return { ...attempt, outcome: 'sent', ended_at: isoTime(sent_at) }
  if (status === 'failed' || status === 'expired')
    return { ...attempt, outcome: status, ended_at: timeOf(final_at), error: errorOf(row.error) }
  return { ...attempt, outcome: 'sending', ended_at: null }
}

function timelineOf(row: SubmissionRow): Step[] {
  const passed = [
    { status: 'queued', at: row.queued_at },
    { status: 'sending', at: row.written_at },
    { status: 'sent', at: row.sent_at },
    { status: 'delivered', at: row.delivered_at },
    { status: 'replied', at: row.replied_at },
  ]
  const isNew = passed.every(({ status, at }) => status !== row.status || at === null)
  const ended = row.final === 1 && isNew ? [{ status: row.status, at: row.final_at }] : []
  return [...passed, ...ended].flatMap(({ status, at }) => (at === null ? [] : [{ status, at: timeOf(at) as string }]))
}

function receivedDetail(rows: Rows, id: string, sight: Sight): MessageDetail | null {
  const row = rows.one<ReceivedRow>('SELECT * FROM incoming WHERE message_id = ?', id)
  if (row === undefined) return null
  const found = receivedOf(row)
  return {
    ...found,
    attempts: [],
    segments: [],
    timeline: [{ status: 'received', at: found.at }],
    reply: null,
    expires_at: null,
    received: publishedOf(row, sight),
  }
}

/** Without the device that forwarded it, where that may not be seen. */
function publishedOf(row: ReceivedRow, sight: Sight): ReceivedDocument | null {
  const published = document<(ReceivedDocument & { readonly redacted?: true }) | null>(row.document)
  if (published === null || published.redacted === true) return null
  const { forwarded_by: carrier, ...own } = published
  return carrier === undefined || isSeen(sight, carrier) ? published : own
}
