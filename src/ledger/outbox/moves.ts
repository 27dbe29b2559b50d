import { type ErrorReport, Fault } from '../../message/fault.ts'
import { type CommandRecord, type Reply, resultPayload, smsStatusPayload } from '../../message/result.ts'
import { type CommandStatus, commandMayMove, type SmsStatus, smsMayMove } from '../../message/status.ts'
import { topicName } from '../../message/topics.ts'
import { endChange } from '../devices/learned-settings.ts'
import { showTarget } from '../devices/presence.ts'
import { refreshLane } from '../lanes/lanes.ts'
import { document, record, type SubmissionRow, submission } from '../rows.ts'
import type { Tx } from '../tx.ts'

/** What a move changes beside the status. Left out means unchanged. */
export interface Change {
  readonly status?: CommandStatus
  readonly sms?: SmsStatus
  readonly final?: boolean
  readonly ok?: boolean | null
  readonly inDoubt?: boolean
  readonly open?: 0 | 1 | 2
  readonly due?: number | null
  readonly carrier?: number | null
  readonly reason?: string | null
  readonly error?: ErrorReport | null
  readonly reply?: Reply
  readonly gateway?: string | null
  readonly sim?: string
  readonly validFor?: number
  readonly partsDelivered?: number
  readonly attempts?: number
  readonly boot?: number
  readonly writtenAt?: number
  readonly sentAt?: number
  readonly deliveredAt?: number
  readonly repliedAt?: number
  readonly deadline?: number | null
}

/**
 * Moves a submission and commits what the outside is told of it in the same transaction. Refuses a move that the
 * tables of `message/status.ts` do not list. A final one gives up its lane and forgets the text with its secrets.
 */
export function move(tx: Tx, row: SubmissionRow, change: Change, now: number): SubmissionRow {
  const status = change.status ?? row.status
  const sms = change.sms ?? row.sms_status
  if (row.final === 1 && (change.status !== undefined || change.final === true)) throw illegal(row, status)
  if (!commandMayMove(row.status, status) || !smsMayMove(row.sms_status, sms)) throw illegal(row, `${status}/${sms}`)
  const final = change.final ?? row.final === 1
  const open = final ? 0 : (change.open ?? row.open)
  const carrier = status === 'queued' ? null : change.carrier === undefined ? row.carrier : change.carrier
  tx.run(
    `UPDATE submission SET status = ?, sms_status = ?, final = ?, open = ?, ok = ?, in_doubt = ?, reason = ?, error = ?,
       reply = ?, gateway = ?, sim = ?, valid_for = ?, parts_delivered = ?, attempts = ?, boot = ?, written_at = ?,
       sent_at = ?, delivered_at = ?, replied_at = ?, deadline = ?, final_at = ?, due = ?, carrier = ? WHERE seq = ?`,
    status,
    sms,
    final ? 1 : 0,
    open,
    change.ok === undefined ? row.ok : change.ok === null ? null : change.ok ? 1 : 0,
    (change.inDoubt ?? row.in_doubt === 1) && (!final || status === 'in_doubt') ? 1 : 0,
    change.reason === undefined ? row.reason : change.reason,
    change.error === undefined ? row.error : change.error && JSON.stringify(change.error),
    change.reply === undefined ? row.reply : JSON.stringify(change.reply),
    change.gateway === undefined ? row.gateway : change.gateway,
    change.sim ?? row.sim,
    change.validFor ?? row.valid_for,
    change.partsDelivered ?? row.parts_delivered,
    change.attempts ?? row.attempts,
    change.boot ?? row.boot,
    change.writtenAt ?? row.written_at,
    change.sentAt ?? row.sent_at,
    change.deliveredAt ?? row.delivered_at,
    change.repliedAt ?? row.replied_at,
    final ? null : change.deadline === undefined ? row.deadline : change.deadline,
    final && row.final === 0 ? now : row.final_at,
    final || change.due === undefined ? (final ? null : row.due) : change.due,
    carrier,
    row.seq,
  )
  if (final && row.final === 0) {
    endChange(tx, row, status, change.ok ?? null)
    forget(tx, row, status)
  }
  if (change.deadline !== undefined && change.deadline !== null) tx.ring('deadlines')
  const moved = submission(tx, row.seq) as SubmissionRow
  if (row.lane !== null) settleLane(tx, row, moved, now)
  const told =
    status !== row.status || (final && row.final === 0) || change.inDoubt !== undefined || change.reply !== undefined
  if (told) publishResult(tx, moved, now)
  if (sms !== row.sms_status || moved.in_doubt !== row.in_doubt) publishSmsStatus(tx, moved, now)
  return moved
}

function illegal(row: SubmissionRow, to: string): Fault {
  return new Fault('internal', `${row.command_id} can't move from ${row.status}/${row.sms_status} to ${to}`)
}

/** The text as sent holds secrets: it goes when it can't be needed any more. An open doubt keeps nothing either. */
function forget(tx: Tx, row: SubmissionRow, status: CommandStatus): void {
  tx.run('UPDATE segment SET text = NULL WHERE submission = ?', row.seq)
  tx.run('UPDATE submission SET joins = NULL WHERE seq = ?', row.seq)
  if (row.last > 0) tx.run('DELETE FROM step WHERE submission = ?', row.seq)
  tx.ring('wiped')
  tx.run(
    'UPDATE submission SET spec = NULL WHERE seq = ? AND ? NOT IN (?, ?)',
    row.seq,
    status,
    'unconfirmed',
    'in_doubt',
  )
}

function settleLane(tx: Tx, before: SubmissionRow, after: SubmissionRow, now: number): void {
  if (before.open === 1 && after.open === 0 && after.gap > 0 && after.written_at !== null) {
    tx.run('UPDATE lane SET ready_at = MAX(ready_at, ?) WHERE key = ?', after.written_at + after.gap, after.lane)
  }
  if (before.status === 'queued' && after.status !== 'queued') {
    tx.run('UPDATE client SET queued = MAX(0, queued - 1) WHERE id = ?', after.client)
  }
  if (before.status !== 'queued' && after.status === 'queued') {
    tx.run('UPDATE client SET queued = queued + 1 WHERE id = ?', after.client)
  }
  const changed = before.open !== after.open || before.status !== after.status || before.due !== after.due
  if (changed) refreshLane(tx, after.lane as string, now)
}

/** Tells the current state of a command on its result topic, and to the MQTT 5 response topic once it is final. */
export function publishResult(tx: Tx, row: SubmissionRow, now: number): void {
  const told: CommandRecord = record(row, now)
  const payload = JSON.stringify(resultPayload(told))
  if (row.device !== null) {
    tx.publish({ topic: topicName('{device}/result', { device: row.device }), payload, retain: false })
    if (row.verb === 'set' && row.property !== null) {
      const underWay = row.final === 0 && row.status !== 'queued'
      showTarget(tx, { device: row.device, property: row.property, value: told.value, underWay })
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
