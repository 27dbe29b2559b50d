import type { HubEvent } from '../message/hub-event.ts'

/** What changed, in one word: the flows listen for it. It carries no data and may be lost. */
export type Bell = 'outbox' | OutboxBell | 'inbox' | 'deadlines' | 'settings' | 'wiped' | 'erased'

/** A lane of this route has become ready; `outbox` alone: any may have. */
export type OutboxBell = `outbox/${string}`

/** What its emitter knows of an event already, so that it is not made twice. */
export interface Written {
  /** Its data, as it is kept. */
  readonly text: string | null
  /** What it replaces. */
  readonly replaced?: string | null
}

/** What an operation works with: prepared statements by their text, the events of its change and the bells. */
export interface Tx {
  one<Row>(sql: string, ...values: unknown[]): Row | undefined
  all<Row>(sql: string, ...values: unknown[]): Row[]
  run(sql: string, ...values: unknown[]): { changes: number }
  /** Committed with the change that it reports; outlets make of it what their readers take. */
  emit(event: HubEvent, written?: Written): void
  ring(bell: Bell): void
}
