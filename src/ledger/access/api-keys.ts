import { Fault } from '../../message/fault.ts'
import type { Intent } from '../../message/request.ts'
import { may } from '../../message/rights.ts'
import { cancelScheduledOf, passScheduledOn } from '../outbox/review-scheduled.ts'
import { document, type SubmissionRow } from '../rows.ts'
import type { Tx } from '../tx.ts'
import type { ApiKey, KeyLimits, KeyRow } from './access-rows.ts'

/** Keys that are kept, expired ones included. */
const maxKeys = 500

/** Stores a new key. One that it replaces stays valid until then, so that programs can change over. */
export function keepKey(
  tx: Tx,
  { key, replaces }: { key: ApiKey; replaces: { readonly id: string; readonly until: number } | null },
): void {
  const { rights, scopes, perHour, networks } = key
  if ((tx.one<{ n: number }>('SELECT COUNT(*) AS n FROM api_key')?.n ?? 0) >= maxKeys)
    throw new Fault('queue_full', `there are ${maxKeys} keys: remove those that are not used any more`)
  tx.run(
    `INSERT INTO api_key (id, hash, label, limits, made_by, created_at, expires_at, used_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    key.id,
    key.hash,
    key.label,
    JSON.stringify({ rights, scopes, perHour, networks }),
    key.madeBy,
    key.createdAt,
    key.expiresAt,
    key.usedAt,
  )
  if (replaces === null) return
  const { id, until } = replaces
  tx.run('UPDATE api_key SET replaced_by = ? WHERE id = ?', key.id, id)
  tx.run('UPDATE api_key SET expires_at = ? WHERE id = ? AND (expires_at IS NULL OR expires_at > ?)', until, id, until)
}

/** Changes what a key may do. Without a label its own one is kept as it is stored: it may have been erased meanwhile. */
export function changeKey(
  tx: Tx,
  { id, label, limits, expiresAt }: { id: string; label: string | null; limits: KeyLimits; expiresAt: number | null },
): void {
  const { rights, scopes, perHour, networks } = limits
  tx.run(
    'UPDATE api_key SET label = COALESCE(?, label), limits = ?, expires_at = ? WHERE id = ?',
    label,
    JSON.stringify({ rights, scopes, perHour, networks }),
    expiresAt,
    id,
  )
}

/**
 * What it has scheduled is for the key that has replaced it: its program goes on. What that may not send is cancelled,
 * and all where there is none.
 */
export function dropKey(tx: Tx, { id, now }: { id: string; now: number }): void {
  const client = `key:${id}`
  const next = successor(tx, id)
  let heir = next
  while (heir !== undefined && hasExpired(heir, now)) heir = successor(tx, heir.id)
  if (heir === undefined) cancelScheduledOf(tx, client, now)
  else {
    const limits = document<KeyLimits>(heir.limits)
    cancelScheduledOf(tx, client, now, (row) => !mayHaveMade(limits, row))
    passScheduledOn(tx, { from: client, to: `key:${heir.id}` })
  }
  tx.run('UPDATE api_key SET replaced_by = ? WHERE replaced_by = ?', next?.id ?? null, id)
  tx.run('DELETE FROM api_key WHERE id = ?', id)
}

type Heir = Pick<KeyRow, 'id' | 'limits' | 'expires_at'>

const successor = (tx: Tx, id: string): Heir | undefined =>
  tx.one(
    `SELECT heir.id, heir.limits, heir.expires_at FROM api_key
     JOIN api_key AS heir ON heir.id = api_key.replaced_by WHERE api_key.id = ?`,
    id,
  )

const hasExpired = ({ expires_at }: Heir, now: number): boolean => expires_at !== null && expires_at <= now

function mayHaveMade({ rights, scopes }: KeyLimits, { verb, device, command }: SubmissionRow): boolean {
  const scope = verb === 'text' ? 'messages:send' : 'devices:command'
  const what = { device: device ?? undefined, command: command ?? undefined }
  return (scopes?.includes(scope) ?? true) && may(rights, { act: verb as Intent['verb'], ...what })
}
