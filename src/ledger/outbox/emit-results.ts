import type { ReplyTo } from '../../message/request.ts'
import { isoTime, resultOf, smsStatusOf } from '../../message/result.ts'
import { showTarget } from '../devices/presence.ts'
import { document, record, type SubmissionRow, smsRecord } from '../rows.ts'
import type { Tx } from '../tx.ts'
import type { Event } from './states/event.ts'

/** Emits the state of a command: all of a device's, otherwise only the final one with a response topic. */
export function emitResult(tx: Tx, row: SubmissionRow, now: number): void {
  const { device, property } = row
  if (device === null && replyToOf(row) === null) return
  const published = record(row, now)
  tx.emit({ kind: 'result', subject: device ?? '', data: resultOf(published), replyTo: replyToOf(row) })
  if (device !== null && row.verb === 'set' && property !== null)
    showTarget(tx, { device, property, value: published.value, underWay: row.final === 0 && row.status !== 'queued' })
}

/** Only the end of a command answers its requester. */
const replyToOf = ({ final, response }: SubmissionRow): ReplyTo | null => (final === 1 ? document(response) : null)

export function emitSmsStatus(tx: Tx, row: SubmissionRow, now: number): void {
  if (row.ring === null) tx.emit({ kind: 'sms_status', subject: '', data: smsStatusOf(smsRecord(row, now)) })
}

/**
 * Emits the end of a request that was not taken. Where nothing of it is kept, the log of events does not keep it either:
 * a client that is rejected without end would push out what happened. A target stays: it is another command's.
 */
export function emitRefused(tx: Tx, row: SubmissionRow, isKept: boolean, now: number): void {
  const { device } = row
  if (device === null) {
    const data = smsStatusOf(smsRecord(row, now))
    tx.emit({ kind: isKept ? 'sms_status' : 'unkept_sms_status', subject: '', data })
  }
  if (device === null && replyToOf(row) === null) return
  const data = resultOf(record(row, now))
  tx.emit({ kind: isKept ? 'result' : 'unkept_result', subject: device ?? '', data, replyTo: replyToOf(row) })
}

/** Emits the state of a command as it was emitted already: nothing has changed. */
export function emitAgain(tx: Tx, row: SubmissionRow, now: number): void {
  const { device, ring } = row
  if (device !== null) {
    const data = resultOf(record(row, now))
    tx.emit({ kind: 'repeated_result', subject: device, data, replyTo: replyToOf(row) })
  } else if (ring === null)
    tx.emit({ kind: 'repeated_sms_status', subject: '', data: smsStatusOf(smsRecord(row, now)) })
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
