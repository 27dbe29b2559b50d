import type { WaitingEvent } from '../../src/ledger/events/waiting.ts'
import type { Acknowledgement } from '../../src/message/acknowledgement.ts'
import { Feed, type FeedDeps } from '../../src/outlet/feed.ts'
import type { Outlet } from '../../src/outlet/outlet.ts'

/** How an outlet takes an event: not at all where it is an error. */
type Answer = Acknowledgement | Error | Promise<Acknowledgement>

/** A second outlet, as small as one can be: it remembers what it was given. */
export class MemoryOutlet implements Outlet {
  readonly name: string
  readonly peer = 'the memory'
  readonly keepsOrder: boolean
  readonly feed: Feed
  readonly logged: string[] = []
  /** Everything that it was asked to take, and what it has taken. */
  readonly asked: WaitingEvent[] = []
  readonly taken: WaitingEvent[] = []
  answer: (event: WaitingEvent) => Answer = () => ({ taken: true })
  #isOpen = true

  constructor(name: string, deps: Pick<FeedDeps, 'store' | 'clock'>, { keepsOrder = false } = {}) {
    this.name = name
    this.keepsOrder = keepsOrder
    this.feed = new Feed({ ...deps, outlet: this, log: (_, message) => this.logged.push(message) })
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  set isOpen(isOpen: boolean) {
    this.#isOpen = isOpen
    if (isOpen) this.feed.wake()
  }

  async take(event: WaitingEvent): Promise<Acknowledgement> {
    this.asked.push(event)
    const answer = await this.answer(event)
    if (answer instanceof Error) throw answer
    if (answer.taken) this.taken.push(event)
    return answer
  }

  /** What it has taken of a subject, or of all, in its order. */
  texts(subject?: string): (string | null)[] {
    return this.taken.filter((event) => subject === undefined || event.subject === subject).map(({ data }) => data)
  }
}
