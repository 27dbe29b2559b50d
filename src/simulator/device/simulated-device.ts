import { assemblyKey, join } from '../../sms/join-segments.ts'
import type { Deliver } from '../../sms/tpdu.ts'
import type { Call } from '../network/call.ts'
import type { SimulatedNetwork } from '../network/network.ts'
import { tpduIn } from '../network/network-tpdu.ts'
import { type Party, partyOf } from '../network/party.ts'
import type { Receipt, Subscriber } from '../network/subscriber.ts'

export interface DelayedText {
  readonly text: string
  readonly afterMs: number
}

/** Answers of a device to a text, with their delays; possibly none. */
export interface Answerer {
  answer(text: string, from: Party): readonly DelayedText[]
  /** Answers to a call, which the device rejects. */
  rung?(from: Party): readonly DelayedText[]
}

export interface DeviceOptions {
  readonly network: SimulatedNetwork
  readonly number: Party
  readonly answerer: Answerer
}

/** A received text, its segments joined. */
export interface ReceivedText {
  /** Wall time in milliseconds since 1970. */
  readonly at: number
  readonly from: Party
  readonly text: string
}

/** Older segments belong to a message that was never completed; its reference may be reused. */
const assemblyMs = 3_600_000

/** Texts kept in memory. */
const maxReceived = 10_000

/** A subscriber that answers texts. It accepts every text, and rejects calls as gate openers do. */
export class SimulatedDevice implements Subscriber {
  readonly number: Party
  readonly #network: SimulatedNetwork
  /** May be replaced at run time. */
  answerer: Answerer
  #received: ReceivedText[] = []
  readonly #rung: { readonly at: number; readonly from: Party }[] = []
  readonly #segments = new Map<string, { at: number; deliver: Deliver }[]>()

  constructor({ network, number, answerer }: DeviceOptions) {
    this.number = number
    this.#network = network
    this.answerer = answerer
    network.join(this)
  }

  /** Received calls, the newest last. */
  get rung(): readonly { readonly at: number; readonly from: Party }[] {
    return this.#rung
  }

  /** Received texts, the newest last. */
  get received(): readonly ReceivedText[] {
    return this.#received
  }

  /** Sends a text unasked: an alarm, a position. */
  send(to: Party, text: string): void {
    this.#network.text({ from: this.number, to, text })
  }

  receive(pdu: string, answer: (receipt: Receipt) => void): void {
    const tpdu = tpduIn(pdu)
    if (tpdu?.type === 'deliver') this.#take(tpdu)
    answer('taken')
  }

  ring(call: Call): void {
    call.hangUp('BUSY')
    this.#rung.push({ at: this.#network.clock.wall(), from: call.from })
    this.#reply(call.from, this.answerer.rung?.(call.from) ?? [])
  }

  #take(deliver: Deliver): void {
    const key = assemblyKey(deliver, this.number)
    if (key === null) return this.#read(deliver, deliver.text ?? '')
    const now = this.#network.clock.monotonic()
    const earlier = (this.#segments.get(key) ?? []).filter(({ at }) => now - at < assemblyMs)
    const parts = [{ at: now, deliver }, ...earlier]
    const { text = '', missing } = join(
      parts.flatMap(({ deliver: part }) => (part.concat ? [{ ...part, concat: part.concat }] : [])),
    )
    if (missing.length > 0) {
      this.#segments.set(key, parts)
      return
    }
    this.#segments.delete(key)
    this.#read(deliver, text)
  }

  #read({ address }: Deliver, text: string): void {
    const from = partyOf(address, '')
    const { clock } = this.#network
    this.#received.push({ at: clock.wall(), from, text })
    if (this.#received.length >= 2 * maxReceived) this.#received = this.#received.slice(-maxReceived)
    this.#reply(from, this.answerer.answer(text, from))
  }

  #reply(to: Party, replies: readonly DelayedText[]): void {
    for (const { text, afterMs } of replies) this.#network.clock.after(afterMs, () => this.send(to, text))
  }
}
