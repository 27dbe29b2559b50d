import type { Fault } from './fault.ts'
import type { GatewayStatus } from './gateway-state.ts'

export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

/** Takes log lines: `name` says which part of the hub speaks. */
export type Log = (level: LogLevel, name: string, message: string) => void

/** What observers (metrics, logs, a dashboard) may see. They listen and never steer. */
export type HubEvents = {
  /** The broker took a message of the hub. */
  published: { readonly topic: string; readonly payload: string; readonly retain: boolean }
  gateway: { readonly id: string; readonly state: GatewayStatus }
  /** A client did what it may not. */
  refused: { readonly client: string; readonly topic: string; readonly reason: string }
  /** The hub can't go on. */
  fatal: Fault
}
