import { document } from '../rows.ts'
import type { Rows } from '../tx.ts'

/** An endpoint as stored. Times in ms since 1970. */
export interface WebhookRow {
  readonly id: string
  readonly url: string
  readonly description: string
  /** Filters of event types as JSON; null for all. */
  readonly types: string | null
  /** Devices as JSON; null for all events, also those of no device. */
  readonly devices: string | null
  readonly secret: string
  /** Signs beside the new one until then. */
  readonly old_secret: string | null
  readonly old_until: number | null
  readonly in_order: number
  /** Events without their content. */
  readonly thin: number
  readonly enabled: number
  /** Why it is disabled. */
  readonly reason: string | null
  readonly created_at: number
  readonly succeeded_at: number | null
  /** The first failure since the last success. */
  readonly failing_since: number | null
  /** The owner was notified of it. */
  readonly noticed: number
  /** Nothing is sent before; how often it has asked for that since its last success. */
  readonly held_until: number
  readonly slow: number
  /** Attempts that succeeded and failed, and deliveries given up, since it was added. */
  readonly delivered: number
  readonly failed: number
  readonly dead: number
}

export type DeliveryState = 'waiting' | 'delivered' | 'dead'

/** An event for an endpoint, as stored. */
export interface DeliveryRow {
  readonly seq: number
  readonly webhook: string
  /** The id of the event for its receivers, the same for all attempts and endpoints. */
  readonly name: string
  readonly type: string
  readonly device: string | null
  readonly body: string
  readonly state: DeliveryState
  readonly queued_at: number
  readonly attempts: number
  /** When it is sent next; null when it is not. */
  readonly due: number | null
  readonly answered_at: number | null
  readonly answer: string | null
}

/** What the receiver has answered, or why it has not. */
export interface DeliveryAnswer {
  readonly status: number | null
  readonly error: string | null
  readonly text: string
  readonly took_ms: number
}

export const webhookOf = (rows: Rows, id: string): WebhookRow | undefined =>
  rows.one<WebhookRow>('SELECT * FROM webhook WHERE id = ?', id)

/** The secrets that sign: the current one, then the one before it while that is still valid. */
export function secretsOf({ secret, old_secret: old, old_until: until }: WebhookRow, now: number): readonly string[] {
  return old !== null && until !== null && until > now ? [secret, old] : [secret]
}

export const listIn = (text: string | null): readonly string[] | null =>
  text === null ? null : document<readonly string[]>(text)
