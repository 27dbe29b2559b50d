import type { Change } from './change.ts'
import type { Effect } from './effects.ts'
import type { EventName, EventOf } from './event.ts'
import type { State } from './state.ts'

/** The result of an event. */
export interface Move {
  readonly change: Change
  /** Effects that do not follow from the change. */
  readonly effects?: readonly Effect[]
}

/** The result of an event in a phase; null for none. */
export type Rule<E extends EventName> = (state: State, event: EventOf<E>) => Move | null
