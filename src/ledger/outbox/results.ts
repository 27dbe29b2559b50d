import { type CommandRecord, isoTime, resultPayload, smsStatusPayload } from '../../message/result.ts'
import { topicName } from '../../message/topics.ts'
import { showTarget } from '../devices/presence.ts'
import { document, record, type SubmissionRow } from '../rows.ts'
import type { Tx } from '../tx.ts'
import type { Event } from './states/event.ts'

/** Publishes the state of a command on its result topic, and to the MQTT 5 response topic once it is final. */
export function publishResult(tx: Tx, row: SubmissionRow, now: number): void {
  const published: CommandRecord = record(row, now)
  const payload = JSON.stringify(resultPayload(published))
  if (row.device !== null) {
    tx.publish({ topic: topicName('{device}/result', { device: row.device }), payload, retain: false })
    if (row.verb === 'set' && row.property !== null) {
      const underWay = row.final === 0 && row.status !== 'queued'
      showTarget(tx, { device: row.device, property: row.property, value: published.value, underWay })
    }
  }
  const response = document<{ topic: string; correlation: string | null } | null>(row.response)
  if (response !== null && row.final === 1) {
    tx.publish({ topic: response.topic, payload, retain: false, absolute: true, correlation: response.correlation })
  }
}

export function publishSmsStatus(tx: Tx, row: SubmissionRow, now: number): void {
  if (row.ring !== null) return
  tx.publish({ topic: 'sms/status', payload: JSON.stringify(smsStatusPayload(record(row, now))), retain: false })
}

/** The answer to a command that has ended is an event of its device. */
export function publishLateReply(tx: Tx, row: SubmissionRow, event: Event): void {
  if (row.device === null || !('reply' in event)) return
  const payload = {
    event_type: 'late_reply',
    delayed: false,
    command_id: row.command_id,
    id: row.ref,
    status: row.status,
    reply: event.reply,
    message_id: event.messageId,
    received_at: isoTime(event.now),
  }
  const topic = topicName('{device}/event', { device: row.device })
  tx.publish({ topic, payload: JSON.stringify(payload), retain: false })
}
