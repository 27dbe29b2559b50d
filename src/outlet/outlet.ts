import type { WaitingEvent } from '../ledger/events/waiting.ts'
import type { Acknowledgement } from '../message/acknowledgement.ts'

/** Passes events on to the outside, in a form of its own. A `Feed` brings them to it. */
export interface Outlet {
  /** Its place in the list of events is kept under this name. */
  readonly name: string
  /** Who receives them, for log lines: `the broker`. */
  readonly peer: string
  /** Whether it can take events now. The feed is woken (`wake`) when that becomes true. */
  readonly isOpen: boolean
  /**
   * Events arrive in the order of the calls of `take`, as on one connection: several of one subject may be in flight.
   * Where that is not so, an event is taken when the one before it of the same subject is acknowledged.
   */
  readonly keepsOrder: boolean
  /** Which of the events that commits hand over wait for it; without it, all do. */
  wants?(event: WaitingEvent): boolean
  /** Is called before more events are taken. Resolves with whether it must be called again. */
  prepare?(): Promise<boolean>
  /** Resolves when the event is passed on, or refused for good. After a rejection it is taken again. */
  take(event: WaitingEvent): Promise<Acknowledgement>
}
