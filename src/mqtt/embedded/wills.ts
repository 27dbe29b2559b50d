import type { StoredWill } from '../../message/broker-session.ts'
import { type BrokerPacket, octets } from './broker-packet.ts'
import type { Journal } from './journal.ts'

export type Will = BrokerPacket & { clientId?: string; brokerId?: string }

/** Wills by client. One that remains from a run of the broker is published by the next. */
export class Wills {
  readonly #journal: Journal
  readonly #wills = new Map<string, Will>()

  constructor(journal: Journal) {
    this.#journal = journal
  }

  restore(wills: readonly StoredWill[]): void {
    for (const { client, broker, topic, payload, qos, retain } of wills) {
      const packet = { cmd: 'publish', topic, payload: Buffer.from(payload), qos, retain }
      this.#wills.set(client, { ...packet, clientId: client, brokerId: broker })
    }
  }

  put(packet: Will): void {
    const { clientId: client = '', brokerId: broker = '', topic, payload, qos, retain } = packet
    this.#wills.set(client, packet)
    this.#journal.add({ kind: 'will', will: { client, broker, topic, payload: octets(payload), qos, retain } })
  }

  get(client: string): Will | undefined {
    return this.#wills.get(client)
  }

  delete(client: string): Will | undefined {
    const will = this.#wills.get(client)
    if (will === undefined) return undefined
    this.#wills.delete(client)
    this.#journal.add({ kind: 'no_will', client })
    return will
  }

  /** Wills of brokers that no longer run. */
  leftBehind(brokers: Readonly<Record<string, unknown>>): Will[] {
    return [...this.#wills.values()].filter(({ brokerId = '' }) => !Object.hasOwn(brokers, brokerId))
  }
}
