import type { Tx } from '../tx.ts'
import { spread } from './spread.ts'
import { hasEnabled } from './webhook-place.ts'
import { secretsOf, type WebhookRow } from './webhook-rows.ts'

/** Calls of one endpoint at once. With the number of endpoints it bounds those of the hub. */
const maxInFlight = 4

/** No wait is longer. A time beyond it was set by a clock that was wrong: it counts as over. */
export const longestWaitMs = 30 * 3_600_000

/** A delivery to be sent now, with all that is needed for it. */
export interface DueDelivery {
  readonly seq: number
  readonly webhook: string
  readonly url: string
  readonly secrets: readonly string[]
  readonly id: string
  readonly body: string
  /** Attempts so far. */
  readonly attempts: number
  /** How often the endpoint has asked for fewer calls since its last success. */
  readonly slow: number
}

export interface Due {
  readonly due: readonly DueDelivery[]
  /** When the next one is; null when none waits for a time. */
  readonly next: number | null
  /** There is an endpoint that takes events. */
  readonly isOpen: boolean
  /** More events wait to become deliveries. */
  readonly more: boolean
}

export interface DueArgs {
  readonly now: number
  readonly flying: readonly { readonly seq: number; readonly webhook: string }[]
}

/** Makes deliveries of new events, and returns those to be sent. */
export function dueDeliveries(tx: Tx, { now, flying }: DueArgs): Due {
  if (!hasEnabled(tx)) return { due: [], next: null, isOpen: false, more: false }
  const more = spread(tx, now)
  const due: DueDelivery[] = []
  let next: number | null = null
  const wait = (until: number) => {
    next = next === null ? until : Math.min(next, until)
  }
  for (const webhook of tx.all<WebhookRow>('SELECT * FROM webhook WHERE enabled = 1 ORDER BY id')) {
    const seqs = flying.filter((one) => one.webhook === webhook.id).map(({ seq }) => seq)
    // An endpoint that asks for fewer calls gets one at a time until it takes one.
    const free = (webhook.in_order === 1 || webhook.slow > 0 ? 1 : maxInFlight) - seqs.length
    if (free <= 0) continue
    if (isAhead(webhook.held_until, now)) {
      wait(webhook.held_until)
      continue
    }
    const rows = candidates(tx, webhook, free + seqs.length).filter(({ seq }) => !seqs.includes(seq))
    for (const row of rows.slice(0, free)) {
      if (isAhead(row.due, now)) wait(row.due)
      else due.push(deliveryOf(webhook, row, now))
    }
  }
  return { due, next, isOpen: true, more }
}

const isAhead = (time: number, now: number): boolean => time > now && time <= now + longestWaitMs

/** The clock was set: retries that this run of the hub has scheduled for deliveries of earlier ones move with it. */
export function rebaseRetries(tx: Tx, { delta, since }: { delta: number; since: number }): void {
  tx.run(
    `UPDATE webhook_delivery SET due = due + ? WHERE state = 'waiting' AND queued_at < ? AND answered_at >= ?`,
    delta,
    since,
    since,
  )
}

interface Candidate {
  readonly seq: number
  readonly name: string
  readonly body: string
  readonly attempts: number
  readonly due: number
}

/** In order, none overtakes the oldest that waits, however long that has to. */
function candidates(tx: Tx, { id, in_order }: WebhookRow, limit: number): readonly Candidate[] {
  const order = in_order === 1 ? 'seq LIMIT 1' : 'due, seq LIMIT ?'
  return tx.all<Candidate>(
    `SELECT seq, name, body, attempts, due FROM webhook_delivery WHERE webhook = ? AND state = 'waiting' ORDER BY ${order}`,
    id,
    ...(in_order === 1 ? [] : [limit]),
  )
}

function deliveryOf(webhook: WebhookRow, { seq, name, body, attempts }: Candidate, now: number): DueDelivery {
  const { id, url, slow } = webhook
  return { seq, webhook: id, url, secrets: secretsOf(webhook, now), id: name, body, attempts, slow }
}
