import type { WaitingEvent } from '../ledger/events/waiting.ts'

/** What is handed over with the answers of a commit: a burst, and no more than is copied between threads at once. */
const most = { events: 256, characters: 256 * 1024 }

/** The events of a transaction: the numbers of all, and the events themselves unless they are too many. */
export class Emitted {
  readonly #seqs: number[] = []
  #events: WaitingEvent[] | null = []
  #characters = 0

  get seqs(): readonly number[] {
    return this.#seqs
  }

  /** Null where they are read instead, a page at a time. */
  get events(): readonly WaitingEvent[] | null {
    return this.#events
  }

  add(event: WaitingEvent): void {
    this.#seqs.push(event.seq)
    this.#characters += lengthOf(event)
    if (this.#seqs.length > most.events || this.#characters > most.characters) this.#events = null
    this.#events?.push(event)
  }

  /** Removes all behind the first so many: they were rolled back. */
  cut(count: number): void {
    this.#seqs.length = count
    if (this.#events !== null) this.#events.length = count
  }
}

function lengthOf({ data, replaced, replyTo }: WaitingEvent): number {
  return [data, replaced, replyTo].reduce((sum, text) => sum + (text?.length ?? 0), 0)
}
