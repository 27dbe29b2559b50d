import type { Fault } from './fault.ts'
import type { HubEvent } from './hub-event.ts'

export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

/** Takes log lines: `name` is the part of the hub that logs. */
export type Log = (level: LogLevel, name: string, message: string) => void

/** A line of the log, with its number. */
export interface LogLine {
  readonly seq: number
  readonly time: string
  readonly level: LogLevel
  readonly name: string
  readonly message: string
}

/** The broker has accepted an event as messages on these topics. */
export interface PublishedEvent {
  readonly event: HubEvent
  readonly topics: readonly string[]
}

/** What proves who makes a request, and can be guessed. */
export const credentialKinds = ['key', 'password'] as const
export type CredentialKind = (typeof credentialKinds)[number]

export interface AnsweredRequest {
  /** The pattern of the route, never the path itself; null where there is none. */
  readonly route: string | null
  readonly method: string
  readonly code: number
  /** Null for an answer that lasts as long as its reader wants. */
  readonly seconds: number | null
}

/** Events for observers (metrics, logs, a dashboard). They have no influence. */
export type Observations = {
  published: PublishedEvent
  /** A client was denied something. */
  refused: { readonly client: string; readonly topic: string; readonly reason: string }
  /** The HTTP interface has answered a request. */
  answered: AnsweredRequest
  /** Somebody on the HTTP interface could not prove who they are. */
  unproven: { readonly kind: CredentialKind }
  /** So many streams of events are open. */
  streaming: number
  /** The hub can't continue. */
  fatal: Fault
}
