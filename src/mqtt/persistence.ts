import { Readable } from 'node:stream'
import type { SessionStore } from '../message/session.ts'
import type { Clock } from '../util/clock.ts'
import { type BrokerPacket, copyOf, detached, octets, restored, retainedPacket } from './broker-packet.ts'
import { Journal } from './journal.ts'
import { OutgoingQueue } from './outgoing.ts'
import { TopicTree } from './topic-tree.ts'
import { type Will, Wills } from './wills.ts'

export interface SessionRules {
  /** Messages and octets that a session may be owed; beyond that the oldest go. */
  readonly queue: number
  readonly octets: number
  /** Sessions that outlive their connections, all clients together. */
  readonly sessions: number
  /** Wall time in ms. */
  now(): number
  maySubscribe(client: string, filter: string): boolean
  /** A session has lost its oldest message. */
  overflowed(client: string): void
}

interface Subscription {
  readonly topic: string
  readonly qos: number
  readonly rh?: number
  readonly rap?: boolean
  readonly nl?: boolean
  readonly subscriptionIdentifier?: number
}

interface Session {
  user: string | null
  /** When it was last connected. */
  at: number
  /** Outlives its connection: it is in the store. */
  kept: boolean
  readonly subscriptions: Map<string, Subscription>
  readonly outgoing: OutgoingQueue
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
  readonly #retained = new TopicTree<BrokerPacket>()
  readonly #filters = new TopicTree<Subscription & { readonly clientId: string }>()
  readonly #wills: Wills
  #seq = 0
  #broker: { readonly id: string } | null = null
  /** The message that is being published is the hub's own: the store has it already. */
  ours = false

  constructor(store: SessionStore, rules: SessionRules, clock: Clock) {
    this.#store = store
    this.#rules = rules
    this.#journal = new Journal(store, clock)
    this.#wills = new Wills(this.#journal)
  }

  get broker(): { readonly id: string } | null {
    return this.#broker
  }

  async setup(broker: { readonly id: string }): Promise<void> {
    this.#broker = broker
    const { sessions, subscriptions, packets, received, wills } = await this.#store.load()
    for (const { client, user, at } of sessions) Object.assign(this.#session(client), { user, at, kept: true })
    for (const { client, topic, qos } of subscriptions) this.#subscribe(client, { topic, qos })
    for (const row of packets) {
      const queue = this.#session(row.client).outgoing
      const entry = queue.add(row.seq, restored(row))
      if (entry !== null && row.released && row.messageId !== null) queue.release(entry, row.messageId)
      this.#seq = Math.max(this.#seq, row.seq)
    }
    for (const { client, messageId } of received) {
      this.#session(client).received.set(messageId, { cmd: 'publish', topic: '', payload: '', qos: 2, retain: false })
    }
    this.#wills.restore(wills)
    for (let after: string | null = null; ; ) {
      const page = await this.#store.retained(after)
      for (const message of page.messages) this.#retained.set(message.topic, '', retainedPacket(message))
      if (page.next === null) break
      after = page.next
    }
  }

  /** Resolves when everything up to now is on the disk. */
  settled(): Promise<void> {
    return this.#journal.settled()
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

  /** Makes or takes over a session that outlives its connection. False when there are too many. */
  keep(client: string, user: string | null): boolean {
    const known = this.#sessions.get(client)?.kept === true
    if (!known && [...this.#sessions.values()].filter(({ kept }) => kept).length >= this.#rules.sessions) return false
    const at = this.#rules.now()
    Object.assign(this.#session(client), { user, at, kept: true })
    this.#journal.add({ kind: 'owner', client, user, at })
    return true
  }

  left(client: string): void {
    const session = this.#sessions.get(client)
    if (session === undefined || !session.kept) return
    session.at = this.#rules.now()
    this.#journal.add({ kind: 'left', client, at: session.at })
  }

  /** Ends sessions whose clients have not been seen since. */
  expire(before: number, isConnected: (client: string) => boolean): void {
    for (const [client, session] of this.#sessions)
      if (session.kept && session.at < before && !isConnected(client)) this.#forget(client)
  }

  // Retained messages

  async storeRetained(packet: BrokerPacket): Promise<void> {
    const { topic, payload, qos } = packet
    if (payload.length === 0) this.#retained.delete(topic, '')
    else this.#retained.set(topic, '', { ...packet, payload: detached(payload) })
    if (!this.ours) this.#journal.add({ kind: 'retain', message: { topic, payload: octets(payload), qos } })
  }

  createRetainedStream(filter: string): Readable {
    return this.createRetainedStreamCombi([filter])
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    const found = new Set<BrokerPacket>()
    for (const filter of filters) for (const packet of this.#retained.topicsFor(filter)) found.add(packet)
    return Readable.from([...found])
  }

  // Subscriptions

  /** aedes hands over all filters of a SUBSCRIBE when one of them is allowed: the others must not be kept. */
  async addSubscriptions(client: AedesClient, subscriptions: readonly Subscription[]): Promise<void> {
    for (const subscription of subscriptions) {
      if (!this.#rules.maySubscribe(client.id, subscription.topic)) continue
      this.#subscribe(client.id, subscription)
      const { topic, qos } = subscription
      this.#journal.add({ kind: 'subscribe', client: client.id, subscription: { topic, qos } })
    }
  }

  async removeSubscriptions(client: AedesClient, topics: readonly string[]): Promise<void> {
    const session = this.#sessions.get(client.id)
    for (const topic of topics) {
      if (session?.subscriptions.delete(topic) !== true) continue
      this.#filters.delete(topic, client.id)
      this.#journal.add({ kind: 'unsubscribe', client: client.id, topic })
    }
    this.#tidy(client.id)
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
      [...this.#sessions].flatMap(([id, { subscriptions }]) => (subscriptions.has(topic) ? [id] : [])),
    )
  }

  // Messages to clients

  async outgoingEnqueue(subscription: { clientId: string; qos?: number }, packet: BrokerPacket): Promise<void> {
    const { clientId: client, qos = packet.qos } = subscription
    this.#enqueue(client, { ...copyOf(packet), qos: Math.min(qos, packet.qos) })
  }

  async outgoingEnqueueCombi(
    subscriptions: readonly { clientId: string; qos?: number }[],
    packet: BrokerPacket,
  ): Promise<void> {
    for (const subscription of subscriptions) await this.outgoingEnqueue(subscription, packet)
  }

  /**
   * The message goes out under this packet identifier. One that is not in the queue was published while its client
   * subscribed: it is queued now, so that neither it nor the connection is lost.
   */
  async outgoingUpdate(client: AedesClient, packet: BrokerPacket): Promise<void> {
    const queue = this.#session(client.id).outgoing
    const entry = queue.find(packet)
    const { messageId } = packet
    if (entry === undefined) {
      if (packet.cmd !== 'publish') throw new Error('no such packet')
      this.#enqueue(client.id, { ...copyOf(packet), messageId })
      return
    }
    if (messageId === undefined) return
    if (packet.cmd === 'pubrel') {
      queue.release(entry, messageId)
      this.#journal.add({ kind: 'release', seq: entry.seq, messageId })
      return
    }
    queue.number(entry, messageId)
    if (packet.qos === 2) this.#journal.add({ kind: 'number', seq: entry.seq, messageId })
  }

  /** aedes calls it for messages that were not sent too; those have no identifier and stay somebody else's. */
  async outgoingClearMessageId(client: AedesClient, packet: BrokerPacket): Promise<unknown> {
    const queue = this.#sessions.get(client.id)?.outgoing
    const entry = packet.messageId === undefined ? undefined : queue?.find({ messageId: packet.messageId })
    if (entry === undefined) return undefined
    this.#drop(client.id, entry)
    return entry.packet
  }

  /** The client may not have it after all. */
  withdraw(client: string, packet: BrokerPacket): void {
    const entry = this.#sessions.get(client)?.outgoing.find({ ...packet, messageId: undefined })
    if (entry !== undefined) this.#drop(client, entry)
  }

  outgoingStream(client: AedesClient): Readable {
    return Readable.from(this.#sessions.get(client.id)?.outgoing.packets() ?? [])
  }

  // QoS 2 from clients

  async incomingStorePacket(client: AedesClient, packet: BrokerPacket): Promise<void> {
    const { messageId = 0 } = packet
    this.#session(client.id).received.set(messageId, { ...copyOf(packet), messageId })
    if (client.clean !== true) this.#journal.add({ kind: 'received', client: client.id, messageId })
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

  #session(client: string): Session {
    let session = this.#sessions.get(client)
    if (session === undefined) {
      session = {
        user: null,
        at: this.#rules.now(),
        kept: false,
        subscriptions: new Map(),
        outgoing: new OutgoingQueue(),
        received: new Map(),
      }
      this.#sessions.set(client, session)
    }
    return session
  }

  #tidy(client: string): void {
    const session = this.#sessions.get(client)
    if (session === undefined || session.kept || session.subscriptions.size + session.received.size > 0) return
    if (session.outgoing.size === 0) this.#sessions.delete(client)
  }

  #forget(client: string): void {
    const session = this.#sessions.get(client)
    if (session === undefined) return
    for (const topic of session.subscriptions.keys()) this.#filters.delete(topic, client)
    this.#sessions.delete(client)
    this.#journal.add({ kind: 'forget', client })
  }

  #subscribe(client: string, { subscriptionIdentifier, ...subscription }: Subscription): void {
    const { topic, qos } = subscription
    const identified = subscriptionIdentifier === undefined ? subscription : { ...subscription, subscriptionIdentifier }
    this.#session(client).subscriptions.set(topic, identified)
    if (qos > 0) this.#filters.set(topic, client, { clientId: client, ...subscription })
    else this.#filters.delete(topic, client)
  }

  #enqueue(client: string, packet: BrokerPacket): void {
    const { outgoing } = this.#session(client)
    const seq = ++this.#seq
    if (outgoing.add(seq, packet) === null) return
    const { topic, payload, qos, messageId = null } = packet
    this.#journal.add({
      kind: 'enqueue',
      packet: { seq, client, topic, payload: octets(payload), qos, messageId, released: false },
    })
    while (outgoing.size > this.#rules.queue || (outgoing.octets > this.#rules.octets && outgoing.size > 1)) {
      const oldest = outgoing.oldest()
      if (oldest === undefined) break
      this.#drop(client, oldest)
      this.#rules.overflowed(client)
    }
  }

  #drop(client: string, entry: NonNullable<ReturnType<OutgoingQueue['find']>>): void {
    this.#sessions.get(client)?.outgoing.remove(entry)
    this.#journal.add({ kind: 'dequeue', seq: entry.seq })
  }
}
