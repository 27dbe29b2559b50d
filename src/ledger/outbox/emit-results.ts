import type { ReplyTo } from '../../message/request.ts'
import { isoTime, resultOf, smsStatusOf } from '../../message/result.ts'
import { showTarget } from '../devices/presence.ts'
import { document, record, type SubmissionRow, smsRecord } from '../rows.ts'
import type { Tx } from '../tx.ts'
import type { Event } from './states/event.ts'

/** Emits the state of a command: all of a device's, otherwise only the final one with a response topic. */
export function emitResult(tx: Tx, row: SubmissionRow, now: number): void {
  const { device, property } = row
  const replyTo = row.final === 1 ? document<ReplyTo | null>(row.response) : null
  if (device === null && replyTo === null) return
  const published = record(row, now)
  tx.emit({ kind: 'result', subject: device ?? '', data: resultOf(published), replyTo })
  if (device !== null && row.verb === 'set' && property !== null)
    showTarget(tx, { device, property, value: published.value, underWay: row.final === 0 && row.status !== 'queued' })
}

export function emitSmsStatus(tx: Tx, row: SubmissionRow, now: number): void {
  if (row.ring === null) tx.emit({ kind: 'sms_status', subject: '', data: smsStatusOf(smsRecord(row, now)) })
}

/** A reply to an ended command is an event of its device. */
export function emitLateReply(tx: Tx, row: SubmissionRow, event: Event): void {
  if (row.device === null || !('reply' in event)) return
  const data = {
    event_type: 'late_reply',
    delayed: false,
    command_id: row.command_id,
    id: row.ref,
    status: row.status,
    reply: event.reply,
    message_id: event.messageId,
    received_at: isoTime(event.now),
  }
  tx.emit({ kind: 'device_event', subject: row.device, data })
}
