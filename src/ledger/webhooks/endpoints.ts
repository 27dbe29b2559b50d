import { Fault } from '../../message/fault.ts'
import { insertRow } from '../sql.ts'
import type { Tx } from '../tx.ts'
import { spreadAll } from './spread.ts'
import { decisionsOf, knownWebhook, shownWebhook, type Webhook, type WebhookSettings } from './webhook-list.ts'
import { placed } from './webhook-place.ts'
import { secretsOf, type WebhookRow, webhookOf } from './webhook-rows.ts'

/** Endpoints of a hub: with the calls of each at once this bounds its connections. */
const maxWebhooks = 32

/** How long the secret before the current one still signs. */
const overlapMs = 86_400_000

/** Adds an endpoint. Fails where the id is in use, or there are too many. */
export function addWebhook(
  tx: Tx,
  { id, settings, secret, now }: { id: string; settings: WebhookSettings; secret: string; now: number },
): Webhook {
  if (webhookOf(tx, id) !== undefined)
    throw new Fault('conflict', `there is a webhook "${id}" already: update it, or choose another id`)
  const count = tx.one<{ n: number }>('SELECT COUNT(*) AS n FROM webhook')?.n ?? 0
  if (count >= maxWebhooks)
    throw new Fault('conflict', `there are ${count} webhooks already, the most that a hub has: remove one`)
  spreadAll(tx, now)
  const row = insertRow<WebhookRow>(tx, 'webhook', { id, ...columnsOf(settings), secret, created_at: now })
  placed(tx)
  return shownWebhook(tx, row, now)
}

interface WebhookChange {
  readonly id: string
  readonly settings: Partial<WebhookSettings>
  /** `false` gives up what waits for it. */
  readonly enabled?: boolean
  /** As it was when the change was decided: one that was changed since then is left alone. */
  readonly seen?: Webhook
  readonly now: number
}

/** Changes an endpoint. */
export function changeWebhook(tx: Tx, { id, settings, enabled, seen, now }: WebhookChange): Webhook {
  const row = knownWebhook(tx, id)
  if (seen !== undefined && decisionsOf(shownWebhook(tx, row, now)) !== decisionsOf(seen))
    throw new Fault('conflict', `webhook ${id} was changed meanwhile`, { revision: null })
  spreadAll(tx, now)
  const columns = Object.entries(columnsOf(settings)).filter(([, value]) => value !== undefined)
  for (const [name, value] of columns) tx.run(`UPDATE webhook SET ${name} = ? WHERE id = ?`, value, id)
  if (enabled === true) enable(tx, id)
  if (enabled === false && row.enabled === 1) disable(tx, { id, reason: 'by request', now })
  tx.ring('webhooks')
  return shownWebhook(tx, knownWebhook(tx, id), now)
}

/** Replaces the secret. Both sign for a day, so that the receiver can change over without losing a message. */
export function rotateWebhook(tx: Tx, { id, secret, now }: { id: string; secret: string; now: number }): Webhook {
  const { secret: old } = knownWebhook(tx, id)
  const until = now + overlapMs
  tx.run('UPDATE webhook SET secret = ?, old_secret = ?, old_until = ? WHERE id = ?', secret, old, until, id)
  // The log of writes still has the one before the former.
  tx.ring('wiped')
  return shownWebhook(tx, knownWebhook(tx, id), now)
}

/** Removes an endpoint and all of its deliveries. */
export function removeWebhook(tx: Tx, { id }: { id: string }): void {
  knownWebhook(tx, id)
  tx.run('DELETE FROM webhook_delivery WHERE webhook = ?', id)
  tx.run('DELETE FROM webhook WHERE id = ?', id)
  tx.ring('wiped')
  placed(tx)
}

/** What a call that is no delivery needs. */
export function webhookTarget(
  tx: Tx,
  { id, now }: { id: string; now: number },
): { readonly url: string; readonly secrets: readonly string[] } {
  const row = knownWebhook(tx, id)
  return { url: row.url, secrets: secretsOf(row, now) }
}

/** Nothing is sent to it any more. What waits is given up, so that it can be replayed once the endpoint works. */
export function disable(tx: Tx, { id, reason, now }: { id: string; reason: string; now: number }): void {
  spreadAll(tx, now)
  const answer = JSON.stringify({ status: null, error: `the webhook was disabled: ${reason}`, text: '', took_ms: 0 })
  const { changes } = tx.run(
    `UPDATE webhook_delivery SET state = 'dead', due = NULL, answered_at = ?, answer = COALESCE(answer, ?)
     WHERE webhook = ? AND state = 'waiting'`,
    now,
    answer,
    id,
  )
  tx.run('UPDATE webhook SET enabled = 0, reason = ?, dead = dead + ? WHERE id = ?', reason, changes, id)
  placed(tx)
}

function enable(tx: Tx, id: string): void {
  tx.run(
    `UPDATE webhook SET enabled = 1, reason = NULL, failing_since = NULL, noticed = 0, held_until = 0, slow = 0
     WHERE id = ?`,
    id,
  )
  placed(tx)
}

function columnsOf({ url, description, types, devices, ordered, thin }: Partial<WebhookSettings>) {
  const json = (list: readonly string[] | null | undefined) => (list == null ? list : JSON.stringify(list))
  const bit = (flag: boolean | undefined) => (flag === undefined ? flag : Number(flag))
  return { url, description, types: json(types), devices: json(devices), in_order: bit(ordered), thin: bit(thin) } as {
    [column: string]: string | number | null
  }
}
