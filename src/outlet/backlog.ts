import type { WaitingEvent } from '../ledger/events/waiting.ts'

/** Events that are read at once, and the most that are kept of those handed over. */
const page = 256

/** The next events of an outlet, in order: handed over by the commits, or read where that left a gap. */
export class Backlog {
  #events: WaitingEvent[] = []
  /** Every event that waits in the store is here, or was taken from here. */
  #isComplete = false

  /** Nothing waits, as far as is known. */
  get isDone(): boolean {
    return this.#isComplete && this.#events.length === 0
  }

  next(): WaitingEvent | undefined {
    return this.#events.shift()
  }

  /** Adds the events of a commit; null where they were too many. What does not fit is read in its turn. */
  add(events: readonly WaitingEvent[] | null): void {
    if (!this.#isComplete) return
    if (events !== null && this.#events.length + events.length <= page) this.#events.push(...events)
    else this.#isComplete = false
  }

  /** Reads the next page where none is left here and more may wait in the store. */
  async fill(read: (limit: number) => Promise<readonly WaitingEvent[]>): Promise<void> {
    if (this.#isComplete || this.#events.length > 0) return
    // Events that are committed from now on are added, and come behind those that are read.
    this.#isComplete = true
    const rows = await read(page).catch((error: unknown) => {
      this.clear()
      throw error
    })
    const seqs = new Set(rows.map(({ seq }) => seq))
    this.#isComplete &&= rows.length < page
    const added = this.#isComplete ? this.#events.filter(({ seq }) => !seqs.has(seq)) : []
    this.#events = [...rows, ...added]
  }

  /** Some may have been missed: the store is read once those here are gone. */
  doubt(): void {
    this.#isComplete = false
  }

  /** The store is read again from the oldest event that waits. */
  clear(): void {
    this.#isComplete = false
    this.#events = []
  }
}
