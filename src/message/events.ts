import type { Fault } from './fault.ts'
import type { GatewayStatus } from './gateway-state.ts'
import type { HubEvent } from './hub-event.ts'

export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

/** Takes log lines: `name` says which part of the hub speaks. */
export type Log = (level: LogLevel, name: string, message: string) => void

/** The broker took an event, as messages on these topics. */
export interface PublishedEvent {
  readonly event: HubEvent
  readonly topics: readonly string[]
}

/** What observers (metrics, logs, a dashboard) may see. They listen and never steer. */
export type Observations = {
  published: PublishedEvent
  gateway: { readonly id: string; readonly state: GatewayStatus }
  /** A client did what it may not. */
  refused: { readonly client: string; readonly topic: string; readonly reason: string }
  /** The hub can't go on. */
  fatal: Fault
}
