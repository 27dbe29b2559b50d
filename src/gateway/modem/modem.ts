import type { Capabilities } from '../../message/capabilities.ts'
import { Fault } from '../../message/fault.ts'
import type { GatewayState } from '../../message/gateway-state.ts'
import type { Segment } from '../../message/segment.ts'
import type { SendPermit, SubmitOutcome } from '../../message/submit-outcome.ts'
import { relativeValidity } from '../../sms/validity.ts'
import type { Clock } from '../../util/clock.ts'
import { Latch } from '../../util/latch.ts'
import { Filing } from '../filing.ts'
import type { Gateway, GatewayHandlers } from '../gateway.ts'
import { Rest } from '../rest.ts'
import { ShownState } from '../shown-state.ts'
import { BindingsOfThisRun, Bond } from './hardware/binding.ts'
import { Trace } from './line/trace.ts'
import { identityOf, tpduForm } from './messages/tpdu.ts'
import type { ModemOptions } from './options.ts'
import { Service } from './service.ts'
import type { Session } from './session.ts'

/** How a last error begins that a modem or the network gave for a message. */
const refusal = /^\+CM[SE] ERROR/
/** For a command that somebody types. */
const byHandMs = 30_000

/** An AT modem, as the hub sees it; `service.ts` keeps it working. */
export class Modem implements Gateway {
  readonly id: string
  readonly matching = 'tp_mr'
  readonly window = 1
  readonly can: Capabilities = {
    accept: () => this.#accept(),
    /** Between its own commands. Fails when no port is open. */
    at: async (text) => {
      const channel = this.#service?.channel ?? null
      if (channel === null) throw this.#notThere()
      return channel.exclusive(() => channel.command(text, byHandMs))
    },
    call: (request, permit) => this.#handOver((session) => session.call(request, permit)),
    look: async () => this.#serving().look(),
    restart: async (how) => this.#service?.restart(how),
    /** What went over the port lately, secrets and messages masked. */
    trace: () => this.#trace.toString(),
    ussd: async (codes) => this.#serving().ussd(codes),
  }
  readonly #options: ModemOptions
  readonly #clock: Clock
  readonly #stopping = new Latch()
  readonly #handovers = new Set<Promise<SubmitOutcome>>()
  readonly #shown = new ShownState(
    () => this.#handlers.changed(),
    ({ network }) => this.#holds(network),
  )
  readonly #rest: Rest
  readonly #trace: Trace
  readonly #bond: Bond
  #handlers!: GatewayHandlers
  #filing: Filing | null = null
  #service: Service | null = null
  #ended: Promise<void> = Promise.resolve()

  constructor(options: ModemOptions, clock: Clock) {
    this.id = options.id
    this.#options = options
    this.#clock = clock
    this.#trace = new Trace(clock)
    this.#bond = new Bond(options.id, options.bindings ?? new BindingsOfThisRun())
    this.#rest = new Rest(clock, () => this.#handlers.changed())
  }

  get account(): string {
    return this.#service?.sim ?? this.id
  }

  get state(): GatewayState {
    return this.#shown.state
  }

  get ready(): boolean {
    if (this.#holds(this.state.network) !== null) return false
    // Refused now with 331 (no network service), taken in seconds; whatever else +CREG says may be wrong.
    return this.#session !== null && this.state.network !== 'searching' && this.#rest.isOver
  }

  start(handlers: GatewayHandlers): void {
    this.#handlers = handlers
    this.#filing = new Filing(this.id, this.#clock, handlers, { name: tpduForm, identify: identityOf })
    this.#service = new Service({
      options: this.#options,
      clock: this.#clock,
      handlers,
      shown: this.#shown,
      filing: this.#filing,
      trace: this.#trace,
      bond: this.#bond,
      stopping: this.#stopping,
    })
    this.#ended = this.#service.run()
  }

  /** TP-VP. */
  validitySeconds(wanted: number): number {
    return relativeValidity(wanted).seconds
  }

  submit(segment: Segment, permit: () => Promise<SendPermit>): Promise<SubmitOutcome> {
    return this.#handOver((session) => session.submit(segment, permit))
  }

  async #accept(): Promise<string> {
    const accepted = await this.#bond.accept()
    this.#handlers.log('info', accepted)
    this.#shown.set({})
    return accepted
  }

  pause(ms: number, reason: string): void {
    this.#shown.set({ last_error: reason })
    this.#rest.for(ms)
  }

  async stop(): Promise<void> {
    this.#stopping.fire()
    this.#rest.stop()
    // What waits is told so at once; what runs ends as it would.
    const ended = this.#service?.session?.end()
    await Promise.all(this.#handovers)
    await ended
    this.#service?.channel?.lose('the hub stops')
    await this.#ended
    await this.#filing?.stop()
  }

  /** Why nothing may be sent although it could be, with the way out; null where it may. */
  #holds(network: GatewayState['network']): string | null {
    if (network === 'roaming' && !this.#options.roaming)
      return `the SIM is roaming: nothing is sent before gateways.${this.id}.roaming is true, for it may cost more`
    return this.#bond.held
  }

  /** What serves; null while nothing does, and when the hub stops. */
  get #session(): Session | null {
    return this.#stopping.isFired ? null : (this.#service?.session ?? null)
  }

  #serving(): Session {
    if (this.#session === null) throw this.#notThere()
    return this.#session
  }

  async #handOver(work: (session: Session) => Promise<SubmitOutcome>): Promise<SubmitOutcome> {
    const session = this.#session
    if (session === null) return { outcome: 'not_sent', reason: 'the modem is not ready' }
    const held = this.#holds(this.state.network)
    if (held !== null) return { outcome: 'not_sent', reason: held }
    const { gapMs = 0 } = this.#options
    const handover = work(session)
    this.#handovers.add(handover)
    try {
      const done = await handover
      if (done.outcome === 'refused') this.#shown.set({ last_error: done.cause.text })
      // The network takes what it has refused before: nobody has to look for the cause any more.
      if (done.outcome === 'sent' && refusal.test(this.state.last_error ?? '')) this.#shown.set({ last_error: null })
      if (done.outcome === 'sent') this.#service?.worked()
      // The gap to the next message; the parts of one follow at once.
      if (gapMs > 0 && !this.#stopping.isFired) this.#rest.for(gapMs)
      return done
    } finally {
      this.#handovers.delete(handover)
    }
  }

  #notThere(): Fault {
    return new Fault('port_failed', this.state.last_error ?? 'the modem is not ready')
  }
}
