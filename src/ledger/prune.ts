import { pruneParked } from './events/waiting.ts'
import { longestWindowMs } from './quota.ts'
import type { Tx } from './tx.ts'

export interface PruneArgs {
  readonly now: number
  /** The history is kept since then, and what raw messages leave behind since `rawBefore`. */
  readonly before: number
  readonly rawBefore: number
  /** Rows of a table that are deleted at once. */
  readonly limit: number
}

/** History, by age. What has not ended yet stays, and holds up nothing behind it. */
const history = [
  { table: 'submission', key: 'seq', old: 'final = 1 AND queued_at < :before' },
  { table: 'incoming', key: 'id', old: 'received_at < :before' },
  { table: 'raw', key: 'id', old: `state IN ('done', 'duplicate', 'quarantined') AND received_at < :rawBefore` },
] as const

/** What is remembered of clients, numbers and service centres: it goes when it has not been used for as long. */
const remembered = [
  { table: 'lane', key: 'key', old: `state = 'idle' AND turn < :before AND ready_at <= :now AND awake_until <= :now` },
  { table: 'concatenation', key: 'recipient', old: 'at < :before' },
  { table: 'client', key: 'id', old: 'queued = 0' },
  { table: 'publish_key', key: '(client, message_id)', old: 'at < :before' },
  { table: 'service_centre', key: 'address', old: 'at < :before' },
] as const

/** Forgets what is not needed any more, a bite at a time. Returns whether there is more. */
export function prune(tx: Tx, args: PruneArgs): boolean {
  const { limit, now } = args
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
  for (const { table, key, old } of [...history, ...remembered]) {
    const names = [...old.matchAll(/:(\w+)/g)].map(([, name]) => name as 'now' | 'before' | 'rawBefore')
    forget(table, key, old.replace(/:\w+/g, '?'), ...names.map((name) => args[name]))
  }
  forget('quota', '(key, at)', 'at < ?', now - longestWindowMs)
  return pruneParked(tx, limit) || more
}
