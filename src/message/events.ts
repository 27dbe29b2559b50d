import type { Fault } from './fault.ts'
import type { GatewayStatus } from './gateway-state.ts'
import type { HubEvent } from './hub-event.ts'

export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

/** Takes log lines: `name` is the part of the hub that logs. */
export type Log = (level: LogLevel, name: string, message: string) => void

/** The broker has accepted an event as messages on these topics. */
export interface PublishedEvent {
  readonly event: HubEvent
  readonly topics: readonly string[]
}

/** Events for observers (metrics, logs, a dashboard). They have no influence. */
export type Observations = {
  published: PublishedEvent
  gateway: { readonly id: string; readonly state: GatewayStatus }
  /** A client was denied something. */
  refused: { readonly client: string; readonly topic: string; readonly reason: string }
  /** The hub can't continue. */
  fatal: Fault
}
