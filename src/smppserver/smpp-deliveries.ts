import type { WaitingEvent } from '../ledger/events/waiting.ts'
import type { Acknowledgement } from '../message/acknowledgement.ts'
import { Feed } from '../outlet/feed.ts'
import type { Outlet } from '../outlet/outlet.ts'
import type { Store } from '../store/store.ts'
import { asError } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { statuses } from './command-status.ts'
import type { EsmeSession } from './esme-session.ts'
import { clientOf, type SmppUser } from './smpp-user.ts'
import { type Delivery, deliveriesOf } from './write-delivery.ts'

export interface DeliveriesDeps {
  readonly user: SmppUser
  readonly store: Store
  readonly clock: Clock
  now(): number
  /** The number of a gateway's SIM; null when unknown. */
  numberOf(gateway: string): string | null
  /** Its connections. */
  readonly sessions: ReadonlySet<EsmeSession>
  log(level: 'info' | 'warn', message: string): void
}

/** For deliver_sm_resp. */
const answerMs = 60_000
/** A client that answers these gets it again. */
const temporary: readonly number[] = [
  statuses.systemError,
  statuses.queueFull,
  statuses.throttled,
  statuses.temporaryFailure,
]

/**
 * Receipts and received texts for a client, as an outlet of events: they wait on the disk until one of its connections
 * has answered them, over reconnects and restarts.
 */
export class SmppDeliveries implements Outlet {
  readonly name: string
  readonly peer: string
  readonly keepsOrder = true
  readonly #deps: DeliveriesDeps
  readonly #feed: Feed
  /** Those who wait for a place among those under way. */
  readonly #waiting: (() => void)[] = []
  #free: number
  delivered = 0

  constructor(deps: DeliveriesDeps) {
    const { user } = deps
    this.#deps = deps
    this.#free = user.deliverWindow
    this.name = clientOf(user.id)
    this.peer = `the SMPP client ${user.id}`
    this.#feed = new Feed({ outlet: this, store: deps.store, clock: deps.clock, log: deps.log })
  }

  get isOpen(): boolean {
    return this.#receivers().length > 0
  }

  wants({ kind, replyTo }: WaitingEvent): boolean {
    if (kind === 'received') return this.#deps.user.receives.length > 0
    return replyTo?.includes(`"${this.name}"`) ?? false
  }

  start(): void {
    this.#feed.start()
  }

  stop(): Promise<void> {
    return this.#feed.stop()
  }

  /** A receiver has bound. */
  wake(): void {
    this.#feed.wake()
  }

  async take(event: WaitingEvent): Promise<Acknowledgement> {
    const { user, now, numberOf, log } = this.#deps
    if (now() - event.at > user.keepMs) {
      log('warn', `a ${event.kind === 'received' ? 'text' : 'receipt'} for ${user.id} is given up: it is too old`)
      return { taken: true }
    }
    let deliveries: readonly Delivery[]
    try {
      deliveries = deliveriesOf(event, user, numberOf)
    } catch (error) {
      return { taken: false, reason: asError(error).message }
    }
    for (const one of deliveries) {
      const status = await this.#inTurn(() => this.#deliver(one))
      if (status !== statuses.ok) return { taken: false, reason: `deliver_sm is answered ${status.toString(16)}` }
    }
    if (deliveries.length > 0) this.delivered++
    return { taken: true }
  }

  /** Resolves with the status; rejects where it is sent again. */
  async #deliver({ body, tlvs, isComplete }: Delivery): Promise<number> {
    const [session] = this.#receivers()
    if (session === undefined) throw new Error('it is not bound any more')
    session.inFlight++
    try {
      const given = isComplete && !session.takesTlvs ? new Map() : tlvs
      const answer = await session.deliver(body, given, answerMs)
      if (answer.kind === 'lost') throw new Error(answer.reason)
      if (answer.kind === 'timeout') throw new Error(`no answer to deliver_sm within ${answerMs / 1000} s`)
      if (temporary.includes(answer.status)) throw new Error(`deliver_sm is answered ${answer.status.toString(16)}`)
      session.delivered++
      return answer.status
    } finally {
      session.inFlight--
    }
  }

  /** Those that can take something, the least busy first. */
  #receivers(): EsmeSession[] {
    const receivers = [...this.#deps.sessions].filter(({ isReceiver }) => isReceiver)
    return receivers.sort((a, b) => a.inFlight - b.inFlight)
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}
