import type { WaitingEvent } from '../ledger/events/waiting.ts'
import { eventOf } from '../message/hub-event.ts'
import type { NumberedEvent } from '../message/live-events.ts'
import { publicEventOf, publicKinds } from '../message/public-event.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from '../util/clock.ts'
import { Doorbell } from '../util/doorbell.ts'
import { every } from '../util/every.ts'

/** Events that are kept for readers: who is further behind reads the store. */
const maxKept = 1_000
/** What commits hand over can be lost: it is compared with the store this often. */
const compareMs = 60_000

/**
 * The latest events as the commits hand them over, made once for all readers. While nobody reads, it listens to
 * nothing.
 */
export class EventTail {
  readonly #store: Store
  readonly #clock: Clock
  readonly #bell: Doorbell
  #events: NumberedEvent[] = []
  /** Everything up to this number that was handed over may be missing here. */
  #droppedTo = 0
  /** The last number of the log that was handed over, or 0. */
  #newest = 0
  /** Changes when something may have been missed: who has read the store since then knows all before. */
  #generation = 0
  #readers = 0
  #ends: (() => void)[] = []

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
    this.#bell = new Doorbell(clock)
  }

  get generation(): number {
    return this.#generation
  }

  get bell(): Doorbell {
    return this.#bell
  }

  enter(): void {
    if (this.#readers++ > 0) return
    this.#doubt()
    this.#ends = [
      this.#store.onEmitted((events) => this.#add(events)),
      every(
        this.#clock,
        compareMs,
        () => this.#compare(),
        () => this.#doubt(),
      ),
    ]
  }

  leave(): void {
    if (--this.#readers > 0) return
    for (const end of this.#ends) end()
    this.#doubt()
  }

  /** The events behind a number, for who has read all before in this generation; null where some are not here. */
  behind(seq: number, limit: number): readonly NumberedEvent[] | null {
    if (seq < this.#droppedTo) return null
    // Readers are near the end.
    const first = this.#events.findLastIndex((event) => event.seq <= seq) + 1
    return this.#events.slice(first, first + limit)
  }

  /** Some may have been missed, or were erased. */
  #doubt(): void {
    this.#generation++
    this.#events = []
    this.#newest = 0
    this.#bell.ring()
  }

  /** What was committed before is handed over before the answer. */
  async #compare(): Promise<void> {
    const before = this.#generation
    const newest = await this.#store.run('newestEvent', undefined)
    if (newest > this.#newest && this.#generation === before) {
      this.#doubt()
      this.#newest = newest
    }
  }

  #add(events: readonly WaitingEvent[] | null): void {
    if (events === null) return this.#doubt()
    const logged = events.filter(({ kind }) => publicKinds.includes(kind))
    this.#newest = logged.at(-1)?.seq ?? this.#newest
    const made = logged.flatMap((row) => {
      const event = publicEventOf(eventOf(row), row.at)
      return event === null ? [] : [{ ...event, seq: row.seq }]
    })
    if (made.length === 0) return
    this.#events.push(...made)
    const surplus = this.#events.splice(0, Math.max(0, this.#events.length - maxKept))
    this.#droppedTo = surplus.at(-1)?.seq ?? this.#droppedTo
    this.#bell.ring()
  }
}
