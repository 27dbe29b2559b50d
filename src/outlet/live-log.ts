import type { LoggedEvent } from '../ledger/events/event-log.ts'
import { eventOf } from '../message/hub-event.ts'
import type {
  EventPage,
  EventReader,
  LiveEvents,
  LogPlace,
  NumberedEvent,
  PageQuery,
  PastPage,
  PastQuery,
} from '../message/live-events.ts'
import { publicEventOf } from '../message/public-event.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from '../util/clock.ts'
import { SerialQueue } from '../util/serial-queue.ts'
import { EventTail } from './event-tail.ts'

/** Events that are read at once, and the pages that one answer looks through for those that are wanted. */
const pageSize = 250
const maxPages = 20

/** The log of events for programs: read from the store, and from the commits by those who have caught up. */
export class LiveLog implements LiveEvents {
  readonly #store: Store
  readonly #clock: Clock
  readonly #tail: EventTail
  readonly #reads = new SerialQueue()
  #stopped = false

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
    this.#tail = new EventTail(store, clock)
  }

  /** Nobody waits any longer. */
  stop(): void {
    this.#stopped = true
    this.#tail.bell.ring()
  }

  open(after: LogPlace, device?: string): EventReader {
    const tail = this.#tail
    let place = after
    /** Everything up to the place was read in this generation of the tail. */
    let caughtUp: number | null = null
    let seen = tail.bell.rings
    let isOpen = true
    let wake = () => {}
    tail.enter()
    return {
      take: async (limit) => {
        seen = tail.bell.rings
        const { generation } = tail
        if (typeof place === 'number' && caughtUp === generation) {
          const events = tail.behind(place, limit)
          if (events !== null) {
            place = events.at(-1)?.seq ?? place
            return { reset: false, events, next: place, isEnd: events.length < limit }
          }
        }
        const page = await this.#read(place, limit, device)
        place = page.next
        // Whatever is committed after this was read is handed over after it, and is in the tail.
        caughtUp = page.isEnd ? generation : null
        return page
      },
      more: async (ms) => {
        if (!isOpen || this.#stopped) return
        const closed = new Promise<void>((resolve) => {
          wake = resolve
        })
        await Promise.race([tail.bell.wait(seen, ms), closed])
      },
      close: () => {
        if (isOpen) tail.leave()
        isOpen = false
        wake()
      },
    }
  }

  async page({ after, device, limit, waitMs, wanted }: PageQuery): Promise<EventPage> {
    const reader = this.open(after, device)
    try {
      const until = this.#clock.monotonic() + waitMs
      const events: NumberedEvent[] = []
      for (let pages = 1; ; pages++) {
        const page = await reader.take(pageSize)
        if (page.reset) return page
        for (const event of page.events) {
          if (wanted(event)) events.push(event)
          if (events.length === limit) return { ...page, events, next: event.seq, isEnd: false }
        }
        const leftMs = until - this.#clock.monotonic()
        const isDone = page.isEnd && (events.length > 0 || leftMs <= 0 || this.#stopped)
        if (isDone || pages === maxPages) return { ...page, events }
        if (page.isEnd) await reader.more(leftMs)
        if (this.#stopped) return { ...page, events }
      }
    } finally {
      reader.close()
    }
  }

  async past({ before, device, limit, wanted }: PastQuery): Promise<PastPage> {
    const events: NumberedEvent[] = []
    let place = before === 'newest' ? null : before
    for (let pages = 1; ; pages++) {
      const args = { before: place, device, limit: pageSize }
      const rows = await this.#reads.run(() => this.#store.read('eventsBefore', args))
      for (const event of numbered(rows)) {
        if (wanted(event)) events.push(event)
        if (events.length === limit) return { events, next: event.seq }
      }
      place = rows.length < pageSize ? 0 : (rows.at(-1) as LoggedEvent).seq
      if (place === 0 || pages === maxPages) return { events, next: place }
    }
  }

  /**
   * Reads beside the writer, one after the other: after a restart all readers come at once. Who has everything already
   * needs only the last number.
   */
  async #read(after: LogPlace, limit: number, device: string | undefined): Promise<EventPage> {
    const last = await this.#store.run('newestEvent', undefined)
    if (after === 'newest' || after === last) return { reset: false, events: [], next: last, isEnd: true }
    const place = after === 'oldest' ? null : after
    const read = () => this.#store.read('eventsAfter', { after: place, device, limit })
    const { isKnown, newest, events: rows } = await this.#reads.run(read)
    if (!isKnown) return { reset: true, events: [], next: newest, isEnd: true }
    const isEnd = rows.length < limit
    // Behind the last one of a device there is nothing of it.
    const next = isEnd ? newest : (rows.at(-1) as LoggedEvent).seq
    return { reset: false, events: numbered(rows), next, isEnd }
  }
}

/** As programs see them. */
function numbered(rows: readonly LoggedEvent[]): NumberedEvent[] {
  return rows.flatMap(({ seq, at, ...row }) => {
    const event = publicEventOf(eventOf({ ...row, replaced: null, replyTo: null }), at)
    return event === null ? [] : [{ ...event, seq }]
  })
}
