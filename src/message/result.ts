import { type ErrorReport, type PublishedError, publishedError } from './fault.ts'
import type { CommandStatus, SmsStatus } from './status.ts'
import type { TrustLevel } from './trust.ts'
import type { Value, Values } from './values.ts'

/** A text of the device, matched to the command that it answers, with secrets masked. */
export interface Reply {
  readonly text: string
  readonly parsed: Values
  /**
   * How the text was matched: by a pattern of the command, one of the profile's messages, or as any text; or that the
   * device has called.
   */
  readonly matched_by: 'pattern' | 'message' | 'any_text' | 'call'
  /** What it asked for held before. */
  readonly already?: true
  /** How well it is proven that the text is from the device. */
  readonly trust?: TrustLevel
  /** The device that brought it. */
  readonly forwarded_by?: string
  /** Texts received of an answer that takes several. */
  readonly texts?: number
}

/** An outbound message: the text of a command, or one to a person. */
export interface SmsRecord {
  readonly commandId: string
  readonly messageId: string | null
  readonly ref: string | null
  readonly device: string | null
  readonly recipient: string | null
  readonly smsStatus: SmsStatus
  readonly inDoubt: boolean
  readonly reason: string | null
  readonly error: ErrorReport | null
  readonly gateway: string | null
  readonly alphabet: 'gsm7' | 'ucs2' | null
  readonly batch: string | null
  readonly parts: number
  readonly partsDelivered: number
  /** Milliseconds since 1970. `sendAt`: it was scheduled for then. */
  readonly sendAt: number | null
  readonly sentAt: number | null
  readonly at: number
}

/** A command with all its data: the source of results, history rows and log lines. */
export interface CommandRecord extends SmsRecord {
  readonly verb: string
  readonly command: string | null
  readonly property: string | null
  readonly value: Value
  readonly args: Values | null
  readonly status: CommandStatus
  readonly final: boolean
  readonly ok: boolean | null
  readonly unproven: boolean
  readonly reply: Reply | null
  /** Seconds of ringing, where the step was a call. */
  readonly ring: number | null
  readonly attempts: number
  /** Seconds of TP-VP; null before the PDU is made. */
  readonly validFor: number | null
  /** Times in milliseconds since 1970. */
  readonly queuedAt: number
  readonly deliveredAt: number | null
  readonly repliedAt: number | null
}

/** A step of a command as published. */
export type ResultDocument = {
  readonly id: string | null
  readonly command_id: string
  readonly device: string | null
  readonly command: string | null
  readonly property?: string
  readonly value?: Value
  /** The command that sets or gets the property. */
  readonly runs?: string
  readonly args?: Values
  readonly status: CommandStatus
  readonly final: boolean
  readonly ok: boolean | null
  readonly in_doubt?: true
  readonly unproven?: true
  /** Accepted, as what it asked for held before. */
  readonly already?: true
  readonly reason?: string
  readonly call?: { readonly gateway: string | null; readonly seconds: number; readonly attempts: number }
  readonly sms: {
    readonly message_id: string
    readonly gateway: string | null
    readonly parts: number
    readonly attempts: number
    readonly valid_for: number | null
  } | null
  readonly reply?: Omit<Reply, 'already'>
  readonly error?: PublishedError
  readonly queued_at: string
  readonly send_at?: string
  readonly sent_at?: string
  readonly delivered_at?: string
  readonly replied_at?: string
  readonly elapsed_ms: number
}

export function resultOf(record: CommandRecord): ResultDocument {
  const named = record.verb === 'command'
  return {
    id: record.ref,
    command_id: record.commandId,
    device: record.device,
    command: named ? record.command : record.verb,
    ...(record.property !== null && { property: record.property }),
    ...(record.verb === 'set' && { value: record.value }),
    ...(!named && record.command !== null && { runs: record.command }),
    ...(record.args !== null && Object.keys(record.args).length > 0 && { args: record.args }),
    status: record.status,
    final: record.final,
    ok: record.ok,
    ...(record.inDoubt && { in_doubt: true }),
    ...(record.unproven && { unproven: true }),
    ...(record.reply?.already && { already: true }),
    ...(record.reason !== null && { reason: record.reason }),
    ...(record.ring !== null && { call: { gateway: record.gateway, seconds: record.ring, attempts: record.attempts } }),
    sms:
      record.messageId === null || record.ring !== null
        ? null
        : {
            message_id: record.messageId,
            gateway: record.gateway,
            parts: record.parts,
            attempts: record.attempts,
            valid_for: record.validFor,
          },
    ...(record.reply !== null && { reply: publicReply(record.reply) }),
    ...(record.error !== null && { error: publishedError(record.error) }),
    queued_at: isoTime(record.queuedAt),
    ...(record.sendAt !== null && { send_at: isoTime(record.sendAt) }),
    ...(record.sentAt !== null && { sent_at: isoTime(record.sentAt) }),
    ...(record.deliveredAt !== null && { delivered_at: isoTime(record.deliveredAt) }),
    ...(record.repliedAt !== null && { replied_at: isoTime(record.repliedAt) }),
    elapsed_ms: Math.max(0, record.at - (record.sendAt ?? record.queuedAt)),
  }
}

const publicReply = ({ already: _, ...reply }: Reply): Omit<Reply, 'already'> => reply

/** A step of an outbound message as published, those of device commands included. */
export interface SmsStatusDocument {
  readonly id: string | null
  readonly command_id: string
  readonly client_id: string | null
  readonly to: string | null
  readonly device: string | null
  readonly gateway: string | null
  readonly status: SmsStatus
  readonly in_doubt?: true
  readonly reason?: string | null
  readonly alphabet?: 'gsm7' | 'ucs2'
  readonly batch?: string
  readonly parts: number
  readonly parts_delivered: number
  readonly send_at?: string
  readonly sent_at?: string
  readonly at: string
  readonly error: PublishedError | null
}

export function smsStatusOf(record: SmsRecord): SmsStatusDocument {
  return {
    id: record.messageId,
    command_id: record.commandId,
    client_id: record.ref,
    to: record.recipient,
    device: record.device,
    gateway: record.gateway,
    status: record.smsStatus,
    ...(record.inDoubt && { in_doubt: true, reason: record.reason }),
    ...(record.alphabet !== null && { alphabet: record.alphabet }),
    ...(record.batch !== null && { batch: record.batch }),
    parts: record.parts,
    parts_delivered: record.partsDelivered,
    ...(record.sendAt !== null && { send_at: isoTime(record.sendAt) }),
    ...(record.sentAt !== null && { sent_at: isoTime(record.sentAt) }),
    at: isoTime(record.at),
    error: record.error === null ? null : publishedError(record.error),
  }
}

/** ISO 8601 in UTC with milliseconds. */
export function isoTime(time: number): string {
  return new Date(time).toISOString()
}
