import type { BrokerPacket } from './broker-packet.ts'

interface Entry {
  readonly seq: number
  readonly key: string
  packet: BrokerPacket | { cmd: 'pubrel'; messageId: number }
  readonly octets: number
}

/** What is remembered of one client's queue: found by place, by origin and by packet identifier alike. */
export class OutgoingQueue {
  readonly #entries = new Map<string, Entry>()
  readonly #numbered = new Map<number, Entry>()
  #octets = 0

  get size(): number {
    return this.#entries.size
  }

  get octets(): number {
    return this.#octets
  }

  /** Adds a message once, however many subscriptions ask for it. Null when it is there already. */
  add(seq: number, packet: BrokerPacket): Entry | null {
    const key = keyOf(packet, seq)
    if (this.#entries.has(key)) return null
    const entry = { seq, key, packet, octets: packet.payload.length + packet.topic.length }
    this.#entries.set(key, entry)
    this.#octets += entry.octets
    if (packet.messageId !== undefined) this.#numbered.set(packet.messageId, entry)
    return entry
  }

  find(packet: { brokerId?: string; brokerCounter?: number; messageId?: number | undefined }): Entry | undefined {
    const byOrigin = packet.brokerId === undefined ? undefined : this.#entries.get(keyOf(packet, 0))
    return byOrigin ?? (packet.messageId === undefined ? undefined : this.#numbered.get(packet.messageId))
  }

  number(entry: Entry, messageId: number): void {
    entry.packet.messageId = messageId
    this.#numbered.set(messageId, entry)
  }

  release(entry: Entry, messageId: number): void {
    entry.packet = { cmd: 'pubrel', messageId }
    this.#numbered.set(messageId, entry)
  }

  remove(entry: Entry): void {
    if (!this.#entries.delete(entry.key)) return
    this.#octets -= entry.octets
    const { messageId } = entry.packet
    if (messageId !== undefined && this.#numbered.get(messageId) === entry) this.#numbered.delete(messageId)
  }

  oldest(): Entry | undefined {
    return this.#entries.values().next().value
  }

  packets(): Entry['packet'][] {
    return [...this.#entries.values()].map(({ packet }) => packet)
  }
}

function keyOf({ brokerId, brokerCounter }: { brokerId?: string; brokerCounter?: number }, seq: number): string {
  return brokerId === undefined ? `#${seq}` : `${brokerId}:${brokerCounter}`
}
