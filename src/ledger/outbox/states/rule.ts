import type { Change } from './change.ts'
import type { Effect } from './effects.ts'
import type { EventName, EventOf } from './event.ts'
import type { State } from './state.ts'

/** What follows from an event. */
export interface Move {
  readonly change: Change
  /** Effects that the change does not make necessary by itself. */
  readonly effects?: readonly Effect[]
}

/** What one event does in one phase; null where the row's facts leave nothing to be done. */
export type Rule<E extends EventName> = (state: State, event: EventOf<E>) => Move | null
