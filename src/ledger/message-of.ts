import { type ErrorReport, publishedError } from '../message/fault.ts'
import { type Message, receivedMessage } from '../message/message-document.ts'
import type { ReceivedDocument } from '../message/received.ts'
import { isoTime } from '../message/result.ts'
import type { TrustLevel } from '../message/trust.ts'
import { document, type SubmissionRow } from './rows.ts'

/** Columns of `submission` that a message shows. */
export const sentColumns = [
  ...['seq', 'command_id', 'message_id', 'ref', 'device', 'recipient', 'gateway', 'verb', 'command', 'property'],
  ...['value', 'text', 'sms_status', 'in_doubt', 'reason', 'error', 'alphabet', 'parts', 'parts_delivered'],
  ...['batch', 'queued_at', 'send_at', 'sent_at', 'delivered_at', 'private'],
] as const

export type SentRow = Pick<
  SubmissionRow,
  | ('seq' | 'command_id' | 'message_id' | 'ref' | 'device' | 'recipient' | 'gateway' | 'verb' | 'command' | 'property')
  | ('value' | 'text' | 'sms_status' | 'in_doubt' | 'reason' | 'error' | 'alphabet' | 'parts' | 'parts_delivered')
  | ('batch' | 'queued_at' | 'send_at' | 'sent_at' | 'delivered_at' | 'private')
>

export function sentMessage(row: SentRow): Message {
  return {
    id: row.message_id ?? row.command_id,
    direction: 'out',
    status: row.sms_status,
    in_doubt: row.in_doubt === 1 || row.sms_status === 'in_doubt',
    from: null,
    to: row.recipient,
    device: row.device,
    gateway: row.gateway,
    text: row.text,
    private: row.private === 1,
    alphabet: row.alphabet,
    parts: row.parts,
    parts_delivered: row.parts_delivered,
    batch: row.batch,
    command: commandOf(row),
    command_id: row.command_id,
    client_id: row.ref,
    trust: null,
    reason: row.reason,
    error: errorOf(row.error),
    at: isoTime(row.queued_at),
    send_at: timeOf(row.send_at),
    sent_at: timeOf(row.sent_at),
    delivered_at: timeOf(row.delivered_at),
  }
}

/** `open`, `set door ON`, `get door`; null for a text. */
export function commandOf({ verb, command, property, value }: SentRow): string | null {
  if (verb === 'text' || verb === 'send') return null
  if (verb === 'command') return command
  const parts = [verb, property, value === null || verb !== 'set' ? null : JSON.parse(value)]
  return parts.filter((part) => part !== null).join(' ')
}

export function errorOf(text: string | null): Message['error'] {
  const error = document<ErrorReport | null>(text)
  return error === null ? null : publishedError(error)
}

export const timeOf = (time: number | null): string | null => (time === null ? null : isoTime(time))

/** Columns of `incoming` that a message shows. */
export const receivedColumns = [
  ...['id', 'message_id', 'device', 'sender', 'gateway', 'text', 'document', 'trust', 'received_at'],
] as const

export interface ReceivedRow {
  readonly id: number
  readonly message_id: string
  readonly device: string | null
  readonly sender: string
  readonly gateway: string
  readonly text: string
  /** As published; `null` in JSON where it was not. Of a text that was redacted, that it was. */
  readonly document: string
  readonly trust: TrustLevel | null
  readonly received_at: number
}

/** The document of a received text that was taken out of the store. */
export const redacted = (row: ReceivedRow): string => JSON.stringify({ ...formOf(row), redacted: true })

function formOf({ document: published }: ReceivedRow): { readonly parts: number; readonly encoding: string | null } {
  const { parts = 1, encoding = null } = document<Partial<ReceivedDocument> | null>(published) ?? {}
  return { parts, encoding }
}

/** Null where it was taken out of the store: a text can be empty. */
export const textOf = ({ text, document: published }: Pick<ReceivedRow, 'text' | 'document'>): string | null =>
  text === '' && document<{ readonly redacted?: true } | null>(published)?.redacted === true ? null : text

export function receivedOf(row: ReceivedRow): Message {
  return receivedMessage({
    id: row.message_id,
    from: row.sender,
    device: row.device,
    gateway: row.gateway,
    text: textOf(row),
    ...formOf(row),
    trust: row.trust,
    receivedAt: row.received_at,
  })
}
