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

/** What a device says to a text, and how long after it (milliseconds). Nothing is an answer too. */
export interface Answerer {
  answer(text: string, from: Party): readonly DelayedText[]
  /** The same to a call, which the device rejects. */
  rung?(from: Party): readonly DelayedText[]
}

export interface DeviceOptions {
  readonly network: SimulatedNetwork
  readonly number: Party
  readonly answerer: Answerer
}

/** A text as a device or a person reads it: its segments joined. */
export interface ReceivedText {
  /** Wall time in milliseconds since 1970. */
  readonly at: number
  readonly from: Party
  readonly text: string
}

/** Segments that have waited longer belong to a message that never became whole; its reference may come back. */
const assemblyMs = 3_600_000

/** Texts that a device remembers. */
const mostReceived = 10_000

/** A subscriber that answers texts. It has room for every text, and rejects calls as gate openers do. */
export class SimulatedDevice implements Subscriber {
  readonly number: Party
  readonly #network: SimulatedNetwork
  readonly #answerer: Answerer
  #received: ReceivedText[] = []
  readonly #rung: { readonly at: number; readonly from: Party }[] = []
  readonly #segments = new Map<string, { at: number; deliver: Deliver }[]>()

  constructor({ network, number, answerer }: DeviceOptions) {
    this.number = number
    this.#network = network
    this.#answerer = answerer
    network.join(this)
  }

  /** Calls that came, the newest last. */
  get rung(): readonly { readonly at: number; readonly from: Party }[] {
    return this.#rung
  }

  /** What came, the newest last. */
  get received(): readonly ReceivedText[] {
    return this.#received
  }

  /** Tells something unasked: an alarm, a position. */
  say(to: Party, text: string): void {
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
    this.#say(call.from, this.#answerer.rung?.(call.from) ?? [])
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
    if (this.#received.length >= 2 * mostReceived) this.#received = this.#received.slice(-mostReceived)
    this.#say(from, this.#answerer.answer(text, from))
  }

  #say(to: Party, replies: readonly DelayedText[]): void {
    for (const { text, afterMs } of replies) this.#network.clock.after(afterMs, () => this.say(to, text))
  }
}
