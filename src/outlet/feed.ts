import type { WaitingEvent } from '../ledger/events/waiting.ts'
import { rowOf } from '../message/hub-event.ts'
import type { Store } from '../store/store.ts'
import { asError } from '../util/background.ts'
import { type Clock, sleep, type Timer } from '../util/clock.ts'
import { Doorbell } from '../util/doorbell.ts'
import { Backlog } from './backlog.ts'
import type { Outlet } from './outlet.ts'
import { Receipts } from './receipts.ts'

/** Events in flight, or next of their subject, at once: enough to fill a connection, few enough to keep in memory. */
const window = 256
/** Time without an event after which the store is read: what commits hand over can be lost. */
const sweepIntervalMs = 60_000
/** ms until a failed outlet is retried, more and more slowly; and until the store is. */
const retryMs = { first: 1_000, longest: 60_000 }
/** Longest time that a stop waits for acknowledgements. */
const stopTimeoutMs = 2_000

export interface FeedDeps {
  readonly outlet: Outlet
  readonly store: Store
  readonly clock: Clock
  log(level: 'warn', message: string): void
}

/**
 * Brings events to one outlet, at least once and in order per subject. Each outlet has its own: none waits for another.
 * An event that is refused is parked and blocks nothing; one that fails is retried before those behind it.
 */
export class Feed {
  readonly #outlet: Outlet
  readonly #store: Store
  readonly #clock: Clock
  readonly #log: FeedDeps['log']
  readonly #bell: Doorbell
  readonly #backlog = new Backlog()
  readonly #receipts: Receipts
  /** Events in flight, or next of their subject, by number. */
  readonly #pending = new Map<number, Promise<void>>()
  /** The last of them of each subject, where the outlet keeps no order. */
  readonly #last = new Map<string, Promise<void>>()
  /** The newest event that was taken of each state, while any are in flight. */
  readonly #newest = new Map<string, number>()
  #hasFailed = false
  /** Failures since an event was taken. */
  #failures = 0
  /** Runs until a failed outlet is retried. */
  #retry: Timer | null = null
  #isRunning = true
  #ended: Promise<void> = Promise.resolve()
  #unsubscribe = () => {}

  constructor({ outlet, store, clock, log }: FeedDeps) {
    this.#outlet = outlet
    this.#store = store
    this.#clock = clock
    this.#log = log
    this.#bell = new Doorbell(clock)
    this.#receipts = new Receipts({ store, clock, outlet: outlet.name, wanted: () => this.#isRunning, log })
  }

  start(): void {
    this.#unsubscribe = this.#store.onEmitted((events) => {
      const wanted = events?.filter((event) => this.#outlet.wants?.(event) ?? true) ?? null
      if (wanted?.length === 0) return
      this.#backlog.add(wanted)
      this.#bell.ring()
    })
    this.#ended = this.#run()
  }

  /** The outlet is open again, or has something to prepare. */
  wake(): void {
    this.#retry?.cancel()
    this.#retry = null
    this.#bell.ring()
  }

  async stop(): Promise<void> {
    this.#isRunning = false
    this.#unsubscribe()
    this.#bell.ring()
    await this.#orGivenUp(this.#ended)
    if (this.#outlet.isOpen) await this.#orGivenUp(Promise.all(this.#pending.values()))
    await this.#receipts
      .flush()
      .catch((error) => this.#log('warn', `the last acknowledgements: ${asError(error).message}`))
  }

  /** A peer that has just gone away acknowledges nothing more: those events stay in the store. */
  async #orGivenUp(work: Promise<unknown>): Promise<void> {
    await Promise.race([work, sleep(this.#clock, stopTimeoutMs)])
  }

  async #run(): Promise<void> {
    while (this.#isRunning) {
      const seen = this.#bell.rings
      try {
        if (await this.#step()) continue
        await this.#bell.wait(seen, sweepIntervalMs)
        if (this.#bell.rings === seen) this.#backlog.doubt()
      } catch (error) {
        this.#log('warn', `events for ${this.#outlet.peer}: ${asError(error).message}`)
        await sleep(this.#clock, retryMs.first)
      }
    }
  }

  /** Returns whether there is more to do at once. */
  async #step(): Promise<boolean> {
    if (!this.#outlet.isOpen) {
      this.#backlog.clear()
      return false
    }
    if (this.#hasFailed && !(await this.#goBack())) return false
    // In this loop and nowhere else: an old state must not overtake a new one.
    const isPreparing = (await this.#outlet.prepare?.()) ?? false
    await this.#backlog.fill((limit) => {
      const known = [...this.#pending.keys(), ...this.#receipts.seqs]
      return this.#store.run('waitingEvents', { outlet: this.#outlet.name, known, limit })
    })
    this.#send()
    if (this.#pending.size === 0 && !this.#hasFailed) this.#newest.clear()
    if (this.#pending.size >= window) await Promise.race(this.#pending.values())
    return isPreparing || !this.#backlog.isDone
  }

  /**
   * After a failure, once nothing is in flight, continues from the oldest event that was not accepted. Earlier, events
   * in flight would be sent twice.
   */
  async #goBack(): Promise<boolean> {
    await Promise.all(this.#pending.values())
    if (!this.#outlet.isOpen || this.#retry !== null) return false
    this.#hasFailed = false
    this.#backlog.clear()
    return true
  }

  #send(): void {
    while (!this.#hasFailed && this.#pending.size < window) {
      const event = this.#backlog.next()
      if (event === undefined) return
      if (this.#isOvertaken(event)) this.#receipts.taken(event.seq)
      else this.#start(event)
    }
  }

  #start(event: WaitingEvent): void {
    const { seq, subject } = event
    const delivery = this.#deliver(event, this.#last.get(subject)).finally(() => {
      this.#pending.delete(seq)
      if (this.#last.get(subject) === delivery) this.#last.delete(subject)
    })
    this.#pending.set(seq, delivery)
    if (!this.#outlet.keepsOrder) this.#last.set(subject, delivery)
  }

  async #deliver(event: WaitingEvent, before: Promise<void> | undefined): Promise<void> {
    if (before !== undefined) await before
    // It is read again, behind the one that failed.
    if (this.#hasFailed) return
    try {
      const answer = await this.#outlet.take(event)
      if (answer.taken) this.#taken(event)
      else this.#refused(event, answer.reason)
    } catch (error) {
      this.#failed(event, asError(error))
    }
  }

  #taken(event: WaitingEvent): void {
    const { seq, kind } = event
    this.#failures = 0
    this.#receipts.taken(seq)
    if (rowOf(kind).lasts) this.#newest.set(nameOf(event), Math.max(seq, this.#newest.get(nameOf(event)) ?? 0))
  }

  #refused(event: WaitingEvent, reason: string): void {
    this.#log('warn', `${this.#outlet.peer} refused ${nameOf(event)}: ${reason}`)
    this.#receipts.refused(event, reason)
  }

  #failed(event: WaitingEvent, { message }: Error): void {
    if (!this.#hasFailed) {
      this.#hasFailed = true
      const waitMs = Math.min(retryMs.longest, retryMs.first * 2 ** this.#failures++)
      this.#retry = this.#clock.after(waitMs, () => this.wake())
    }
    // A lost connection is reported by itself.
    if (this.#outlet.isOpen) this.#log('warn', `${nameOf(event)} is not passed on to ${this.#outlet.peer}: ${message}`)
  }

  /** A state that failed while a newer one of its subject was taken must not follow that. */
  #isOvertaken(event: WaitingEvent): boolean {
    return rowOf(event.kind).lasts && (this.#newest.get(nameOf(event)) ?? 0) >= event.seq
  }
}

const nameOf = ({ kind, subject }: WaitingEvent): string => `${kind} ${subject}`.trim()
