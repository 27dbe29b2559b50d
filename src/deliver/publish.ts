import { wholeTopic } from '../message/topics.ts'
import type { Ingress } from '../mqtt/ingress.ts'
import type { WaitingPublication } from '../store/publications.ts'
import type { Store } from '../store/store.ts'
import { type Clock, sleep } from '../util/clock.ts'
import { Doorbell } from '../util/doorbell.ts'

/** Publications on their way at once: enough to fill the wire, few enough to keep in memory. */
const inFlight = 256
const slowSweep = 60_000
const retryMs = 1_000
/** ms until acknowledged rows are deleted: each deletion of its own would cost a commit that nobody waits for. */
const forgetMs = 25
/** How long a stop waits for acknowledgements. */
const lastWordsMs = 2_000
/** Retained topics told again in one go. */
const page = 200

export interface PublisherRooms {
  readonly store: Store
  readonly ingress: Ingress
  readonly clock: Clock
  readonly baseTopic: string
  /** Told of every message that the broker took. */
  published(message: { readonly topic: string; readonly payload: string; readonly retain: boolean }): void
  log(level: 'warn', message: string): void
}

/** Brings committed publications to the broker, in their order, and deletes each when it is acknowledged. */
export class Publisher {
  readonly #store: Store
  readonly #ingress: Ingress
  readonly #clock: Clock
  readonly #baseTopic: string
  readonly #bell: Doorbell
  readonly #published: PublisherRooms['published']
  readonly #log: PublisherRooms['log']
  #cursor = 0
  /** The retained topic behind which the telling goes on; null when there is nothing to tell again. */
  #tellsBehind: string | null = null
  #pending = new Set<Promise<void>>()
  #acknowledged: number[] = []
  #running = true
  #ended: Promise<void> = Promise.resolve()
  /** Publications that the broker refused for good. */
  parked = 0

  constructor(rooms: PublisherRooms) {
    this.#store = rooms.store
    this.#ingress = rooms.ingress
    this.#clock = rooms.clock
    this.#baseTopic = rooms.baseTopic
    this.#published = rooms.published
    this.#log = rooms.log
    this.#bell = new Doorbell(rooms.clock)
  }

  start(): void {
    this.#store.on('publications', () => this.#bell.ring())
    this.#ended = this.#run()
  }

  /** The way is open again; a broker that remembers nothing is told every retained topic first. */
  connected(remembers: boolean): void {
    if (remembers) this.#bell.ring()
    else this.tellAgain()
  }

  /** Everything that is retained, once more: what is outside the base topic (discovery) first, then the states. */
  tellAgain(): void {
    this.#tellsBehind = ''
    this.#bell.ring()
  }

  async stop(): Promise<void> {
    this.#running = false
    this.#bell.ring()
    await this.#orGivenUp(this.#ended)
    if (this.#ingress.connected) await this.#orGivenUp(Promise.all(this.#pending))
    await this.#forget()
  }

  /** A broker that has just gone away answers nothing more: what it did not take stays a row. */
  async #orGivenUp(work: Promise<unknown>): Promise<void> {
    await Promise.race([work, sleep(this.#clock, lastWordsMs)])
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const seen = this.#bell.rings
      const more = await this.#push().catch(() => 'failed' as const)
      if (more === 'failed') await this.#bell.wait(seen, retryMs)
      else if (!more) await this.#bell.wait(seen, slowSweep)
    }
  }

  async #push(): Promise<boolean> {
    if (!this.#ingress.connected) return false
    // In this loop and nowhere else: an old state must not overtake a new one.
    const telling = await this.#tellRetained()
    const rows = await this.#store.run('waitingPublications', { after: this.#cursor, limit: inFlight })
    for (const row of rows) {
      this.#cursor = row.seq
      const work = this.#send(row).finally(() => this.#pending.delete(work))
      this.#pending.add(work)
    }
    if (this.#pending.size >= inFlight) await Promise.race(this.#pending)
    return telling || rows.length === inFlight
  }

  async #send(row: WaitingPublication): Promise<void> {
    try {
      const acknowledgement = await this.#ingress.publish({
        topic: row.absolute === 1 ? row.topic : `${this.#baseTopic}/${row.topic}`,
        payload: row.payload,
        retain: row.retain === 1,
        correlation: row.correlation === null ? null : Buffer.from(row.correlation, 'base64'),
      })
      if (acknowledgement.taken) this.#acknowledge(row)
      else await this.#park(row, acknowledgement.reason)
    } catch {
      // Not acknowledged: it stays a row, and goes again from the oldest such row when the way is open.
      this.#cursor = Math.min(this.#cursor, row.seq - 1)
      this.#clock.after(retryMs, () => this.#bell.ring())
    }
  }

  /** Acknowledgements of a while are deleted in one commit. */
  #acknowledge({ seq, topic, payload, retain }: WaitingPublication): void {
    this.#published({ topic, payload, retain: retain === 1 })
    this.#acknowledged.push(seq)
    if (this.#acknowledged.length === 1) this.#clock.after(forgetMs, () => void this.#forget())
  }

  async #forget(): Promise<void> {
    const seqs = this.#acknowledged
    this.#acknowledged = []
    if (seqs.length > 0) await this.#store.run('published', { seqs }).catch(() => {})
  }

  async #park(row: WaitingPublication, reason: string): Promise<void> {
    this.parked++
    this.#log('warn', `the broker refused ${row.topic}: ${reason}`)
    await this.#store.run('parkPublication', { seq: row.seq, reason })
  }

  /** A page of it, so that what is new does not wait behind all that is old. */
  async #tellRetained(): Promise<boolean> {
    const after = this.#tellsBehind
    if (after === null) return false
    const rows = await this.#store.run('retainedTopics', { after, limit: page })
    const told = rows.map(({ topic, payload }) =>
      this.#ingress.publish({ topic: wholeTopic(this.#baseTopic, topic), payload, retain: true, correlation: null }),
    )
    await Promise.allSettled(told)
    // Somebody may have asked to begin again meanwhile.
    if (this.#tellsBehind === after) this.#tellsBehind = rows.length < page ? null : (rows.at(-1)?.topic ?? null)
    return this.#tellsBehind !== null
  }
}
