import type { Message } from '../../message/message-document.ts'
import type { Reply } from '../../message/result.ts'
import { statusOf } from '../../sms/tp-status.ts'
import { type Sight, seesPeople } from '../about.ts'
import { type ReceivedRow, receivedOf, sentMessage, timeOf } from '../message-of.ts'
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

/** A status and its time. */
export interface Step {
  readonly status: string
  readonly at: string
}

/** A message with everything that is kept of it. */
export interface MessageDetail extends Message {
  readonly attempts: number
  readonly segments: readonly MessageSegment[]
  readonly timeline: readonly Step[]
  /** The answer of the device, where it is one to a command. */
  readonly reply: Reply | null
  /** It is not sent after that. */
  readonly expires_at: string | null
}

/** A message by its id, or that of its command; null where there is none that may be seen. */
export function message(rows: Rows, { id, sight }: { id: string; sight: Sight }): MessageDetail | null {
  const found = sentDetail(rows, id) ?? receivedDetail(rows, id)
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
    attempts: row.attempts,
    segments: segments.map(segmentOf),
    timeline: timelineOf(row),
    reply: document<Reply | null>(row.reply),
    expires_at: timeOf(row.expires_at),
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

function receivedDetail(rows: Rows, id: string): MessageDetail | null {
  const row = rows.one<ReceivedRow>('SELECT * FROM incoming WHERE message_id = ?', id)
  if (row === undefined) return null
  const found = receivedOf(row)
  return {
    ...found,
    attempts: 0,
    segments: [],
    timeline: [{ status: 'received', at: found.at }],
    reply: null,
    expires_at: null,
  }
}
