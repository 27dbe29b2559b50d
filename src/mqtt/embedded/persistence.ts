import { Readable } from 'node:stream'
import type { SessionBounds, SessionStore } from '../../message/broker-session.ts'
import type { Clock } from '../../util/clock.ts'
import { type BrokerPacket, copyOf } from './broker-packet.ts'
import { Journal } from './journal.ts'
import { Retained } from './retained.ts'
import { type QueueLimits, SessionQueues } from './session-queues.ts'
import { refusesFilter, type Subscription, type SubscriptionLimits, Subscriptions } from './subscriptions.ts'
import { TopicTree } from './topic-tree.ts'
import { type Will, Wills } from './wills.ts'

export interface SessionLimits extends SessionBounds, SubscriptionLimits, QueueLimits {
  /** Persistent sessions: of all clients together, and of one user. */
  readonly sessions: number
  readonly userSessions: number
}

/** A session has lost its oldest message by its own limit or that of all, or its oldest incomplete QoS 2 publish. */
export type Overflow = 'session' | 'all' | 'received'

/** QoS 2 publishes of a session that wait for their PUBREL; aedes has the same limit for a connection. */
const maxReceived = 1_000

export interface SessionRules {
  readonly limits: SessionLimits
  /** Wall time in ms. */
  now(): number
  overflowed(client: string, why: Overflow): void
  /** Messages beyond the limits were dropped when the store was loaded. */
  dropped(counts: { readonly queued: number; readonly retained: number }): void
}

interface Session {
  user: string | null
  /** When it was last connected. */
  at: number
  /** Persistent: it is in the store. */
  kept: boolean
  /** It existed before its client's current connection. */
  resumed: boolean
  readonly subscriptions: Subscriptions
  readonly received: Map<number, BrokerPacket>
}

interface AedesClient {
  readonly id: string
  readonly clean?: boolean
}

/**
 * Sessions and messages of aedes: in memory, with every change written asynchronously (see Journal), so that the order
 * of events is that in memory and `settled` is that on the disk. Passes `aedes-persistence/abstract`.
 */
export class SessionPersistence {
  readonly #store: SessionStore
  readonly #rules: SessionRules
  readonly #journal: Journal
  readonly #sessions = new Map<string, Session>()
  readonly #retained: Retained
  /** Queues of persistent sessions. */
  readonly #filters = new TopicTree<Subscription & { readonly clientId: string }>()
  /** Filters by user. */
  readonly #held = new Map<string | null, number>()
  readonly #queues: SessionQueues
  readonly #wills: Wills
  #broker: { readonly id: string } | null = null
  /** The message being published is the hub's own: the store has it already. */
  ours = false

  constructor(store: SessionStore, rules: SessionRules, clock: Clock) {
    this.#store = store
    this.#rules = rules
    this.#journal = new Journal(store, clock)
    this.#retained = new Retained(rules.limits, this.#journal)
    this.#queues = new SessionQueues(rules.limits, this.#journal, rules.overflowed)
    this.#wills = new Wills(this.#journal)
  }

  get broker(): { readonly id: string } | null {
    return this.#broker
  }

  async setup(broker: { readonly id: string }): Promise<void> {
    this.#broker = broker
    const saved = await this.#store.load(this.#rules.limits)
    const { sessions, subscriptions, received, wills, dropped } = saved
    if (dropped.queued + dropped.retained > 0) this.#rules.dropped(dropped)
    for (const { client, user, at } of sessions) Object.assign(this.#session(client), { user, at, kept: true })
    for (const { client, topic, qos } of subscriptions) this.#subscribe(client, { topic, qos }, true)
    this.#queues.restore(saved)
    for (const { client, messageId } of received) {
      this.#receive(client, messageId, { cmd: 'publish', topic: '', payload: '', qos: 2, retain: false })
    }
    this.#wills.restore(wills)
    for (let after: string | null = null; ; ) {
      const page = await this.#store.retained(after)
      for (const message of page.messages) this.#retained.restore(message, page.own)
      if (page.next === null) break
      after = page.next
    }
  }

  /** Resolves when everything so far is durable. */
  settled(): Promise<void> {
    return this.#journal.settled()
  }

  /** Whether so much is pending that clients have to wait for the disk. */
  get isBehind(): boolean {
    return this.#journal.isBehind
  }

  async destroy(): Promise<void> {
    await this.#journal.close()
  }

  // Sessions

  /** The user of a session; undefined when there is none. */
  ownerOf(client: string): string | null | undefined {
    const session = this.#sessions.get(client)
    return session?.kept === true ? session.user : undefined
  }

  /** Creates or takes over a persistent session. Returns why that is refused, or null. */
  keep(client: string, user: string | null): string | null {
    const resumed = this.#sessions.get(client)?.kept === true
    const { sessions, userSessions } = this.#rules.limits
    const kept = resumed ? [] : [...this.#sessions.values()].filter((session) => session.kept)
    if (kept.length >= sessions) return `more than ${sessions} sessions`
    if (user !== null && kept.filter((session) => session.user === user).length >= userSessions)
      return `more than ${userSessions} sessions of one user`
    const at = this.#rules.now()
    Object.assign(this.#session(client), { user, at, kept: true, resumed })
    this.#journal.add({ kind: 'owner', client, user, at })
    return null
  }

  /** The connection has ended, and with it a clean session (MQTT-3.1.2-6). */
  left(client: string): void {
    const session = this.#sessions.get(client)
    if (session === undefined) return
    if (!session.kept) return this.#forget(client)
    session.at = this.#rules.now()
    this.#journal.add({ kind: 'left', client, at: session.at })
  }

  /** Ends sessions whose clients have not connected since. */
  expire(before: number, isConnected: (client: string) => boolean): void {
    for (const [client, session] of this.#sessions)
      if (session.kept && session.at < before && !isConnected(client)) this.#forget(client)
  }

  // Retained messages

  /** Why a retained message of a client is refused, or null. */
  refusesRetained(packet: Pick<BrokerPacket, 'topic' | 'payload'>): string | null {
    return this.#retained.refuses(packet)
  }

  async storeRetained(packet: BrokerPacket): Promise<void> {
    this.#retained.store(packet, this.ours)
  }

  createRetainedStream(filter: string): Readable {
    return this.#retained.stream([filter])
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    return this.#retained.stream(filters)
  }

  // Subscriptions

  /** Why another subscription of a client is refused, or null. */
  refusesSubscription(client: string, user: string | null, topic: string): string | null {
    const held = this.#sessions.get(client)?.subscriptions
    return refusesFilter(topic, held, this.#held.get(user) ?? 0, this.#rules.limits)
  }

  /** An unchanged subscription is free. */
  async addSubscriptions(
    client: AedesClient,
    subscriptions: readonly Subscription[],
    user: string | null = null,
  ): Promise<void> {
    const session = this.#session(client.id, user)
    const isKept = client.clean !== true
    for (const subscription of subscriptions) {
      const { topic, qos } = subscription
      const before = session.subscriptions.get(topic)
      if (before?.qos !== qos && isKept)
        this.#journal.add({ kind: 'subscribe', client: client.id, subscription: { topic, qos } })
      this.#subscribe(client.id, subscription, isKept)
    }
  }

  async removeSubscriptions(client: AedesClient, topics: readonly string[]): Promise<void> {
    const session = this.#sessions.get(client.id)
    if (session === undefined) return
    for (const topic of topics) {
      if (!session.subscriptions.delete(topic)) continue
      this.#hold(session.user, -1)
      this.#filters.delete(topic, client.id)
      if (client.clean !== true) this.#journal.add({ kind: 'unsubscribe', client: client.id, topic })
    }
    this.#tidy(client.id)
  }

  /** Whether it is an existing filter of the session, not one that is being requested. */
  isRestored(client: string, subscription: { readonly topic: string }): boolean {
    return this.#sessions.get(client)?.subscriptions.get(subscription.topic) === subscription
  }

  isResumed(client: string): boolean {
    return this.#sessions.get(client)?.resumed === true
  }

  /** The QoS of a topic for a client, the highest of its matching filters; null when none matches. */
  qosFor(client: string, topic: string): number | null {
    return this.#sessions.get(client)?.subscriptions.qosFor(topic) ?? null
  }

  async subscriptionsByClient(client: AedesClient): Promise<Subscription[]> {
    return [...(this.#sessions.get(client.id)?.subscriptions.values() ?? [])]
  }

  async subscriptionsByTopic(topic: string): Promise<(Subscription & { readonly clientId: string })[]> {
    return [...this.#filters.filtersFor(topic)]
  }

  async countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
    const clients = [...this.#sessions.values()].filter(({ subscriptions }) => subscriptions.size > 0)
    return { subsCount: this.#filters.size, clientsCount: clients.length }
  }

  /** A client connects with a clean session: its stored one is deleted. */
  async cleanSubscriptions(client: AedesClient): Promise<void> {
    this.#forget(client.id)
  }

  getClientList(topic: string): Readable {
    return Readable.from(
      [...this.#sessions].flatMap(([id, { subscriptions }]) => (subscriptions.get(topic) === undefined ? [] : [id])),
    )
  }

  // Messages to clients

  async outgoingEnqueue(subscription: { clientId: string; qos?: number }, packet: BrokerPacket): Promise<void> {
    return this.outgoingEnqueueCombi([subscription], packet)
  }

  async outgoingEnqueueCombi(
    subscriptions: readonly { clientId: string; qos?: number }[],
    packet: BrokerPacket,
  ): Promise<void> {
    this.#queues.add(subscriptions, packet)
  }

  /** The message is sent with this packet identifier, or with the one that is set in it. */
  async outgoingUpdate(client: AedesClient, packet: BrokerPacket): Promise<void> {
    if (packet.cmd !== 'publish' || packet.qos > 0) this.#queues.number(client.id, packet)
  }

  /** aedes also calls it for unsent messages, which have no identifier and are kept. */
  async outgoingClearMessageId(client: AedesClient, packet: BrokerPacket): Promise<unknown> {
    return packet.messageId === undefined ? undefined : this.#queues.acknowledge(client.id, packet.messageId)
  }

  /** The client is not allowed to have it after all. */
  withdraw(client: string, packet: BrokerPacket): void {
    this.#queues.withdraw(client, packet)
  }

  outgoingStream(client: AedesClient): Readable {
    return Readable.from(this.#queues.packets(client.id))
  }

  // QoS 2 from clients

  async incomingStorePacket(client: AedesClient, packet: BrokerPacket): Promise<void> {
    const { messageId = 0 } = packet
    if (client.clean !== true) this.#journal.add({ kind: 'received', client: client.id, messageId })
    this.#receive(client.id, messageId, copyOf(packet))
  }

  async incomingGetPacket(client: AedesClient, { messageId = 0 }: BrokerPacket): Promise<BrokerPacket> {
    const packet = this.#sessions.get(client.id)?.received.get(messageId)
    if (packet === undefined) throw new Error('no such packet')
    return packet
  }

  async incomingDelPacket(client: AedesClient, { messageId = 0 }: BrokerPacket): Promise<void> {
    if (this.#sessions.get(client.id)?.received.delete(messageId) !== true) throw new Error('no such packet')
    if (client.clean !== true) this.#journal.add({ kind: 'completed', client: client.id, messageId })
    this.#tidy(client.id)
  }

  async cleanIncoming(client: AedesClient): Promise<void> {
    const session = this.#sessions.get(client.id)
    if (session === undefined || session.received.size === 0) return
    session.received.clear()
    this.#journal.add({ kind: 'completed_all', client: client.id })
    this.#tidy(client.id)
  }

  // Wills

  async putWill(client: AedesClient, packet: Will): Promise<void> {
    packet.brokerId = this.#broker?.id ?? ''
    packet.clientId = client.id
    this.#wills.put(packet)
  }

  async getWill(client: AedesClient): Promise<Will | undefined> {
    return this.#wills.get(client.id)
  }

  async delWill(client: AedesClient): Promise<Will | undefined> {
    return this.#wills.delete(client.id)
  }

  streamWill(brokers: Readonly<Record<string, unknown>> = {}): Readable {
    return Readable.from(this.#wills.leftBehind(brokers))
  }

  // Within

  #session(client: string, user: string | null = null): Session {
    let session = this.#sessions.get(client)
    if (session === undefined) {
      session = {
        user,
        at: this.#rules.now(),
        kept: false,
        resumed: false,
        subscriptions: new Subscriptions(),
        received: new Map(),
      }
      this.#sessions.set(client, session)
    }
    return session
  }

  #tidy(client: string): void {
    const session = this.#sessions.get(client)
    if (session === undefined || session.kept || session.subscriptions.size + session.received.size > 0) return
    if (this.#queues.isEmpty(client)) this.#sessions.delete(client)
  }

  #forget(client: string): void {
    const session = this.#sessions.get(client)
    if (session?.kept === true || !this.#queues.isEmpty(client)) this.#journal.add({ kind: 'forget', client })
    this.#queues.forget(client)
    if (session === undefined) return
    for (const topic of session.subscriptions.topics()) this.#filters.delete(topic, client)
    this.#hold(session.user, -session.subscriptions.size)
    this.#sessions.delete(client)
  }

  /** A session with more incomplete publishes drops the oldest: the number is limited over all its connections. */
  #receive(client: string, messageId: number, packet: BrokerPacket): void {
    const { received } = this.#session(client)
    received.set(messageId, { ...packet, messageId })
    const [oldest] = received.keys()
    if (received.size <= maxReceived || oldest === undefined) return
    received.delete(oldest)
    this.#journal.add({ kind: 'completed', client, messageId: oldest })
    this.#rules.overflowed(client, 'received')
  }

  #subscribe(client: string, { subscriptionIdentifier, ...subscription }: Subscription, isKept: boolean): void {
    const { topic, qos } = subscription
    const { subscriptions, user } = this.#session(client)
    if (subscriptions.get(topic) === undefined) this.#hold(user, 1)
    subscriptions.set(subscriptionIdentifier === undefined ? subscription : { ...subscription, subscriptionIdentifier })
    if (qos > 0 && isKept) this.#filters.set(topic, client, { clientId: client, ...subscription })
    else this.#filters.delete(topic, client)
  }

  #hold(user: string | null, more: number): void {
    const held = (this.#held.get(user) ?? 0) + more
    if (held > 0) this.#held.set(user, held)
    else this.#held.delete(user)
  }
}
