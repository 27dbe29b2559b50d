import type { AskedGateway, GatewayBoard, SignalSample } from '../api/gateway-board.ts'
import type { Config } from '../config/schema.ts'
import type { AnnouncedGateway } from '../homeassistant/hub-parts.ts'
import { type Capabilities, type Capability, capabilityOf } from '../message/capabilities.ts'
import type { LogLevel } from '../message/events.ts'
import { Fault } from '../message/fault.ts'
import {
  documentOf,
  type GatewayDocument,
  type GatewayFigures,
  type GatewayStatus,
  isAvailable,
} from '../message/gateway-state.ts'
import { type HubEvent, textOf } from '../message/hub-event.ts'
import { isoTime } from '../message/result.ts'
import type { Store } from '../store/store.ts'
import { inBackground, logged, untilDone } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { every } from '../util/every.ts'
import { SignalHistory } from './signal-history.ts'

export interface GatewaysDeps {
  readonly config: Config
  readonly store: Store
  readonly clock: Clock
  now(): number
  gateways(): ReadonlyMap<string, AskedGateway>
  log(level: LogLevel, message: string): void
}

/** Interval of figures: otherwise, a busy gateway would publish its state with each message. */
const figuresMs = 60_000
/** From a gateway's readiness until its balance is queried, and until a failed query is retried. */
const balanceDelayMs = 60_000
const balanceRetryMs = 3_600_000
/** Before anything is counted. */
const noFigures: GatewayFigures = { queue: 0, sent_today: 0 }
const noBalance = { balance: null, balance_at: null }

/** Published state of the gateways: their own state with queue, sent segments and balance. */
export class Gateways implements GatewayBoard {
  readonly #deps: GatewaysDeps
  readonly #figures = new Map<string, GatewayFigures>()
  /** The last stored events, by kind and gateway. */
  readonly #shown = new Map<string, string | null>()
  readonly #signals = new SignalHistory()
  /** When each balance is queried next, by the monotonic clock. */
  readonly #due = new Map<string, number>()
  #end: () => void = () => {}
  #stopped = false

  constructor(deps: GatewaysDeps) {
    this.#deps = deps
  }

  start(): void {
    const { clock, log } = this.#deps
    const failed = logged(log, 'the figures of the gateways')
    inBackground(() => this.#count(), failed)
    const look = async () => {
      await this.#count()
      await this.#askBalances()
    }
    this.#end = every(clock, figuresMs, look, failed)
  }

  stop(): void {
    this.#stopped = true
    this.#end()
  }

  /** All of them, as published. */
  get documents(): Readonly<Record<string, GatewayDocument>> {
    return Object.fromEntries([...this.#deps.gateways().keys()].map((id) => [id, documentOf(this.#statusOf(id))]))
  }

  /** The same with current figures, for requests. */
  async freshDocuments(): Promise<Readonly<Record<string, GatewayDocument>>> {
    await this.#count()
    return this.documents
  }

  /** All of them, as Home Assistant is to know them. */
  get announced(): readonly AnnouncedGateway[] {
    const rows = Object.entries(this.documents)
    return rows.map(([id, document]) => {
      return { id, fields: Object.keys(document), hasCalls: this.find(id).can.call !== undefined }
    })
  }

  /** Handles a possible change of a gateway's state. Null when there is none. */
  changed(id: string): GatewayStatus | null {
    const state = this.#statusOf(id)
    this.#noteSignal(id, state)
    const news = newsOf(id, state).filter((one) => !this.#isShown(one))
    if (news.length === 0) return null
    for (const { name, text } of news) this.#shown.set(name, text)
    this.#commit(news)
    return state
  }

  signalOf(id: string): readonly SignalSample[] {
    return this.#signals.of(this.find(id).id, this.#deps.now())
  }

  #noteSignal(id: string, { modem }: GatewayStatus): void {
    if (modem !== undefined) this.#signals.note(id, modem.signal_percent, this.#deps.now())
  }

  /** Retries until it is stored, or superseded by a newer state. */
  #commit(news: readonly News[]): void {
    const { store, clock, log } = this.#deps
    const latest = () => news.filter((one) => this.#isShown(one))
    // The first state of a run of the hub may be the last one of the run before.
    const commit = () => store.run('show', { events: latest().map(({ event }) => event) })
    const wanted = () => !this.#stopped && latest().length > 0
    const failed = logged(log, 'the state of a gateway is not stored')
    inBackground(() => untilDone(clock, commit, wanted, failed), failed)
  }

  #isShown({ name, text }: News): boolean {
    return this.#shown.get(name) === text
  }

  find(id: string): AskedGateway {
    const gateways = this.#deps.gateways()
    const gateway = gateways.get(id)
    if (gateway !== undefined) return gateway
    throw new Fault('no_gateway', `there is no gateway "${id}"; there is ${[...gateways.keys()].join(', ') || 'none'}`)
  }

  able<K extends Capability>(id: string, capability: K): Capabilities[K] {
    return capabilityOf(this.find(id), capability)
  }

  #statusOf(id: string): GatewayStatus {
    const gateway = this.find(id)
    return { ...gateway.state, ...this.#figuresOf(gateway) }
  }

  #figuresOf({ id, can }: AskedGateway): GatewayFigures {
    return this.#figures.get(id) ?? { ...noFigures, ...(can.ussd !== undefined && noBalance) }
  }

  #set(id: string, change: Partial<GatewayFigures>): void {
    this.#figures.set(id, { ...this.#figuresOf(this.find(id)), ...change })
    this.changed(id)
  }

  async #count(): Promise<void> {
    const { gateways, config, store, now } = this.#deps
    const since = new Date(now()).setHours(0, 0, 0, 0)
    const figures = await store.run('gatewayFigures', { gateways: [...gateways().keys()], since })
    for (const [id, { queue, sentToday, spent }] of Object.entries(figures)) {
      const isPriced = config.gateways[id]?.cost !== undefined
      this.#set(id, { queue, sent_today: sentToday, ...(isPriced && { spent_30_days: spent }) })
    }
  }

  async #askBalances(): Promise<void> {
    const { gateways, config, clock } = this.#deps
    for (const [id, gateway] of gateways()) {
      const row = config.gateways[id]
      if (row?.type !== 'modem' || row.balance === undefined) continue
      if (!isAvailable(gateway.state)) {
        // The SIM may have been replaced.
        this.#due.set(id, clock.monotonic() + balanceDelayMs)
      } else if ((this.#due.get(id) ?? 0) <= clock.monotonic()) {
        const { ussd, every: hours } = row.balance
        const took = await this.#askBalance(id, gateway, ussd)
        this.#due.set(id, clock.monotonic() + (took ? hours * 3_600_000 : balanceRetryMs))
      }
    }
  }

  async #askBalance(id: string, gateway: AskedGateway, codes: readonly string[]): Promise<boolean> {
    try {
      const balance = await capabilityOf(gateway, 'ussd')(codes)
      this.#set(id, { balance, balance_at: isoTime(this.#deps.now()) })
      return true
    } catch (error) {
      this.#deps.log('warn', `gateway ${id}: querying the balance failed: ${Fault.from(error).message}`)
      return false
    }
  }
}

/** An event of a gateway with its text, which is compared: what has not changed is not committed again. */
interface News {
  readonly event: HubEvent<'gateway' | 'gateway_availability'>
  readonly name: string
  readonly text: string | null
}

/** What is published of a gateway. */
function newsOf(subject: string, status: GatewayStatus): News[] {
  const events: News['event'][] = [
    { kind: 'gateway', subject, data: documentOf(status) },
    { kind: 'gateway_availability', subject, data: isAvailable(status) },
  ]
  return events.map((event) => ({ event, name: `${event.kind} ${subject}`, text: textOf(event) }))
}
