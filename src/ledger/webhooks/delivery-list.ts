import { isoTime } from '../../message/result.ts'
import { document } from '../rows.ts'
import type { Rows } from '../tx.ts'
import { knownWebhook } from './webhook-list.ts'
import type { DeliveryAnswer, DeliveryRow, DeliveryState } from './webhook-rows.ts'

/** A delivery as shown: without its content. */
export interface Delivery {
  readonly seq: number
  readonly webhook: string
  /** The id of the event for its receivers. */
  readonly event: string
  readonly type: string
  readonly device: string | null
  readonly state: DeliveryState
  readonly attempts: number
  readonly queuedAt: string
  readonly nextAt: string | null
  readonly answeredAt: string | null
  readonly answer: DeliveryAnswer | null
}

export interface DeliveriesArgs {
  readonly webhook: string
  readonly state: DeliveryState | null
  /** Queued from then on, and before. */
  readonly since: number
  readonly until: number
  /** The number of the last one of the page before; null for the newest. */
  readonly before: number | null
  readonly limit: number
}

/** A page of the deliveries of an endpoint, the newest first. */
export function deliveries(
  rows: Rows,
  { webhook, state, since, until, before, limit }: DeliveriesArgs,
): readonly Delivery[] {
  knownWebhook(rows, webhook)
  const ofState = state === null ? '' : 'AND state = ?'
  return rows
    .all<Omit<DeliveryRow, 'body'>>(
      `SELECT seq, webhook, name, type, device, state, attempts, queued_at, due, answered_at, answer
       FROM webhook_delivery WHERE webhook = ? ${ofState} AND queued_at >= ? AND queued_at < ? AND seq < ?
       ORDER BY seq DESC LIMIT ?`,
      webhook,
      ...(state === null ? [] : [state]),
      since,
      until,
      before ?? Number.MAX_SAFE_INTEGER,
      limit,
    )
    .map(shown)
}

function shown(row: Omit<DeliveryRow, 'body'>): Delivery {
  const time = (at: number | null) => (at === null ? null : isoTime(at))
  return {
    seq: row.seq,
    webhook: row.webhook,
    event: row.name,
    type: row.type,
    device: row.device,
    state: row.state,
    attempts: row.attempts,
    queuedAt: isoTime(row.queued_at),
    nextAt: time(row.due),
    answeredAt: time(row.answered_at),
    answer: document<DeliveryAnswer | null>(row.answer),
  }
}
