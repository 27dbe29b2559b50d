import { happening } from '../message/hub-event.ts'
import { ofReceived, peerOf } from './conversation-rows.ts'
import { among, textList } from './sql.ts'
import type { Rows, Tx } from './tx.ts'

/** More unread texts of a conversation are not counted: the cost of a page has a limit. */
export const mostUnread = 100

interface Mark {
  readonly key: string
  readonly received: number | null
  readonly read_to: number
}

const after = {
  d: `SELECT COUNT(*) AS n FROM (SELECT 1 FROM incoming WHERE device = ? AND id > ? LIMIT ${mostUnread})`,
  n: `SELECT COUNT(*) AS n FROM
    (SELECT 1 FROM incoming WHERE device IS NULL AND sender = ? AND id > ? LIMIT ${mostUnread})`,
} as const

/** Received texts of a conversation behind the last one that was read, each found in an index. */
export function countUnread(rows: Rows, { key, received, read_to }: Mark): number {
  if (received === null || received <= read_to) return 0
  const found = rows.one<{ n: number }>(after[key.startsWith('d:') ? 'd' : 'n'], key.slice(2), read_to)
  return found?.n ?? 0
}

/** The same of several conversations, by their keys. */
export function unread(rows: Rows, { keys }: { readonly keys: readonly string[] }): number {
  // Both sights of a device have the same received texts
  const marks = rows.all<Mark>(
    `SELECT key, received, read_to FROM conversation WHERE people = 1 AND ${among('key')}`,
    textList(keys),
  )
  return Math.min(
    mostUnread,
    marks.reduce((sum, mark) => sum + countUnread(rows, mark), 0),
  )
}

export interface ReadArgs {
  readonly keys: readonly string[]
  /** The id of the last received text that was read; null for all that there are. */
  readonly until: string | null
}

/**
 * Received texts of conversations are read, never unread again: an event of each whose mark moves. False where `until` is
 * in none of them.
 */
export function markRead(tx: Tx, { keys, until }: ReadArgs): boolean {
  const last = until === null ? null : receivedIn(tx, keys, until)
  if (last === undefined) return false
  const most = last ?? Number.MAX_SAFE_INTEGER
  const moved = tx.all<Mark>(
    `UPDATE conversation SET read_to = CASE WHEN received < ? THEN received ELSE ? END
     WHERE ${among('key')} AND read_to < received AND read_to < ?
     RETURNING key, received, read_to`,
    most,
    most,
    textList(keys),
    most,
  )
  // Both sights of a device have the same mark.
  for (const mark of new Map(moved.map((one) => [one.key, one])).values())
    tx.emit(happening('conversation_read', { ...peerOf(mark.key), unread: countUnread(tx, mark) }))
  return true
}

function receivedIn(rows: Rows, keys: readonly string[], messageId: string): number | undefined {
  const found = rows.one<{ id: number; device: string | null; sender: string }>(
    'SELECT id, device, sender FROM incoming WHERE message_id = ?',
    messageId,
  )
  return found !== undefined && keys.includes(ofReceived(found)) ? found.id : undefined
}
