import type { SavedSessions } from '../../message/broker-session.ts'
import { type BrokerPacket, bufferOf, copyOf, octets, restored } from './broker-packet.ts'
import type { Journal } from './journal.ts'
import { type Body, OutgoingQueue, type Totals } from './outgoing.ts'

export interface QueueLimits {
  /** Limits of a session's queue; beyond them the oldest messages are dropped. */
  readonly sessionQueue: number
  readonly sessionOctets: number
  /** Limits of all queues together. */
  readonly queued: number
  readonly queuedOctets: number
}

type Overflowed = (client: string, why: 'session' | 'all') => void

/** Queues of sessions: a message is stored once, in memory and on the disk, for all of them. */
export class SessionQueues {
  readonly #limits: QueueLimits
  readonly #journal: Journal
  readonly #overflowed: Overflowed
  readonly #queues = new Map<string, OutgoingQueue>()
  readonly #totals: Totals = { messages: 0, octets: 0 }
  #seq = 0

  constructor(limits: QueueLimits, journal: Journal, overflowed: Overflowed) {
    this.#limits = limits
    this.#journal = journal
    this.#overflowed = overflowed
  }

  restore({ packets, bodies }: Pick<SavedSessions, 'packets' | 'bodies'>): void {
    const known = new Map(bodies.map((body): [number, Body] => [body.id, { ...body, holders: 0 }]))
    for (const row of packets) {
      const body = row.body === null ? null : (known.get(row.body) ?? null)
      const queue = this.#of(row.client)
      const entry = queue.add(row.seq, restored(row, body ?? { topic: '', payload: new Uint8Array() }), body)
      if (entry !== null && row.released && row.messageId !== null) queue.release(entry, row.messageId)
      this.#seq = Math.max(this.#seq, row.seq, row.body ?? 0)
    }
  }

  isEmpty(client: string): boolean {
    return (this.#queues.get(client)?.size ?? 0) === 0
  }

  packets(client: string): ReturnType<OutgoingQueue['packets']> {
    return this.#queues.get(client)?.packets() ?? []
  }

  /** Once per client, at the highest QoS of its filters (MQTT-3.3.5-1). */
  add(subscriptions: readonly { clientId: string; qos?: number }[], packet: BrokerPacket): void {
    const granted = new Map<string, number>()
    for (const { clientId, qos = packet.qos } of subscriptions)
      granted.set(clientId, Math.max(granted.get(clientId) ?? 0, qos))
    if (granted.size === 0) return
    const body = this.#bodyOf(packet)
    for (const [client, qos] of granted) this.#enqueue(client, packet, Math.min(qos, packet.qos), body)
  }

  /**
   * The message is sent with this packet identifier. One that is not in the queue was published while its client
   * subscribed: it is queued now, so that neither it nor the connection is lost.
   */
  number(client: string, packet: BrokerPacket): void {
    const queue = this.#of(client)
    const entry = queue.find(packet)
    const { messageId } = packet
    if (entry === undefined) {
      if (packet.cmd !== 'publish') throw new Error('no such packet')
      this.#enqueue(client, packet, packet.qos, this.#bodyOf(packet), messageId)
    } else if (messageId === undefined) return
    else if (packet.cmd === 'pubrel') {
      queue.release(entry, messageId)
      this.#journal.add({ kind: 'release', seq: entry.seq, messageId })
    } else {
      packet.messageId = queue.number(entry, messageId)
      this.#journal.add({ kind: 'number', seq: entry.seq, messageId: packet.messageId })
    }
  }

  /** Removes the message with this packet identifier. */
  acknowledge(client: string, messageId: number): unknown {
    const entry = this.#queues.get(client)?.find({ messageId })
    if (entry !== undefined) this.#drop(client, entry)
    return entry?.packet
  }

  withdraw(client: string, packet: BrokerPacket): void {
    const entry = this.#queues.get(client)?.find({ ...packet, messageId: undefined })
    if (entry !== undefined) this.#drop(client, entry)
  }

  /** The rows of a deleted session are deleted with it. */
  forget(client: string): void {
    this.#queues.get(client)?.clear()
    this.#queues.delete(client)
  }

  #of(client: string): OutgoingQueue {
    const queue = this.#queues.get(client) ?? new OutgoingQueue(this.#totals)
    this.#queues.set(client, queue)
    return queue
  }

  #bodyOf({ topic, payload }: BrokerPacket): Body {
    return { id: ++this.#seq, topic, payload: octets(payload), holders: 0 }
  }

  /** A queued message is not marked as retained (MQTT-3.3.1-9). */
  #enqueue(client: string, packet: BrokerPacket, qos: number, body: Body, messageId?: number): void {
    const queue = this.#of(client)
    const seq = ++this.#seq
    const queued = { ...copyOf(packet), payload: heldBy(packet, body), retain: false, qos, messageId }
    if (queue.add(seq, queued, body) === null) return
    const { id, topic, payload } = body
    const row = { seq, client, body: { id, topic, payload }, qos, messageId: messageId ?? null, released: false }
    this.#journal.add({ kind: 'enqueue', packet: row })
    this.#shorten(client, queue)
  }

  /** Limits one queue, and then all of them: the largest loses first. */
  #shorten(client: string, own: OutgoingQueue): void {
    const { sessionQueue, sessionOctets, queued, queuedOctets } = this.#limits
    while (own.size > sessionQueue || (own.octets > sessionOctets && own.size > 1))
      this.#dropOldest(client, own, 'session')
    while (this.#totals.messages > queued || this.#totals.octets > queuedOctets) {
      let [largest, queue] = [client, own]
      for (const [id, other] of this.#queues) if (other.octets > queue.octets) [largest, queue] = [id, other]
      this.#dropOldest(largest, queue, 'all')
    }
  }

  #dropOldest(client: string, queue: OutgoingQueue, why: 'session' | 'all'): void {
    const oldest = queue.oldest()
    if (oldest === undefined) return
    this.#drop(client, oldest)
    this.#overflowed(client, why)
  }

  #drop(client: string, entry: NonNullable<ReturnType<OutgoingQueue['find']>>): void {
    const queue = this.#queues.get(client)
    queue?.remove(entry)
    if (queue?.size === 0) this.#queues.delete(client)
    this.#journal.add({ kind: 'dequeue', seq: entry.seq })
  }
}

/** Its payload from the shared body; strings of aedes stay strings. */
function heldBy({ payload }: BrokerPacket, body: Body): Uint8Array | string {
  return typeof payload === 'string' ? payload : bufferOf(body.payload)
}
