import { isoTime, type Reply } from '../message/result.ts'
import { document } from './rows.ts'
import type { Tx } from './tx.ts'

/** A device and numbers; without either, all devices and numbers. */
export interface Subject {
  readonly device: string | null
  readonly numbers: readonly string[]
}

export interface HistoryQuery extends Subject {
  readonly since: number
  readonly until: number
  readonly limit: number
  /** `next` of the previous page; null for the first. */
  readonly cursor: string | null
}

/** A command, a sent text, or a received one. Secrets are masked. */
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

interface Row {
  readonly key: number
  readonly time: number
  readonly entry: HistoryEntry
}

/** A page of the history, the newest first. */
export function history(tx: Tx, query: HistoryQuery): { entries: HistoryEntry[]; next: string | null } {
  const [seq = Number.MAX_SAFE_INTEGER, id = Number.MAX_SAFE_INTEGER] = query.cursor?.split('.').map(Number) ?? []
  const sent = submissions(tx, query, seq)
  const came = incoming(tx, query, id)
  const page = [...sent, ...came].sort((a, b) => b.time - a.time || b.key - a.key).slice(0, query.limit)
  const last = (rows: readonly Row[], before: number) => rows.findLast((row) => page.includes(row))?.key ?? before
  const isWhole = sent.length + came.length <= query.limit && sent.length < query.limit && came.length < query.limit
  return {
    entries: page.map(({ entry }) => entry),
    next: isWhole ? null : `${last(sent, seq)}.${last(came, id)}`,
  }
}

/** The condition for rows of a subject, and its values. */
export function about(
  { device, numbers }: Subject,
  columns: { device: string; number: string },
): { where: string; values: unknown[] } {
  const parts = [
    ...(device === null ? [] : [`${columns.device} = ?`]),
    ...numbers.map(() => `(${columns.device} IS NULL AND ${columns.number} = ?)`),
  ]
  const values = [...(device === null ? [] : [device]), ...numbers]
  return { where: parts.length === 0 ? '1' : `(${parts.join(' OR ')})`, values }
}

function submissions(tx: Tx, query: HistoryQuery, before: number): Row[] {
  const { where, values } = about(query, { device: 'device', number: 'recipient' })
  const rows = tx.all<Record<string, string | null> & { seq: number; queued_at: number; ok: number | null }>(
    `SELECT seq, command_id, device, recipient, verb, command, property, value, text, status, ok, reply, reason, error,
       gateway, queued_at FROM submission
     WHERE seq < ? AND queued_at >= ? AND queued_at < ? AND ${where} ORDER BY seq DESC LIMIT ?`,
    before,
    query.since,
    query.until,
    ...values,
    query.limit,
  )
  return rows.map((row) => ({
    key: row.seq,
    time: row.queued_at,
    entry: {
      at: isoTime(row.queued_at),
      direction: 'out',
      id: row.command_id as string,
      device: row.device ?? null,
      number: row.recipient ?? null,
      command: commandOf(row),
      text: row.text ?? null,
      status: row.status as string,
      ok: row.ok === null ? null : row.ok === 1,
      reply: document<Reply | null>(row.reply ?? null)?.text ?? null,
      error: document<{ message: string } | null>(row.error ?? null)?.message ?? row.reason ?? null,
      gateway: row.gateway ?? null,
    },
  }))
}

function commandOf({ verb, command, property, value }: Record<string, unknown>): string | null {
  if (verb === 'command') return command as string
  const parts = [verb, property, value === null || verb !== 'set' ? null : JSON.parse(value as string)]
  return parts.filter((part) => part !== null).join(' ')
}

function incoming(tx: Tx, query: HistoryQuery, before: number): Row[] {
  const { where, values } = about(query, { device: 'device', number: 'sender' })
  const rows = tx.all<Record<string, string | null> & { id: number; received_at: number }>(
    `SELECT id, message_id, device, sender, gateway, text, received_at FROM incoming
     WHERE id < ? AND received_at >= ? AND received_at < ? AND ${where} ORDER BY id DESC LIMIT ?`,
    before,
    query.since,
    query.until,
    ...values,
    query.limit,
  )
  return rows.map(({ id, received_at, message_id, device, sender, gateway, text }) => ({
    key: id,
    time: received_at,
    entry: {
      at: isoTime(received_at),
      direction: 'in',
      id: message_id as string,
      device: device ?? null,
      number: sender ?? null,
      command: null,
      text: text ?? null,
      status: 'received',
      ok: null,
      reply: null,
      error: null,
      gateway: gateway ?? null,
    },
  }))
}
