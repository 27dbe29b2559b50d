import type { WaitingEvent } from '../../ledger/events/waiting.ts'
import type { Acknowledgement } from '../../message/acknowledgement.ts'
import type { PublishedEvent } from '../../message/events.ts'
import { eventOf } from '../../message/hub-event.ts'
import { Feed, type FeedDeps } from '../../outlet/feed.ts'
import type { Outlet } from '../../outlet/outlet.ts'
import type { Store } from '../../store/store.ts'
import { asError, inBackground } from '../../util/background.ts'
import type { Ingress, OutboundMessage } from '../ingress.ts'
import { messagesOf, retainedOf } from './messages-of.ts'

/** Its place in the list of events has this name. */
export const mqttOutlet = 'mqtt'

/** Retained states that are republished in one go. */
const page = 200

export interface PublisherDeps extends Omit<FeedDeps, 'outlet'> {
  readonly ingress: Ingress
  readonly baseTopic: string
  /** Called with every event whose messages the broker has acknowledged. */
  published(event: PublishedEvent): void
}

/** The last state that was republished: those behind it come next. */
interface Place {
  readonly kind: string
  readonly subject: string
}

/** The outlet to MQTT: publishes the messages of each event, and republishes all retained states when asked. */
export class Publisher implements Outlet {
  readonly name = mqttOutlet
  readonly peer = 'the broker'
  readonly keepsOrder = true
  readonly #store: Store
  readonly #ingress: Ingress
  readonly #baseTopic: string
  readonly #published: PublisherDeps['published']
  readonly #log: PublisherDeps['log']
  readonly #feed: Feed
  /** How far the retained states are republished; null when they all are. */
  #republishedTo: Place | null = null

  constructor({ ingress, baseTopic, published, ...deps }: PublisherDeps) {
    this.#store = deps.store
    this.#ingress = ingress
    this.#baseTopic = baseTopic
    this.#published = published
    this.#log = deps.log
    this.#feed = new Feed({ ...deps, outlet: this })
  }

  get isOpen(): boolean {
    return this.#ingress.connected
  }

  start(): void {
    this.#feed.start()
  }

  stop(): Promise<void> {
    return this.#feed.stop()
  }

  /** The connection is open again. A broker that has lost its retained messages gets them first. */
  connected(remembers: boolean): void {
    if (remembers) this.#feed.wake()
    else this.republishRetained()
  }

  /** Publishes every retained state again: announcements first. */
  republishRetained(): void {
    this.#republishedTo = { kind: '', subject: '' }
    this.#feed.wake()
  }

  /** Republishes a page, so that new events do not wait for all of it. */
  async prepare(): Promise<boolean> {
    const after = this.#republishedTo
    if (after === null) return false
    const rows = await this.#store.run('currentStates', { kind: after.kind, subject: after.subject, limit: page })
    const published = rows.map((row) => this.#ingress.publish(retainedOf(row, this.#baseTopic)))
    const answers = await Promise.allSettled(published)
    // The connection ended: the same page is published again on the next one.
    if (answers.some(({ status }) => status === 'rejected')) return false
    // Unless republishing was requested again meanwhile.
    if (this.#republishedTo === after) this.#republishedTo = rows.length < page ? null : (rows.at(-1) ?? null)
    return this.#republishedTo !== null
  }

  /** Refused where the broker refuses one of its messages, or where it has no topic. */
  async take(event: WaitingEvent): Promise<Acknowledgement> {
    let messages: OutboundMessage[]
    try {
      messages = messagesOf(event, this.#baseTopic)
    } catch (error) {
      return { taken: false, reason: asError(error).message }
    }
    const answers = await Promise.all(messages.map((message) => this.#ingress.publish(message)))
    const refusal = answers.find(({ taken }) => !taken)
    if (refusal !== undefined) return refusal
    this.#observe(event, messages)
    return { taken: true }
  }

  /** The broker has acknowledged the event: an observer that fails does not change that. */
  #observe(event: WaitingEvent, messages: readonly OutboundMessage[]): void {
    const topics = messages.map(({ topic }) => topic)
    const failed = ({ message }: Error) => this.#log('warn', `an observer of ${event.kind}: ${message}`)
    inBackground(() => this.#published({ event: eventOf(event), topics }), failed)
  }
}
