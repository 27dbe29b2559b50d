import { document } from '../rows.ts'
import { upsert } from '../sql.ts'
import type { Tx } from '../tx.ts'

/** Distinguishes a redelivered publish from a new one. */
export interface PublishKey {
  readonly client: string
  readonly messageId: number
  readonly connection: string
  readonly duplicate: boolean
  /** Over topic and payload. */
  readonly hash: string
}

/** The hash of a request from a backup, or from before hashes were keyed. Whatever repeats it is taken for the same. */
export const unknownHash = ''

interface KeyRow {
  readonly connection: string
  readonly hash: string
  readonly commands: string
}

/** The commands of the original of this publish, or null when it is new. */
export function isRedelivery(tx: Tx, key: PublishKey): string[] | null {
  const row = tx.one<KeyRow>(
    'SELECT connection, hash, commands FROM publish_key WHERE client = ? AND message_id = ?',
    key.client,
    key.messageId,
  )
  if (row === undefined) return null
  // Clients count from 1 on each connection: without the hash, only DUP distinguishes a repetition (MQTT 3.1.1, 3.3.1.1).
  const isSame =
    row.hash === unknownHash
      ? key.duplicate
      : row.hash === key.hash && (key.duplicate || row.connection !== key.connection)
  return isSame ? document<string[]>(row.commands) : null
}

/** Time after which a client that stays connected without redelivering has received the acknowledgement. */
const proofMs = 5_000
/** When the keys of a client were last checked, by store and client: once per proof time is enough. */
const lookedAt = new WeakMap<Tx, Map<string, number>>()

function looksOf(tx: Tx): Map<string, number> {
  const looks = lookedAt.get(tx) ?? new Map<string, number>()
  lookedAt.set(tx, looks)
  return looks
}

export function rememberKey(tx: Tx, key: PublishKey, commands: readonly string[], now: number): void {
  const looks = looksOf(tx)
  if (Math.abs(now - (looks.get(key.client) ?? 0)) > proofMs) {
    looks.set(key.client, now)
    tx.run(
      'DELETE FROM publish_key WHERE client = ? AND connection = ? AND at < ?',
      key.client,
      key.connection,
      now - proofMs,
    )
  }
  tx.run(
    upsert('publish_key', ['client', 'message_id'], ['connection', 'hash', 'commands', 'at']),
    key.client,
    key.messageId,
    key.connection,
    key.hash,
    JSON.stringify(commands),
    now,
  )
}

/**
 * A connection ended. After a DISCONNECT nothing is redelivered; after an abnormal end only what may be unacknowledged:
 * what was received less than five seconds before the last packet.
 */
export function endConnection(
  tx: Tx,
  { client, clean, lastHeard, now }: { client: string; clean: boolean; lastHeard: number; now: number },
): void {
  looksOf(tx).delete(client)
  if (clean) tx.run('DELETE FROM publish_key WHERE client = ? AND at <= ?', client, now)
  else tx.run('DELETE FROM publish_key WHERE client = ? AND at < ?', client, lastHeard - proofMs)
}
