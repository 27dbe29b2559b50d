import { Readable } from 'node:stream'
import type { SessionBounds, SessionStore } from '../../message/session.ts'
import type { Clock } from '../../util/clock.ts'
import { type BrokerPacket, copyOf } from './broker-packet.ts'
import { Journal } from './journal.ts'
import { Retained } from './retained.ts'
import { type QueueLimits, SessionQueues } from './session-queues.ts'
import { refusesFilter, type Subscription, type SubscriptionLimits, Subscriptions } from './subscriptions.ts'
import { TopicTree } from './topic-tree.ts'
import { type Will, Wills } from './wills.ts'

export interface SessionLimits extends SessionBounds, SubscriptionLimits, QueueLimits {
  /** Sessions that outlive their connections: of all clients together, and of one user. */
  readonly sessions: number
  readonly userSessions: number
}

/** A session has lost its oldest message, for its own sake or for that of all, or its oldest half-done QoS 2 publish. */
export type Overflow = 'session' | 'all' | 'received'

/** QoS 2 publishes of one session that wait for their PUBREL; aedes bounds those of one connection in the same way. */
const mostReceived = 1_000

export interface SessionRules {
  readonly limits: SessionLimits
  /** Wall time in ms. */
  now(): number
  overflowed(client: string, why: Overflow): void
  /** The store held more than the limits allow: so many messages were dropped when it was read. */
  dropped(counts: { readonly queued: number; readonly retained: number }): void
}

interface Session {
  user: string | null
  /** When it was last connected. */
  at: number
  /** Outlives its connection: it is in the store. */
  kept: boolean
  /** It was there before its client's present connection. */
  resumed: boolean
  readonly subscriptions: Subscriptions
  readonly received: Map<number, BrokerPacket>
}

interface AedesClient {
  readonly id: string
  readonly clean?: boolean
}

/**
 * What aedes keeps for its clients: in memory, with every change written behind it (see Journal), so that the order
 * of events is that of memory and `settled` is that of the disk. Passes `aedes-persistence/abstract`.
 */
export class SessionPersistence {
  readonly #store: SessionStore
  readonly #rules: SessionRules
  readonly #journal: Journal
  readonly #sessions = new Map<string, Session>()
  readonly #retained: Retained
  /** Those of sessions that outlive their connections. */
  readonly #filters = new TopicTree<Subscription & { readonly clientId: string }>()
  /** Filters by user. */
  readonly #held = new Map<string | null, number>()
  readonly #queues: SessionQueues
  readonly #wills: Wills
  #broker: { readonly id: string } | null = null
  /** The message that is being published is the hub's own: the store has it already. */
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

  /** Resolves when everything up to now is on the disk. */
  settled(): Promise<void> {
    return this.#journal.settled()
  }

  /** Whether so much waits for the disk that clients have to wait too. */
  get isBehind(): boolean {
    return this.#journal.isBehind
  }

  async destroy(): Promise<void> {
    await this.#journal.close()
  }

  // Sessions

  /** Whose session it is; undefined when there is none. */
  ownerOf(client: string): string | null | undefined {
    const session = this.#sessions.get(client)
    return session?.kept === true ? session.user : undefined
  }

  /** Makes or takes over a session that outlives its connection. Answers why it may not; null when it may. */
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

  /** Its connection has ended; so does a session that was not to outlive it (MQTT-3.1.2-6). */
  left(client: string): void {
    const session = this.#sessions.get(client)
    if (session === undefined) return
    if (!session.kept) return this.#forget(client)
    session.at = this.#rules.now()
    this.#journal.add({ kind: 'left', client, at: session.at })
  }

  /** Ends sessions whose clients have not been seen since. */
  expire(before: number, isConnected: (client: string) => boolean): void {
    for (const [client, session] of this.#sessions)
      if (session.kept && session.at < before && !isConnected(client)) this.#forget(client)
  }

  // Retained messages

  /** Why there is no room for a retained message of a client; null when there is. */
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

  /** Why a client may not subscribe to one filter more; null when it may. */
  refusesSubscription(client: string, user: string | null, topic: string): string | null {
    const held = this.#sessions.get(client)?.subscriptions
    return refusesFilter(topic, held, this.#held.get(user) ?? 0, this.#rules.limits)
  }

  /** One that stands already as it is costs nothing. */
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

  /** Whether it is a filter of the session as it stands, not one that a client asks for now. */
  isRestored(client: string, subscription: { readonly topic: string }): boolean {
    return this.#sessions.get(client)?.subscriptions.get(subscription.topic) === subscription
  }

  isResumed(client: string): boolean {
    return this.#sessions.get(client)?.resumed === true
  }

  /** The QoS at which a client takes a topic, by whichever of its filters grants most; null when none takes it. */
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

  /** A client that connects clean: whatever was kept for it goes. */
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

  /** The message goes out under this packet identifier, or under the one that is written into it. */
  async outgoingUpdate(client: AedesClient, packet: BrokerPacket): Promise<void> {
    if (packet.cmd !== 'publish' || packet.qos > 0) this.#queues.number(client.id, packet)
  }

  /** aedes calls it for messages that were not sent too; those have no identifier and stay somebody else's. */
  async outgoingClearMessageId(client: AedesClient, packet: BrokerPacket): Promise<unknown> {
    return packet.messageId === undefined ? undefined : this.#queues.acknowledge(client.id, packet.messageId)
  }

  /** The client may not have it after all. */
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

  /** A session of which more is half-done forgets the oldest: what it keeps is bounded over all its connections. */
  #receive(client: string, messageId: number, packet: BrokerPacket): void {
    const { received } = this.#session(client)
    received.set(messageId, { ...packet, messageId })
    const [oldest] = received.keys()
    if (received.size <= mostReceived || oldest === undefined) return
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
