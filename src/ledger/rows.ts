import type { CommandRecord, SmsRecord } from '../message/result.ts'
import type { CommandStatus, SmsStatus } from '../message/status.ts'
import type { Tx } from './tx.ts'

/** A row of `submission`. */
export interface SubmissionRow {
  readonly seq: number
  readonly command_id: string
  readonly message_id: string | null
  readonly client: string
  readonly scope: string | null
  readonly ref: string | null
  readonly response: string | null
  readonly lane: string | null
  readonly device: string | null
  readonly verb: string
  readonly command: string | null
  readonly property: string | null
  readonly value: string | null
  readonly args: string | null
  readonly recipient: string | null
  readonly text: string | null
  readonly digest: string | null
  readonly safe: number
  readonly unproven: number
  readonly priority: number
  readonly status: CommandStatus
  readonly sms_status: SmsStatus
  readonly final: number
  /** 1: it holds its lane; 2: it shares the text of the one that does. */
  readonly open: number
  readonly ok: number | null
  readonly in_doubt: number
  readonly reason: string | null
  readonly error: string | null
  readonly reply: string | null
  readonly expect: 'none' | 'optional' | 'required'
  readonly within: number
  readonly spec: string | null
  readonly route: string
  readonly gateway: string | null
  readonly sim: string | null
  readonly gap: number
  /** The owner of the last claim, and its run. */
  readonly owner: string | null
  readonly epoch: number
  readonly alphabet: 'gsm7' | 'ucs2' | null
  readonly parts: number
  readonly parts_delivered: number
  /** Of the texts of one request. */
  readonly batch: string | null
  readonly attempts: number
  /** The last attempts of which it was given back, as a list. */
  readonly returns: string | null
  readonly report: number
  readonly valid_for: number | null
  readonly queued_at: number
  /** When its requester wants it to be sent; null is at once. */
  readonly send_at: number | null
  /** Of one that came due: the latest row then, behind which it is in its lane. */
  readonly place: number | null
  readonly made_for: string | null
  readonly made_from: string | null
  readonly expires_at: number | null
  readonly written_at: number | null
  readonly sent_at: number | null
  readonly delivered_at: number | null
  readonly replied_at: number | null
  readonly deadline: number | null
  readonly final_at: number | null
  readonly ring: number | null
  readonly message_class: 0 | null
  readonly private: number
  readonly step: number
  readonly last: number
  readonly due: number | null
  readonly joins: string | null
  readonly carrier: number | null
  readonly held: number
  readonly heard: string | null
}

/** A row of `segment`. */
export interface SegmentRow {
  readonly submission: number
  readonly part: number
  readonly text: string | null
  /** The place of a private text. */
  readonly slot: number | null
  readonly outcome: 'waiting' | 'written' | 'sent' | 'doubt'
  readonly sim: string | null
  readonly reference: string | null
  readonly written_at: number | null
  readonly report: number | null
}

export function submission(tx: Tx, seq: number): SubmissionRow | undefined {
  return tx.one<SubmissionRow>('SELECT * FROM submission WHERE seq = ?', seq)
}

export function segments(tx: Tx, seq: number): SegmentRow[] {
  return tx.all<SegmentRow>('SELECT * FROM segment WHERE submission = ? AND part > 0 ORDER BY part', seq)
}

/** The message of a row. Called often, so JSON columns that are not needed are not parsed. */
export function smsRecord(row: SubmissionRow, at: number): SmsRecord {
  return {
    commandId: row.command_id,
    messageId: row.message_id,
    ref: row.ref,
    device: row.device,
    recipient: row.recipient,
    smsStatus: row.sms_status,
    inDoubt: row.in_doubt === 1,
    reason: row.reason,
    error: document(row.error),
    gateway: row.gateway,
    alphabet: row.alphabet,
    batch: row.batch,
    parts: row.parts,
    partsDelivered: row.parts_delivered,
    sendAt: row.send_at,
    sentAt: row.sent_at,
    at,
  }
}

/** The row as a command for publication. */
export function record(row: SubmissionRow, at: number): CommandRecord {
  return {
    ...smsRecord(row, at),
    verb: row.verb,
    command: row.command,
    property: row.property,
    value: document(row.value),
    args: document(row.args),
    status: row.status,
    final: row.final === 1,
    ok: row.ok === null ? null : row.ok === 1,
    unproven: row.unproven === 1,
    reply: document(row.reply),
    ring: row.ring,
    attempts: row.attempts,
    validFor: row.valid_for,
    queuedAt: row.queued_at,
    deliveredAt: row.delivered_at,
    repliedAt: row.replied_at,
  }
}

/** Parses a JSON column, whose type is known where it is written. */
export function document<T>(text: string | null): T {
  return (text === null ? null : JSON.parse(text)) as T
}
