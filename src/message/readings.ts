import type { GatewayDocument } from './gateway-state.ts'
import type { SmppClientState } from './smpp-clients.ts'

/** Segments by window; null is no limit. */
export type GatewayLimits = Readonly<Record<'minute' | 'day' | 'month', number | null>>

/** Figures of a webhook. */
export interface WebhookFigures {
  /** Attempts since it was added: that succeeded, that failed, and that were the last ones of their deliveries. */
  readonly ok: number
  readonly failed: number
  readonly dead: number
  /** Deliveries that wait. */
  readonly backlog: number
}

/** Figures of the store. What may be many is counted up to a limit. */
export interface StoredFigures {
  readonly queued: number
  /** For later. */
  readonly scheduled: number
  readonly open: number
  readonly quarantined: number
  /** When the oldest one was queued that could be sent now; null where nothing could. */
  readonly oldestReadyAt: number | null
  readonly outlets: Readonly<Record<string, { readonly waiting: number; readonly parked: number }>>
  /** By gateway, for the windows that have a limit: what is used of it, 1 for all. */
  readonly quotas: Readonly<Record<string, Readonly<Partial<Record<keyof GatewayLimits, number>>>>>
  readonly webhooks: Readonly<Record<string, WebhookFigures>>
}

/** What is read of a running hub for each look at its metrics. */
export interface Readings {
  readonly now: number
  /** As in `Health`. */
  readonly healthy: boolean
  readonly mqttConnected: boolean
  readonly gateways: Readonly<Record<string, GatewayDocument>>
  readonly stored: StoredFigures
  readonly smpp: readonly SmppClientState[]
}
