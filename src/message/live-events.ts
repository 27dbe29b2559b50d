import type { PublicEvent } from './public-event.ts'

/** An event with its number in the log. */
export interface NumberedEvent extends PublicEvent {
  readonly seq: number
}

/** A place in the log: behind an event, before all that are kept, or behind all. */
export type LogPlace = number | 'oldest' | 'newest'

/** Some events, in their order. */
export interface EventPage {
  /** Events behind the place are gone, or it was never one: what is known must be loaded again. */
  readonly reset: boolean
  readonly events: readonly NumberedEvent[]
  /** The place behind them. */
  readonly next: number
  /** There are no more for now. */
  readonly isEnd: boolean
}

interface Wanted {
  readonly limit: number
  /** Only what concerns this device is read. */
  readonly device?: string | undefined
  wanted(event: PublicEvent): boolean
}

export interface PageQuery extends Wanted {
  readonly after: LogPlace
  /** How long to wait for the first one. */
  readonly waitMs: number
}

export interface PastQuery extends Wanted {
  readonly before: Exclude<LogPlace, 'oldest'>
}

/** Some events, the newest first. */
export interface PastPage {
  readonly events: readonly NumberedEvent[]
  /** The place before which the next page ends; 0 where there are no older ones. */
  readonly next: number
}

/** One who reads the log as it grows, each at its own pace: nothing is queued for it. */
export interface EventReader {
  /** The next events; none where there are none for now. */
  take(limit: number): Promise<EventPage>
  /** Resolves when there may be more since the last `take`, after `ms`, or when it is closed. */
  more(ms: number): Promise<void>
  close(): void
}

/** The events that programs see, as they happen and for a while afterwards. */
export interface LiveEvents {
  /** A reader must be closed. */
  open(after: LogPlace, device?: string): EventReader
  page(query: PageQuery): Promise<EventPage>
  past(query: PastQuery): Promise<PastPage>
}
