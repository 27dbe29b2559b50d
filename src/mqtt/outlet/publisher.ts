import type { WaitingEvent } from '../../ledger/events/waiting.ts'
import type { PublishedEvent } from '../../message/events.ts'
import { eventOf, rowOf } from '../../message/hub-event.ts'
import type { Store } from '../../store/store.ts'
import { asError, inBackground, untilDone } from '../../util/background.ts'
import { type Clock, sleep } from '../../util/clock.ts'
import { Doorbell } from '../../util/doorbell.ts'
import type { Acknowledgement, Ingress, OutboundMessage } from '../ingress.ts'
import { messagesOf, retainedOf } from './messages-of.ts'

/** Its place in the list of events has this name. */
export const mqttOutlet = 'mqtt'

/** Events on their way at once: enough to fill the wire, few enough to keep in memory. */
const inFlight = 256
const slowSweep = 60_000
const retryMs = 1_000
/** ms until acknowledged rows are deleted: each deletion of its own would cost a commit that nobody waits for. */
const forgetMs = 25
/** How long a stop waits for acknowledgements. */
const lastWordsMs = 2_000
/** States told again in one go. */
const page = 200

export interface PublisherDeps {
  readonly store: Store
  readonly ingress: Ingress
  readonly clock: Clock
  readonly baseTopic: string
  /** Told of every event whose messages the broker took. */
  published(event: PublishedEvent): void
  log(level: 'warn', message: string): void
}

/** Whose event: states are told again from there on. */
interface Place {
  readonly kind: string
  readonly subject: string
}

/** The outlet to MQTT: brings the events to the broker, in their order, and deletes each when it is acknowledged. */
export class Publisher {
  readonly #store: Store
  readonly #ingress: Ingress
  readonly #clock: Clock
  readonly #baseTopic: string
  readonly #bell: Doorbell
  readonly #published: PublisherDeps['published']
  readonly #log: PublisherDeps['log']
  /** What stands behind it is to be told again; null when there is nothing. */
  #tellsBehind: Place | null = null
  /** Rows on their way to the broker. */
  readonly #pending = new Map<number, Promise<void>>()
  /** Something was not acknowledged. */
  #hasFailed = false
  /** Rows that the broker has, and that are not deleted yet. */
  readonly #taken = new Set<number>()
  /** Rows that the broker refused, and that are not marked yet. */
  readonly #parking = new Set<number>()
  /** The newest row that was taken of each state, while rows are under way. */
  readonly #newest = new Map<string, number>()
  #forgets = false
  #running = true
  #ended: Promise<void> = Promise.resolve()
  /** Events that the broker refused for good. */
  parked = 0

  constructor(deps: PublisherDeps) {
    this.#store = deps.store
    this.#ingress = deps.ingress
    this.#clock = deps.clock
    this.#baseTopic = deps.baseTopic
    this.#published = deps.published
    this.#log = deps.log
    this.#bell = new Doorbell(deps.clock)
  }

  start(): void {
    this.#store.onEmitted(() => this.#bell.ring())
    this.#ended = this.#run()
  }

  /** The way is open again; a broker that remembers nothing is told every retained topic first. */
  connected(remembers: boolean): void {
    if (remembers) this.#bell.ring()
    else this.republishRetained()
  }

  /** Everything that stands, once more: announcements first, then the states. */
  republishRetained(): void {
    this.#tellsBehind = { kind: '', subject: '' }
    this.#bell.ring()
  }

  async stop(): Promise<void> {
    this.#running = false
    this.#bell.ring()
    await this.#orGivenUp(this.#ended)
    if (this.#ingress.connected) await this.#orGivenUp(Promise.all(this.#pending.values()))
    await this.#forget().catch((error) => this.#log('warn', `the last acknowledgements: ${asError(error).message}`))
  }

  /** A broker that has just gone away answers nothing more: what it did not take stays a row. */
  async #orGivenUp(work: Promise<unknown>): Promise<void> {
    await Promise.race([work, sleep(this.#clock, lastWordsMs)])
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const seen = this.#bell.rings
      try {
        if (!(await this.#push())) await this.#bell.wait(seen, slowSweep)
      } catch (error) {
        this.#log('warn', `publishing: ${asError(error).message}`)
        await sleep(this.#clock, retryMs)
      }
    }
  }

  async #push(): Promise<boolean> {
    if (!this.#ingress.connected) return false
    if (this.#hasFailed && !(await this.#goBack())) return false
    // In this loop and nowhere else: an old state must not overtake a new one.
    const telling = await this.#republishRetained()
    const known = [...this.#pending.keys(), ...this.#taken, ...this.#parking]
    const rows = await this.#store.run('waitingEvents', { outlet: mqttOutlet, known, limit: inFlight })
    for (const row of rows) {
      if (this.#isOvertaken(row)) continue
      this.#pending.set(
        row.seq,
        this.#send(row).finally(() => this.#pending.delete(row.seq)),
      )
    }
    if (rows.length === 0 && this.#pending.size === 0 && !this.#hasFailed) this.#newest.clear()
    if (this.#pending.size >= inFlight) await Promise.race(this.#pending.values())
    return telling || rows.length === inFlight
  }

  async #send(row: WaitingEvent): Promise<void> {
    const messages = this.#messagesOf(row)
    if (messages === null) return
    try {
      const answers = await Promise.all(messages.map((message) => this.#ingress.publish(message)))
      const refusal = answers.find(isRefusal)
      if (refusal === undefined) this.#acknowledge(row, messages)
      else this.#park(row, refusal.reason)
    } catch (error) {
      // Mostly the connection, which says so itself. It stays a row.
      if (this.#ingress.connected) this.#log('warn', `${nameOf(row)} is not published: ${asError(error).message}`)
      this.#hasFailed = true
      this.#clock.after(retryMs, () => this.#bell.ring())
    }
  }

  /** An event that can be no message is of no use to wait for. */
  #messagesOf(row: WaitingEvent): OutboundMessage[] | null {
    try {
      return messagesOf(row, this.#baseTopic)
    } catch (error) {
      this.#park(row, asError(error).message)
      return null
    }
  }

  /**
   * Something was not acknowledged: once everything else under way has ended, all goes on from the oldest row that the
   * broker has not taken. Before that, what is still under way would be sent twice and overtake.
   */
  async #goBack(): Promise<boolean> {
    await Promise.all(this.#pending.values())
    if (!this.#ingress.connected) return false
    this.#hasFailed = false
    return true
  }

  /** A state that failed while a newer one of its subject was taken: it must not come behind that. */
  #isOvertaken(row: WaitingEvent): boolean {
    if (!rowOf(row.kind).lasts || (this.#newest.get(nameOf(row)) ?? 0) < row.seq) return false
    this.#done(row.seq)
    return true
  }

  #acknowledge(row: WaitingEvent, messages: readonly OutboundMessage[]): void {
    const { seq, kind } = row
    // Its listeners may throw: it is taken all the same.
    this.#done(seq)
    if (rowOf(kind).lasts) this.#newest.set(nameOf(row), Math.max(seq, this.#newest.get(nameOf(row)) ?? 0))
    this.#published({ event: eventOf(row), topics: messages.map(({ topic }) => topic) })
  }

  /** Acknowledgements of a while are deleted in one commit. */
  #done(seq: number): void {
    this.#taken.add(seq)
    this.#forgetSoon()
  }

  #forgetSoon(ms = forgetMs): void {
    if (this.#forgets) return
    this.#forgets = true
    this.#clock.after(ms, () => {
      this.#forgets = false
      inBackground(
        () => this.#forget(),
        ({ message }) => {
          this.#log('warn', `what the broker has taken can't be deleted: ${message}`)
          this.#forgetSoon(retryMs)
        },
      )
    })
  }

  async #forget(): Promise<void> {
    const seqs = [...this.#taken]
    if (seqs.length === 0) return
    await this.#store.run('acknowledge', { outlet: mqttOutlet, seqs })
    for (const seq of seqs) this.#taken.delete(seq)
    if (this.#taken.size > 0) this.#forgetSoon()
  }

  /** It blocks nothing behind it; until it is marked, it is not sent again either. */
  #park(row: WaitingEvent, reason: string): void {
    this.parked++
    this.#log('warn', `the broker refused ${nameOf(row)}: ${reason}`)
    const failed = ({ message }: Error) => this.#log('warn', `${nameOf(row)} can't be parked: ${message}`)
    const park = () => this.#store.run('parkEvent', { outlet: mqttOutlet, seq: row.seq, reason })
    this.#parking.add(row.seq)
    inBackground(async () => {
      await untilDone(this.#clock, park, () => this.#running, failed)
      this.#parking.delete(row.seq)
    }, failed)
  }

  /** A page of it, so that what is new does not wait behind all that is old. */
  async #republishRetained(): Promise<boolean> {
    const after = this.#tellsBehind
    if (after === null) return false
    const rows = await this.#store.run('standing', { kind: after.kind, subject: after.subject, limit: page })
    const told = rows.map((row) => this.#ingress.publish(retainedOf(row, this.#baseTopic)))
    const answers = await Promise.allSettled(told)
    // The connection ended meanwhile: the same page again on the next one.
    if (answers.some(({ status }) => status === 'rejected')) return false
    // Somebody may have asked to begin again meanwhile.
    if (this.#tellsBehind === after) this.#tellsBehind = rows.length < page ? null : (rows.at(-1) ?? null)
    return this.#tellsBehind !== null
  }
}

const nameOf = ({ kind, subject }: Place): string => `${kind} ${subject}`.trim()

const isRefusal = (answer: Acknowledgement): answer is Extract<Acknowledgement, { taken: false }> => !answer.taken
