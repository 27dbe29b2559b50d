import { type Document, happening } from '../../message/hub-event.ts'
import { isoTime } from '../../message/result.ts'
import type { Tx } from '../tx.ts'
import { longestWaitMs } from './due.ts'
import { disable } from './endpoints.ts'
import { type DeliveryAnswer, type DeliveryRow, type WebhookRow, webhookOf } from './webhook-rows.ts'

const hourMs = 3_600_000
/** Without a success for so long, the owner is notified; then the endpoint is disabled. */
const noticeAfterMs = hourMs
const disableAfterMs = 120 * hourMs

/** How an attempt has ended. */
export interface DeliveryOutcome {
  readonly seq: number
  readonly now: number
  /** `gone`: the endpoint wants nothing any more. */
  readonly verdict: 'delivered' | 'failed' | 'gone'
  readonly answer: DeliveryAnswer
  /** When it is sent again; null when that was the last attempt. */
  readonly retryAt: number | null
  /** The endpoint gets nothing before, as it has asked for fewer calls. */
  readonly heldUntil: number | null
}

type Settled = Pick<DeliveryRow, 'seq' | 'webhook' | 'type' | 'state'>

/**
 * Stores the outcome of an attempt. One that was erased, removed or given up meanwhile stays so. Returns what the owner
 * of the endpoint must know; null when it is nothing.
 */
export function settleDelivery(tx: Tx, outcome: DeliveryOutcome): Document | null {
  const { seq, verdict } = outcome
  const row = tx.one<Settled>('SELECT seq, webhook, type, state FROM webhook_delivery WHERE seq = ?', seq)
  const webhook = row && webhookOf(tx, row.webhook)
  if (row === undefined || webhook === undefined) return null
  if (verdict === 'delivered') delivered(tx, row, outcome)
  return verdict !== 'delivered' && row.state === 'waiting' ? failed(tx, webhook, outcome) : null
}

function delivered(tx: Tx, { seq, webhook }: Settled, { answer, now }: DeliveryOutcome): void {
  tx.run(
    `UPDATE webhook_delivery SET state = 'delivered', attempts = attempts + 1, due = NULL, answered_at = ?, answer = ?
     WHERE seq = ?`,
    now,
    JSON.stringify(answer),
    seq,
  )
  tx.run(
    `UPDATE webhook SET delivered = delivered + 1, succeeded_at = ?, failing_since = NULL, noticed = 0, held_until = 0,
       slow = 0 WHERE id = ?`,
    now,
    webhook,
  )
}

function failed(
  tx: Tx,
  webhook: WebhookRow,
  { seq, verdict, answer, now, retryAt, heldUntil }: DeliveryOutcome,
): Document | null {
  const isLast = retryAt === null || verdict === 'gone'
  const { since, noticed } = failingOf(tx, webhook, now)
  tx.run(
    `UPDATE webhook_delivery SET state = ?, attempts = attempts + 1, due = ?, answered_at = ?, answer = ? WHERE seq = ?`,
    isLast ? 'dead' : 'waiting',
    isLast ? null : retryAt,
    now,
    JSON.stringify(answer),
    seq,
  )
  const lasts = now - since
  const isNews = lasts >= noticeAfterMs && noticed === 0
  tx.run(
    `UPDATE webhook SET failed = failed + ?, dead = dead + ?, failing_since = ?, noticed = ?, held_until = ?, slow = ?
     WHERE id = ?`,
    isLast ? 0 : 1,
    isLast ? 1 : 0,
    since,
    isNews ? 1 : noticed,
    heldUntil ?? webhook.held_until,
    webhook.slow + (heldUntil === null ? 0 : 1),
    webhook.id,
  )
  const error = answer.error ?? 'it failed'
  const end =
    verdict === 'gone' ? error : lasts >= disableAfterMs ? `no success for ${disableAfterMs / hourMs} hours` : null
  if (end !== null) disable(tx, { id: webhook.id, reason: end, now })
  if (end === null && !isNews) return null
  const notice = {
    webhook: webhook.id,
    since: isoTime(since),
    error,
    disabled: end !== null,
    disabled_at: isoTime(end === null ? since + disableAfterMs : now),
  }
  tx.emit(happening('webhook_failing', notice))
  return notice
}

type Failing = Readonly<{ since: number; noticed: number }>

/**
 * Since when it fails without a success. Time in which nothing was tried, as the hub was stopped or had nothing for it,
 * is no failure of it: it is looked for before anything comes of how long it has failed.
 */
function failingOf(tx: Tx, { id, failing_since: since, noticed }: WebhookRow, now: number): Failing {
  if (since === null) return { since: now, noticed: 0 }
  const matters = now - since >= (noticed === 0 ? noticeAfterMs : disableAfterMs)
  return matters && now - lastFailure(tx, id) > longestWaitMs ? { since: now, noticed: 0 } : { since, noticed }
}

function lastFailure(tx: Tx, webhook: string): number {
  const tried = `SELECT MAX(answered_at) AS at FROM webhook_delivery WHERE webhook = ? AND state = ? AND attempts > 0`
  return Math.max(
    ...(['waiting', 'dead'] as const).map((state) => tx.one<{ at: number | null }>(tried, webhook, state)?.at ?? 0),
  )
}
