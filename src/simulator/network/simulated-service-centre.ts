import { encodePdu } from '../../sms/encode-pdu.ts'
import type { Clock, Timer } from '../../util/clock.ts'
import { happens, type NetworkBehaviour, within } from './behaviour.ts'
import type { NetworkEventKind, NetworkLog } from './network-log.ts'
import { textIn } from './network-tpdu.ts'
import { addressOf, type Party } from './party.ts'
import type { ServiceCentreClock } from './service-centre-clock.ts'
import type { Receipt, Subscriber } from './subscriber.ts'

/** A TPDU that is being delivered. */
export interface Held {
  readonly message: number
  readonly from: Party
  readonly to: Party
  /** Hex with the service centre in front. */
  readonly pdu: string
  /** TP-MR, if from a modem. */
  readonly reference: number | null
  /** Monotonic milliseconds. */
  readonly expiresAt: number
  /** TP-ST if this is a report. */
  readonly reports: number | null
  /** The sender has requested a report, which contains TP-SCTS. */
  readonly wanted: { readonly scts: string } | null
  /** Called at its end with TP-ST: an SMSC that has sent it reports in its own way. */
  readonly ended?: (status: number) => void
}

export interface ServiceCentreDeps {
  readonly number: Party
  readonly clock: Clock
  readonly time: ServiceCentreClock
  readonly log: NetworkLog
  readonly behaviour: () => NetworkBehaviour
  /** The subscriber of a number; null while it is off, undefined if it is unassigned. */
  readonly find: (number: Party) => Subscriber | null | undefined
}

/** TPDUs for one recipient, which are delivered one at a time (TS 24.011 clause 5.2). */
interface Lane {
  readonly coming: Set<Held>
  readonly ready: Held[]
  readonly waiting: Held[]
  busy: boolean
  lastDue: number
  retry: { readonly at: number; readonly timer: Timer } | null
}

/** TP-ST (TS 23.040 clause 9.2.3.15) by the end of a text. */
const endings = { delivered: 0x00, undeliverable: 0x43, expired: 0x46 } as const

const reportValidityMs = 24 * 3_600_000

/** Stores and forwards: keeps each TPDU until the recipient receives it or its validity ends, and sends reports. */
export class ServiceCentre {
  readonly #deps: ServiceCentreDeps
  readonly #lanes = new Map<Party, Lane>()

  constructor(deps: ServiceCentreDeps) {
    this.#deps = deps
  }

  /** Delivers after `delayMs`; `overtaken` lets later ones pass. */
  hold(held: Held, delayMs: number, overtaken = false): void {
    const lane = this.#laneOf(held.to)
    const now = this.#deps.clock.monotonic()
    const due = overtaken ? now + delayMs : Math.max(now + delayMs, lane.lastDue)
    if (!overtaken) lane.lastDue = due
    lane.coming.add(held)
    this.#deps.clock.after(due - now, () => {
      lane.coming.delete(held)
      lane.ready.push(held)
      this.#serve(lane)
    })
  }

  /** The recipient may be reachable again: it was switched on, has registered or has memory again. */
  alert(number: Party): void {
    const lane = this.#lanes.get(number)
    if (!lane) return
    lane.retry?.timer.cancel()
    lane.retry = null
    lane.ready.unshift(...lane.waiting.splice(0))
    this.#serve(lane)
  }

  /** Whether a text that is still held has this reference and recipient (TP-RD, TS 23.040 clause 9.2.3.25). */
  holds(from: Party, to: Party, reference: number): boolean {
    const lane = this.#lanes.get(to)
    const held = lane ? [...lane.coming, ...lane.ready, ...lane.waiting] : []
    return held.some((one) => one.from === from && one.reference === reference)
  }

  #laneOf(number: Party): Lane {
    let lane = this.#lanes.get(number)
    if (!lane) {
      lane = { coming: new Set(), ready: [], waiting: [], busy: false, lastDue: 0, retry: null }
      this.#lanes.set(number, lane)
    }
    return lane
  }

  #serve(lane: Lane): void {
    while (!lane.busy) {
      const held = lane.ready.shift()
      if (!held) return
      this.#attempt(held, lane)
    }
  }

  #attempt(held: Held, lane: Lane): void {
    const subscriber = this.#deps.find(held.to)
    if (this.#deps.clock.monotonic() >= held.expiresAt) return this.#end(held, 'expired')
    if (subscriber === undefined) return this.#end(held, 'undeliverable')
    if (subscriber === null) return this.#wait(held, lane)
    lane.busy = true
    let here = true
    subscriber.receive(held.pdu, (receipt: Receipt) => {
      lane.busy = false
      if (receipt === 'taken') this.#end(held, 'delivered')
      else this.#wait(held, lane)
      if (!here) this.#serve(lane)
    })
    here = false
  }

  #wait(held: Held, lane: Lane): void {
    lane.waiting.push(held)
    this.#note('deferred', held)
    const { clock, behaviour } = this.#deps
    const now = clock.monotonic()
    const at = Math.min(now + behaviour().retryMs, held.expiresAt)
    if (lane.retry && lane.retry.at <= at) return
    lane.retry?.timer.cancel()
    lane.retry = { at, timer: clock.after(at - now, () => this.alert(held.to)) }
  }

  #end(held: Held, ending: keyof typeof endings): void {
    if (held.reports === null) this.#note(ending, held)
    else this.#note(ending === 'delivered' ? 'report_delivered' : 'report_lost', held)
    held.ended?.(endings[ending])
    if (held.wanted) this.#report(held, endings[ending], held.wanted.scts)
  }

  #report(held: Held, status: number, scts: string): void {
    const { clock, time } = this.#deps
    const behaviour = this.#deps.behaviour()
    if (!behaviour.reports) return
    const { pdu } = encodePdu({
      type: 'statusReport',
      smsc: addressOf(this.#deps.number),
      mr: held.reference ?? 0,
      address: addressOf(held.to),
      scts,
      dischargeTime: time.stamp(),
      status,
    })
    const expiresAt = clock.monotonic() + reportValidityMs
    const { ended: _, ...sent } = held
    const report: Held = { ...sent, from: held.to, to: held.from, pdu, expiresAt, reports: status, wanted: null }
    if (happens(behaviour.reportLoss, clock)) this.#note('report_lost', report)
    else this.hold(report, within(behaviour.reportMs, clock), true)
  }

  #note(kind: NetworkEventKind, { message, from, to, pdu, reference, reports }: Held): void {
    const at = this.#deps.clock.wall()
    this.#deps.log.add({ kind, at, message, from, to, pdu, text: textIn(pdu), reference, code: reports })
  }
}
