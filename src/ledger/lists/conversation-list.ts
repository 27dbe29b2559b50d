import type { Message } from '../../message/message-document.ts'
import { type Sight, seesPeople } from '../about.ts'
import { ofDevice, peerOf } from '../conversation-rows.ts'
import { type ReceivedRow, receivedColumns, receivedOf, type SentRow, sentColumns, sentMessage } from '../message-of.ts'
import { countUnread } from '../read-marks.ts'
import { among, textList } from '../sql.ts'
import type { Rows } from '../tx.ts'
import { all, condition } from './condition.ts'

/** Messages with one device or number. */
export interface Conversation {
  readonly device: string | null
  readonly number: string | null
  /** Kept messages, both ways. */
  readonly messages: number
  /** Received texts that nobody has read yet, counted up to a limit. */
  readonly unread: number
  readonly last: Message
}

/** The conversation before which the next page begins: the time of its last message, and its key. */
export interface ConversationPlace {
  readonly at: number
  readonly key: string
}

export interface ConversationQuery {
  readonly sight: Sight
  readonly limit: number
  readonly place: ConversationPlace | null
}

interface Row {
  readonly key: string
  readonly messages: number
  readonly at: number
  /** Its last message each way. */
  readonly sent: number | null
  readonly received: number | null
  readonly received_at: number | null
  /** The last received text that was read. */
  readonly read_to: number
}

/** Conversations by their last message, the latest first. */
export function conversations(
  rows: Rows,
  { sight, limit, place }: ConversationQuery,
): { readonly entries: readonly Conversation[]; readonly next: ConversationPlace | null } {
  const { devices } = sight
  const { sql, values } = all([
    condition('people = ?', seesPeople(sight) ? 1 : 0),
    ...(devices === null ? [] : [condition(among('key'), textList(devices.map(ofDevice)))]),
    ...(place === null ? [] : [condition('at <= ? AND (at < ? OR key > ?)', place.at, place.at, place.key)]),
  ])
  const found = rows.all<Row>(
    `SELECT key, messages, at, sent, received, received_at, read_to FROM conversation
     WHERE ${sql} ORDER BY at DESC, key LIMIT ?`,
    ...values,
    limit + 1,
  )
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    entries: page.map((row) => conversationOf(rows, row)),
    next: found.length > limit && last !== undefined ? { at: last.at, key: last.key } : null,
  }
}

const lastSent = `SELECT ${sentColumns.join(', ')} FROM submission WHERE seq = ?`
const lastReceived = `SELECT ${receivedColumns.join(', ')} FROM incoming WHERE id = ?`

function conversationOf(rows: Rows, row: Row): Conversation {
  const { key, messages, at, sent, received, received_at } = row
  const last =
    received_at === at
      ? receivedOf(rows.one<ReceivedRow>(lastReceived, received) as ReceivedRow)
      : sentMessage(rows.one<SentRow>(lastSent, sent) as SentRow)
  const unread = countUnread(rows, row)
  return { ...peerOf(key), messages, unread, last }
}
