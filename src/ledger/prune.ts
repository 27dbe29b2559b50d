import { deleteReceived, deleteSent } from './conversation-rows.ts'
import { pruneLog } from './events/event-log.ts'
import { isUnneeded } from './events/outlets.ts'
import { pruneParked } from './events/waiting.ts'
import { maxWindowMs } from './quota.ts'
import type { Tx } from './tx.ts'
import { pruneDeliveries } from './webhooks/forget-deliveries.ts'

export interface PruneArgs {
  readonly now: number
  /** Older history is deleted, and raw messages older than `rawBefore`. */
  readonly before: number
  readonly rawBefore: number
  /** Rows of a table deleted in one transaction. */
  readonly limit: number
}

/**
 * Messages by age, which for what was scheduled long before is that of its end. Unfinished commands are kept, and do
 * not prevent later rows from being deleted.
 */
const messages = [
  {
    table: 'submission',
    key: 'seq',
    old: 'final = 1 AND queued_at < ? AND (send_at IS NULL OR final_at < ?)',
    remove: deleteSent,
  },
  { table: 'incoming', key: 'id', old: 'received_at < ?', remove: deleteReceived },
] as const

/** Raw messages by age; rows of clients, numbers and service centres that have not been used for that time. */
const others = [
  { table: 'raw', key: 'id', old: `state IN ('done', 'duplicate', 'quarantined') AND received_at < :rawBefore` },
  { table: 'lane', key: 'key', old: `state = 'idle' AND turn < :before AND ready_at <= :now AND awake_until <= :now` },
  { table: 'concatenation', key: 'recipient', old: 'at < :before' },
  { table: 'client', key: 'id', old: 'queued = 0 AND scheduled = 0' },
  { table: 'publish_key', key: '(client, message_id)', old: 'at < :before' },
  { table: 'smpp_part', key: '(client, name, seq)', old: 'at < :before' },
  { table: 'service_centre', key: 'address', old: 'at < :before' },
] as const

/** Deletes old rows, a batch at a time. Returns whether there are more. */
export function prune(tx: Tx, args: PruneArgs): boolean {
  const { limit, now, before } = args
  let more = false
  const forget = (table: string, key: string, old: string, ...values: unknown[]) => {
    const columns = key.replace(/[()]/g, '')
    const { changes } = tx.run(
      `DELETE FROM ${table} WHERE ${key} IN (SELECT ${columns} FROM ${table} WHERE ${old} LIMIT ?)`,
      ...values,
      limit,
    )
    if (changes === limit) more = true
  }
  for (const { table, key, old, remove } of messages) {
    const times = Array.from(old.matchAll(/\?/g), () => before)
    if (remove(tx, `${key} IN (SELECT ${key} FROM ${table} WHERE ${old} LIMIT ?)`, ...times, limit) === limit)
      more = true
  }
  for (const { table, key, old } of others) {
    const names = [...old.matchAll(/:(\w+)/g)].map(([, name]) => name as 'now' | 'before' | 'rawBefore')
    forget(table, key, old.replace(/:\w+/g, '?'), ...names.map((name) => args[name]))
  }
  forget('quota', '(key, at)', 'at < ?', now - maxWindowMs)
  if (pruneDeliveries(tx, { now, limit })) more = true
  const parkedMore = pruneParked(tx, limit)
  return pruneLog(tx, { now, limit, isUnneeded }) || parkedMore || more
}
