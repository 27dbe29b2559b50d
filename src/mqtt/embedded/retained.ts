import { Readable } from 'node:stream'
import type { RetainedMessage } from '../../message/broker-session.ts'
import { type BrokerPacket, detached, octets, retainedPacket } from './broker-packet.ts'
import type { Journal } from './journal.ts'
import { TopicTree } from './topic-tree.ts'

export interface RetainedLimits {
  /** Retained messages of clients, and their total octets. */
  readonly retained: number
  readonly retainedOctets: number
}

/** Memory of a topic level in the tree. */
const levelOctets = 200
/** Topics visited before yielding to other work. */
const yieldEvery = 500

/** Retained messages: the hub's own, which are in its store anyway, and those of other clients, which are limited. */
export class Retained {
  readonly #limits: RetainedLimits
  readonly #journal: Journal
  readonly #messages = new TopicTree<BrokerPacket>()
  /** Octets of the messages of other clients. */
  readonly #foreign = new Map<string, number>()
  #octets = 0

  constructor(limits: RetainedLimits, journal: Journal) {
    this.#limits = limits
    this.#journal = journal
  }

  restore(message: RetainedMessage, own: boolean): void {
    this.#messages.set(message.topic, '', retainedPacket(message))
    if (!own) this.#weigh(message.topic, weightOf(message))
  }

  /** Why a message of another client is refused, or null. */
  refuses(message: Pick<BrokerPacket, 'topic' | 'payload'>): string | null {
    if (message.payload.length === 0) return null
    const { retained, retainedOctets } = this.#limits
    const before = this.#foreign.get(message.topic)
    if (before === undefined && this.#foreign.size >= retained) return `more than ${retained} retained messages`
    if (this.#octets - (before ?? 0) + weightOf(message) > retainedOctets)
      return `retained messages of more than ${retainedOctets} octets together`
    return null
  }

  store(packet: BrokerPacket, own: boolean): void {
    const { topic, payload, qos } = packet
    const wasForeign = this.#foreign.has(topic)
    if (payload.length === 0) this.#messages.delete(topic, '')
    else this.#messages.set(topic, '', { ...packet, payload: detached(payload) })
    this.#weigh(topic, own || payload.length === 0 ? 0 : weightOf(packet))
    if (!own) this.#journal.add({ kind: 'retain', message: { topic, payload: octets(payload), qos } })
    else if (wasForeign) this.#journal.add({ kind: 'retain', message: { topic, payload: new Uint8Array(), qos } })
  }

  /** Messages that the filters match, each once. Yields regularly for filters that visit many topics. */
  stream(filters: readonly string[]): Readable {
    return Readable.from(this.#taken(filters))
  }

  async *#taken(filters: readonly string[]): AsyncGenerator<BrokerPacket> {
    const found = new Set<BrokerPacket>()
    let steps = 0
    for (const filter of filters) {
      for (const packet of this.#messages.walk(filter)) {
        if (++steps % yieldEvery === 0) await new Promise<void>((resolve) => setImmediate(resolve))
        if (packet === null || found.has(packet)) continue
        found.add(packet)
        yield packet
      }
    }
  }

  #weigh(topic: string, weight: number): void {
    this.#octets += weight - (this.#foreign.get(topic) ?? 0)
    if (weight === 0) this.#foreign.delete(topic)
    else this.#foreign.set(topic, weight)
  }
}

function weightOf({ topic, payload }: Pick<BrokerPacket, 'topic' | 'payload'>): number {
  return topic.length + payload.length + topic.split('/').length * levelOctets
}
