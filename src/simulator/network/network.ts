import type { Concat } from '../../message/segment.ts'
import { encodePdu } from '../../sms/encode-pdu.ts'
import { segmentText } from '../../sms/segment-text.ts'
import type { Submit } from '../../sms/tpdu.ts'
import type { Clock } from '../../util/clock.ts'
import { calm, happens, type NetworkBehaviour, within } from './behaviour.ts'
import { Call } from './call.ts'
import { type NetworkEventKind, NetworkLog } from './network-log.ts'
import { textIn, tpduIn } from './network-tpdu.ts'
import { addressOf, type Party, partyOf } from './party.ts'
import { ServiceCentreClock } from './service-centre-clock.ts'
import { type Held, ServiceCentre } from './simulated-service-centre.ts'
import type { Subscriber } from './subscriber.ts'
import { validityMs } from './validity-period.ts'

export interface NetworkOptions {
  readonly clock: Clock
  readonly behaviour?: Partial<NetworkBehaviour>
  /** Country calling code of national numbers; 49 by default. */
  readonly country?: string
  /** Number of the service centre. */
  readonly serviceCentre?: Party
  /** Error of the service centre's clock (milliseconds, positive is fast), and its zone (minutes east). */
  readonly clockOffsetMs?: number
  readonly zoneMinutes?: number
  /** Answers to USSD codes: a text that ends the session, or a menu. */
  readonly ussd?: UssdMenu['choices']
  /** Minimum number of events in the log. */
  readonly logLimit?: number
}

/** A USSD menu: its text and its choices. */
export interface UssdMenu {
  readonly text: string
  readonly choices: Readonly<Record<string, string | UssdMenu>>
}

/** A text from outside the network, between any parties. */
export interface TextFromOutside {
  readonly from: Party
  readonly to: Party
  readonly text: string
  /** TP-SCTS as ISO 8601 with offset; by default now. */
  readonly scts?: string
  /** Time until the first attempt; by default that of the network. */
  readonly delayMs?: number
  readonly validityMs?: number
  /** Called when all of its SMS have ended, with TP-ST: of the first that was not delivered, if there is one. Never where one is lost. */
  readonly ended?: (status: number) => void
}

/** A raw SMS-DELIVER between any parties. */
export interface Delivery {
  readonly from: Party
  readonly to: Party
  readonly pdu: string
  readonly delayMs?: number
  readonly validityMs?: number
  /** Called with TP-ST when it is delivered, or is not any more; never where it is lost. */
  readonly ended?: (status: number) => void
}

/** The answer to a submission: RP-ACK, or RP-ERROR with its cause (TS 24.011 clause 8.2.5.4). */
export type SubmitAnswer = { readonly accepted: true } | { readonly accepted: false; readonly cause: number }

/** Causes of this network: TS 24.011 table 8.4, and above 127 TP-FCS of TS 23.040 clause 9.2.3.22. */
export const causes = {
  unassignedNumber: 1,
  congestion: 42,
  invalidMessage: 95,
  notSubmit: 176,
  duplicate: 197,
} as const

const usualUssd: UssdMenu['choices'] = {
  '*100#': 'Your balance is 5.00',
  '*101#': { text: 'My account\n1 Balance\n2 Number', choices: { 1: 'Your balance is 5.00', 2: 'You have a number' } },
}

/** A mobile network with one service centre. Subscribers are modems and simulated devices. */
export class SimulatedNetwork {
  readonly clock: Clock
  readonly log: NetworkLog
  /** The service centre's clock; may be set at run time. */
  readonly time: ServiceCentreClock
  readonly serviceCentre: Party
  readonly #country: string
  readonly #ussd: UssdMenu['choices']
  readonly #centre: ServiceCentre
  readonly #subscribers = new Map<Party, Subscriber>()
  readonly #off = new Set<Party>()
  #behaviour: NetworkBehaviour
  #messages = 0
  #concatenations = 0

  constructor(options: NetworkOptions) {
    const { clock, clockOffsetMs: offsetMs = 0, zoneMinutes = 0 } = options
    this.clock = clock
    this.log = new NetworkLog(options.logLimit ?? 100_000)
    this.time = new ServiceCentreClock(clock, { offsetMs, zoneMinutes })
    this.serviceCentre = options.serviceCentre ?? '+491710760000'
    this.#country = options.country ?? '49'
    this.#ussd = options.ussd ?? usualUssd
    this.#behaviour = { ...calm, ...options.behaviour }
    this.#centre = new ServiceCentre({
      number: this.serviceCentre,
      clock,
      time: this.time,
      log: this.log,
      behaviour: () => this.#behaviour,
      find: (number) => (this.#off.has(number) ? null : this.#subscribers.get(number)),
    })
  }

  get behaviour(): NetworkBehaviour {
    return this.#behaviour
  }

  change(behaviour: Partial<NetworkBehaviour>): void {
    this.#behaviour = { ...this.#behaviour, ...behaviour }
  }

  /** Adds a subscriber until the returned function is called. Numbers have to be unique. */
  join(subscriber: Subscriber): () => void {
    const { number } = subscriber
    if (this.#subscribers.has(number)) throw new Error(`two subscribers have the number ${number}`)
    this.#subscribers.set(number, subscriber)
    return () => this.#subscribers.delete(number)
  }

  /** Texts to this number are kept until it is switched on, or their validity ends. */
  switchOff(number: Party): void {
    this.#off.add(number)
  }

  switchOn(number: Party): void {
    this.#off.delete(number)
    this.#centre.alert(number)
  }

  /** A subscriber can receive texts again: it has registered, or has memory (RP-SMMA). */
  alert(number: Party): void {
    this.#centre.alert(number)
  }

  /** Receives an SMS-SUBMIT from a modem. It is accepted at the `accepted` event, just before the answer. */
  submit(from: Party, pdu: string, answer: (answer: SubmitAnswer) => void): void {
    const ms = within(this.#behaviour.acceptMs, this.clock)
    // Without a delay, no timer is used.
    if (ms === 0) answer(this.#accept(from, pdu))
    else this.clock.after(ms, () => answer(this.#accept(from, pdu)))
  }

  /** Sends a text without a modem. */
  text({ from, to, text, scts = this.time.stamp(), ended, ...rest }: TextFromOutside): void {
    const { alphabet, segments } = segmentText(text)
    const statuses: number[] = []
    const noteEnd = (status: number) => {
      statuses.push(status)
      if (statuses.length === segments.length) ended?.(statuses.find((one) => one !== 0) ?? 0)
    }
    const ref = segments.length > 1 ? this.#concatenations++ & 0xff : 0
    segments.forEach((segment, i) => {
      const concat: Concat = { ref, total: segments.length, seq: i + 1, bits: 8 }
      const { pdu } = encodePdu({
        type: 'deliver',
        smsc: addressOf(this.serviceCentre),
        address: addressOf(from),
        dcs: alphabet === 'ucs2' ? 8 : 0,
        scts,
        text: segment.text,
        ...(segments.length > 1 && { concat }),
      })
      this.deliver({ from, to, pdu, ...rest, ...(ended && { ended: noteEnd }) })
    })
  }

  /** Delivers a raw SMS-DELIVER: other data codings, headers, whatever `text` does not support. */
  deliver({ from, to, pdu, delayMs, ended, validityMs = this.#behaviour.defaultValidityMs }: Delivery): void {
    const expiresAt = this.clock.monotonic() + validityMs
    const message = ++this.#messages
    this.#note('injected', { message, from, to, pdu, text: textIn(pdu), reference: null, code: null })
    const held = { message, from, to, pdu, reference: null, expiresAt, reports: null, wanted: null }
    this.#forward({ ...held, ...(ended && { ended }) }, delayMs)
  }

  /** Whether a subscriber has this number. */
  knows(number: Party): boolean {
    return this.#subscribers.has(number)
  }

  /** Rings a party. An unassigned number, or one that is off, gives `NO CARRIER`. */
  call(from: Party, to: Party): Call {
    const call = new Call(from, to)
    const callee = this.#off.has(to) ? undefined : this.#subscribers.get(to)
    this.clock.after(within(this.#behaviour.deliverMs, this.clock), () => {
      if (call.state === 'ended') return
      if (!callee) call.hangUp('NO CARRIER')
      else {
        call.alert()
        callee.ring?.(call)
      }
    })
    return call
  }

  /** The party of a dialled number. */
  dialled(number: string): Party {
    return partyOf(addressOf(number), this.#country)
  }

  /** The answer to a USSD code, or to a choice in a menu; null for an unknown one. */
  ussd(code: string, menu: UssdMenu | null = null): string | UssdMenu | null {
    return (menu?.choices ?? this.#ussd)[code] ?? null
  }

  #accept(from: Party, pdu: string): SubmitAnswer {
    const tpdu = tpduIn(pdu)
    const submit = tpdu?.type === 'submit' ? tpdu : null
    const to = submit ? partyOf(submit.address, this.#country) : ''
    const message = ++this.#messages
    const event = { message, from, to, pdu, text: textIn(pdu), reference: submit?.mr ?? null }
    const scts = this.time.stamp()
    const deliver = submit && this.#deliverFor(from, submit, scts)
    const cause = submit ? this.#causeAgainst(from, to, submit) : causes.notSubmit
    if (!submit || !deliver || cause !== null) {
      const code = cause ?? causes.invalidMessage
      this.#note('refused', { ...event, code })
      return { accepted: false, cause: code }
    }
    this.#note('accepted', { ...event, code: null })
    const period = validityMs(submit.vp, this.time.now()) ?? this.#behaviour.defaultValidityMs
    const wanted = submit.statusReportRequest ? { scts } : null
    const held = { message, from, to, pdu: deliver, reference: submit.mr, reports: null, wanted }
    this.#forward({ ...held, expiresAt: this.clock.monotonic() + period })
    return { accepted: true }
  }

  #causeAgainst(from: Party, to: Party, submit: Submit): number | null {
    if (happens(this.#behaviour.congestion, this.clock)) return causes.congestion
    if (submit.rejectDuplicates && this.#centre.holds(from, to, submit.mr)) return causes.duplicate
    if (this.#behaviour.unknownNumbers === 'refuse' && !this.#subscribers.has(to)) return causes.unassignedNumber
    return null
  }

  /** The SMS-DELIVER for a SUBMIT (TS 23.040 clause 9.2.2); null if it can't be encoded. */
  #deliverFor(from: Party, { pid, dcs, replyPath, udh, nli, text, data }: Submit, scts: string): string | null {
    const content = {
      ...(udh && { udh }),
      ...(nli && { nli }),
      ...(text !== undefined && { text }),
      ...(data !== undefined && { data }),
    }
    const frame = { smsc: addressOf(this.serviceCentre), address: addressOf(from), scts, replyPath }
    try {
      return encodePdu({ type: 'deliver', ...frame, pid, dcs, ...content }).pdu
    } catch {
      return null
    }
  }

  #forward(held: Held, delayMs?: number): void {
    const { loss, duplicates, reordering, reorderMs, deliverMs } = this.#behaviour
    if (happens(loss, this.clock)) {
      const { message, from, to, pdu, reference } = held
      this.#note('lost', { message, from, to, pdu, text: textIn(pdu), reference, code: null })
      return
    }
    const heldBack = happens(reordering, this.clock)
    const delay = (delayMs ?? within(deliverMs, this.clock)) + (heldBack ? within(reorderMs, this.clock) : 0)
    this.#centre.hold(held, delay, heldBack)
    if (!happens(duplicates, this.clock)) return
    const { ended: _, ...copy } = held
    this.#centre.hold({ ...copy, wanted: null }, delay, heldBack)
  }

  #note(kind: NetworkEventKind, event: Omit<Parameters<NetworkLog['add']>[0], 'kind' | 'at'>): void {
    this.log.add({ kind, at: this.clock.wall(), ...event })
  }
}
