import type { HubEvent } from '../message/hub-event.ts'

/** Signals of changes for the flows. They carry no data and may be lost. */
export type Bell =
  | 'outbox'
  | OutboxBell
  | 'inbox'
  | 'deadlines'
  | 'settings'
  | 'wiped'
  | 'erased'
  | 'times'
  | 'webhooks'

/** A lane of this route has become ready; plain `outbox`: any lane may have. */
export type OutboxBell = `outbox/${string}`

/** Known parts of an event, so that they are not computed twice. */
export interface Written {
  /** Its data as stored. */
  readonly text: string | null
  /** The data that it replaces. */
  readonly replaced?: string | null
}

/** Reads rows, by prepared statements by their text. */
export interface Rows {
  one<Row>(sql: string, ...values: unknown[]): Row | undefined
  all<Row>(sql: string, ...values: unknown[]): Row[]
}

/** The interface of operations: rows, events of the change, and bells. */
export interface Tx extends Rows {
  run(sql: string, ...values: unknown[]): { changes: number }
  /** Emits an event, committed with the change that it reports. */
  emit(event: HubEvent, written?: Written): void
  ring(bell: Bell): void
}
