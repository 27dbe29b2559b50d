import { isoTime, type Reply } from '../../message/result.ts'
import { commandOf, type ReceivedRow, receivedColumns, type SentRow, sentColumns, textOf } from '../message-of.ts'
import { document, type SubmissionRow } from '../rows.ts'
import type { Rows } from '../tx.ts'
import { received, sent } from './condition.ts'
import { newest, type Page, type Query, type Rendering } from './newest.ts'

/** A command, a sent text, or a received one, in a line. Secrets are masked. */
export interface HistoryEntry {
  readonly at: string
  readonly direction: 'out' | 'in'
  readonly id: string
  readonly device: string | null
  readonly number: string | null
  readonly command: string | null
  readonly text: string | null
  readonly status: string
  readonly ok: boolean | null
  readonly reply: string | null
  readonly error: string | null
  readonly gateway: string | null
}

type CommandRow = SentRow & Pick<SubmissionRow, 'status' | 'ok' | 'reply'>

const commands: Rendering<CommandRow, HistoryEntry> = {
  table: sent,
  columns: [...sentColumns, 'status', 'ok', 'reply'],
  status: 'status',
  entryOf: (row) => ({
    at: isoTime(row.queued_at),
    direction: 'out',
    id: row.command_id,
    device: row.device,
    number: row.recipient,
    command: commandOf(row) ?? row.verb,
    text: row.text,
    status: row.status,
    ok: row.ok === null ? null : row.ok === 1,
    reply: document<Reply | null>(row.reply)?.text ?? null,
    error: document<{ message: string } | null>(row.error)?.message ?? row.reason,
    gateway: row.gateway,
  }),
}

const texts: Rendering<ReceivedRow, HistoryEntry> = {
  table: received,
  columns: receivedColumns,
  status: null,
  entryOf: ({ received_at, message_id, device, sender, gateway, ...row }) => ({
    at: isoTime(received_at),
    direction: 'in',
    id: message_id,
    device,
    number: sender,
    command: null,
    text: textOf(row),
    status: 'received',
    ok: null,
    reply: null,
    error: null,
    gateway,
  }),
}

/** What happened, by the statuses of commands. */
export const history = (rows: Rows, query: Query): Page<HistoryEntry> => newest(rows, query, [commands, texts])
