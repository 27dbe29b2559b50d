import type { Message } from '../../message/message-document.ts'
import { type Sight, seesPeople } from '../about.ts'
import { type ReceivedRow, receivedOf, type SentRow, sentMessage } from '../message-of.ts'
import { byIndex } from '../sql.ts'
import type { Rows } from '../tx.ts'
import { all, sightConditions } from './condition.ts'

/** Messages with one device or number. */
export interface Conversation {
  readonly device: string | null
  readonly number: string | null
  /** Kept messages, both ways. */
  readonly messages: number
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
  /** `d:<device>` or `n:<number>`, as its lane. */
  readonly key: string
  /** Keys of the last message each way. */
  readonly sent: number | null
  readonly got: number | null
  readonly sent_at: number | null
  readonly got_at: number | null
  readonly messages: number
  readonly at: number
}

/** Where messages are found, each grouped from an index that has all that is needed. */
const sources = [
  { key: `'d:' || device`, table: 'submission', by: 'device', seq: 'seq', index: 'submission_device', people: false },
  { key: 'lane', table: 'submission', by: 'lane', seq: 'seq', index: 'submission_text', people: true },
  { key: `'d:' || device`, table: 'incoming', by: 'device', seq: 'id', index: 'incoming_device', people: false },
  { key: `'n:' || sender`, table: 'incoming', by: 'sender', seq: 'id', index: 'incoming_stranger', people: true },
] as const

/** Conversations by their last message, the latest first. */
export function conversations(
  rows: Rows,
  { sight, limit, place }: ConversationQuery,
): { readonly entries: readonly Conversation[]; readonly next: ConversationPlace | null } {
  const seen = all(sightConditions(sight))
  const parts = sources
    .filter(({ people }) => !people || seesPeople(sight))
    .map(({ key, table, by, seq, index, people }) => {
      const last = table === 'submission' ? `MAX(${seq}) AS sent, NULL AS got` : `NULL AS sent, MAX(${seq}) AS got`
      const of = people ? `device IS NULL AND ${by} IS NOT NULL` : `device IS NOT NULL AND ${seen.sql}`
      return {
        sql: `SELECT ${key} AS key, ${last}, COUNT(*) AS n FROM ${table} ${byIndex(index)} WHERE ${of} GROUP BY ${by}`,
        values: people ? [] : seen.values,
      }
    })
  const earlier = place === null ? '' : 'WHERE at < ? OR (at = ? AND key > ?)'
  const found = rows.all<Row>(
    `SELECT * FROM (
       SELECT *, CASE WHEN COALESCE(got_at, 0) >= COALESCE(sent_at, 0) THEN got_at ELSE sent_at END AS at FROM (
         SELECT *, (SELECT queued_at FROM submission WHERE seq = sent) AS sent_at,
           (SELECT received_at FROM incoming WHERE id = got) AS got_at FROM (
           SELECT key, MAX(sent) AS sent, MAX(got) AS got, SUM(n) AS messages
           FROM (${parts.map(({ sql }) => sql).join(' UNION ALL ')}) AS part GROUP BY key
         ) AS thread
       ) AS timed
     ) AS dated ${earlier} ORDER BY at DESC, key LIMIT ?`,
    ...parts.flatMap(({ values }) => values),
    ...(place === null ? [] : [place.at, place.at, place.key]),
    limit + 1,
  )
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    entries: page.map((row) => conversationOf(rows, row)),
    next: found.length > limit && last !== undefined ? { at: last.at, key: last.key } : null,
  }
}

function conversationOf(rows: Rows, { key, sent, got, sent_at, got_at, messages }: Row): Conversation {
  const name = key.slice(2)
  const isDevice = key.startsWith('d:')
  const last =
    (got_at ?? 0) >= (sent_at ?? 0)
      ? receivedOf(rows.one<ReceivedRow>('SELECT * FROM incoming WHERE id = ?', got) as ReceivedRow)
      : sentMessage(rows.one<SentRow>('SELECT * FROM submission WHERE seq = ?', sent) as SentRow)
  return { device: isDevice ? name : null, number: isDevice ? null : name, messages, last }
}
