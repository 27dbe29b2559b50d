import { Fault } from '../../message/fault.ts'
import { isoTime } from '../../message/result.ts'
import type { Rows } from '../tx.ts'
import { listIn, type WebhookRow, webhookOf } from './webhook-rows.ts'

/** What the owner decides about an endpoint. */
export interface WebhookSettings {
  readonly url: string
  readonly description: string
  readonly types: readonly string[] | null
  readonly devices: readonly string[] | null
  readonly ordered: boolean
  readonly thin: boolean
}

/** An endpoint as shown: without its secrets. */
export interface Webhook extends WebhookSettings {
  readonly id: string
  readonly enabled: boolean
  readonly reason: string | null
  readonly createdAt: string
  readonly succeededAt: string | null
  readonly failingSince: string | null
  /** The former secret signs until then, too. */
  readonly rotatingUntil: string | null
  readonly waiting: number
  readonly dead: number
}

/** What of an endpoint is changed by its owner only, as one text. */
export const decisionsOf = ({ id, createdAt, url, description, types, devices, ordered, thin, enabled }: Webhook) =>
  JSON.stringify([id, createdAt, url, description, types, devices, ordered, thin, enabled])

/** All endpoints, or one of them. */
export function webhooks(rows: Rows, { id, now }: { id: string | null; now: number }): readonly Webhook[] {
  const found =
    id === null ? rows.all<WebhookRow>('SELECT * FROM webhook ORDER BY created_at, id') : [knownWebhook(rows, id)]
  return found.map((row) => shownWebhook(rows, row, now))
}

/** Fails with `not_found` and the webhooks that there are. */
export function knownWebhook(rows: Rows, id: string): WebhookRow {
  const row = webhookOf(rows, id)
  if (row !== undefined) return row
  const ids = rows.all<{ id: string }>('SELECT id FROM webhook ORDER BY id').map((one) => one.id)
  throw new Fault('not_found', `there is no webhook "${id}"; there is ${ids.join(', ') || 'none'}`, { webhook: id })
}

export function shownWebhook(rows: Rows, row: WebhookRow, now: number): Webhook {
  const countOf = (state: string) =>
    rows.one<{ n: number }>('SELECT COUNT(*) AS n FROM webhook_delivery WHERE webhook = ? AND state = ?', row.id, state)
      ?.n ?? 0
  const time = (at: number | null) => (at === null ? null : isoTime(at))
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    types: listIn(row.types),
    devices: listIn(row.devices),
    ordered: row.in_order === 1,
    thin: row.thin === 1,
    enabled: row.enabled === 1,
    reason: row.reason,
    createdAt: isoTime(row.created_at),
    succeededAt: time(row.succeeded_at),
    failingSince: time(row.failing_since),
    rotatingUntil: row.old_until !== null && row.old_until > now ? isoTime(row.old_until) : null,
    waiting: countOf('waiting'),
    dead: countOf('dead'),
  }
}
