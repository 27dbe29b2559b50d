import type { WebhookFigures } from '../../message/readings.ts'
import type { Tx } from '../tx.ts'

/** Figures of all webhooks; what waits is counted in an index that has nothing else. */
export function webhookFigures(tx: Tx): Readonly<Record<string, WebhookFigures>> {
  const rows = tx.all<WebhookFigures & { id: string }>(
    `SELECT id, delivered AS ok, failed, dead,
       (SELECT COUNT(*) FROM webhook_delivery WHERE webhook_delivery.webhook = webhook.id AND state = 'waiting') AS backlog
     FROM webhook ORDER BY id`,
  )
  return Object.fromEntries(rows.map(({ id, ...figures }) => [id, figures]))
}
