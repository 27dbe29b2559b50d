import type { BrokerPacket } from './broker-packet.ts'

/** A stored message, shared by all sessions. */
export interface Body {
  readonly id: number
  readonly topic: string
  readonly payload: Uint8Array
  /** Number of queue entries with it. */
  holders: number
}

interface Entry {
  readonly seq: number
  readonly key: string
  packet: BrokerPacket | { cmd: 'pubrel'; messageId: number }
  readonly octets: number
  /** Null when only the PUBREL is outstanding. */
  body: Body | null
}

/** Overhead of an entry. */
const entryOctets = 256

/** Totals of all queues; a shared message counts once. */
export interface Totals {
  messages: number
  octets: number
}

/** The queue of a client, indexed by position, by origin and by packet identifier. */
export class OutgoingQueue {
  readonly #totals: Totals
  readonly #entries = new Map<string, Entry>()
  readonly #numbered = new Map<number, Entry>()
  #octets = 0

  constructor(totals: Totals) {
    this.#totals = totals
  }

  get size(): number {
    return this.#entries.size
  }

  get octets(): number {
    return this.#octets
  }

  /** Adds a message once, however many subscriptions match it. Null when it is queued already. */
  add(seq: number, packet: BrokerPacket, body: Body | null): Entry | null {
    const key = keyOf(packet, seq)
    if (this.#entries.has(key)) return null
    const entry: Entry = { seq, key, packet, octets: sizeOf(body), body }
    this.#entries.set(key, entry)
    this.#octets += entry.octets
    this.#totals.messages++
    this.#totals.octets += entryOctets
    if (body !== null && body.holders++ === 0) this.#totals.octets += sizeOf(body)
    if (packet.messageId !== undefined) this.#numbered.set(packet.messageId, entry)
    return entry
  }

  find(packet: { brokerId?: string; brokerCounter?: number; messageId?: number | undefined }): Entry | undefined {
    const byOrigin = packet.brokerId === undefined ? undefined : this.#entries.get(keyOf(packet, 0))
    return byOrigin ?? (packet.messageId === undefined ? undefined : this.#numbered.get(packet.messageId))
  }

  /** The packet identifier for an entry: the requested one, or a free one when that is in use. */
  number(entry: Entry, wanted: number): number {
    const holder = this.#numbered.get(wanted)
    let messageId = wanted
    if (holder !== undefined && holder !== entry)
      do messageId = (messageId % 65_535) + 1
      while (this.#numbered.has(messageId) && messageId !== wanted)
    entry.packet.messageId = messageId
    this.#numbered.set(messageId, entry)
    return messageId
  }

  release(entry: Entry, messageId: number): void {
    entry.packet = { cmd: 'pubrel', messageId }
    this.#letGo(entry)
    this.#numbered.set(messageId, entry)
  }

  remove(entry: Entry): void {
    if (!this.#entries.delete(entry.key)) return
    this.#octets -= entry.octets
    this.#totals.messages--
    this.#totals.octets -= entryOctets
    this.#letGo(entry)
    const { messageId } = entry.packet
    if (messageId !== undefined && this.#numbered.get(messageId) === entry) this.#numbered.delete(messageId)
  }

  clear(): void {
    for (const entry of [...this.#entries.values()]) this.remove(entry)
  }

  oldest(): Entry | undefined {
    return this.#entries.values().next().value
  }

  packets(): Entry['packet'][] {
    return [...this.#entries.values()].map(({ packet }) => packet)
  }

  #letGo(entry: Entry): void {
    const { body } = entry
    entry.body = null
    if (body !== null && --body.holders === 0) this.#totals.octets -= sizeOf(body)
  }
}

function sizeOf(body: Body | null): number {
  return body === null ? 0 : body.payload.length + body.topic.length
}

function keyOf({ brokerId, brokerCounter }: { brokerId?: string; brokerCounter?: number }, seq: number): string {
  return brokerId === undefined ? `#${seq}` : `${brokerId}:${brokerCounter}`
}
