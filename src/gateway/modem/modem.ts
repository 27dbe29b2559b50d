import type { Capabilities, Finding } from '../../message/capabilities.ts'
import { Fault } from '../../message/fault.ts'
import type { GatewayState, ModemState } from '../../message/gateway-state.ts'
import type { Segment } from '../../message/segment.ts'
import type { SendPermit, SubmitOutcome } from '../../message/submit-outcome.ts'
import { relativeValidity } from '../../sms/validity.ts'
import type { Clock } from '../../util/clock.ts'
import { Latch } from '../../util/latch.ts'
import { Filing } from '../filing.ts'
import type { Gateway, GatewayHandlers } from '../gateway.ts'
import { Rest } from '../rest.ts'
import { examine, refusalFinding } from './doctor.ts'
import { BindingsOfThisRun, Bond } from './hardware/binding.ts'
import { withoutPort } from './hardware/known-modems.ts'
import { usbDevices } from './hardware/usb.ts'
import type { Reply } from './line/channel.ts'
import { Trace } from './line/trace.ts'
import { identityOf, tpduForm } from './messages/decode-tpdu.ts'
import type { ModemOptions } from './options.ts'
import { Service } from './service.ts'
import type { Session } from './session.ts'
import { ShownState } from './shown-state.ts'

/** How a last error begins with which a modem or the network rejected a message. */
const refusal = /^\+CM[SE] ERROR/
/** For a command of a person. */
const byHandMs = 30_000

/** An AT modem, as the hub sees it; `service.ts` keeps it working. */
export class Modem implements Gateway {
  readonly id: string
  readonly matching = 'tp_mr'
  readonly window = 1
  readonly can: Capabilities = {
    accept: () => this.#accept(),
    at: (text) => this.#command(text),
    call: (request, permit) => this.#send((session) => session.call(request, permit)),
    examine: () => this.#examine(),
    look: async () => this.#serving().look(),
    restart: async (how) => this.#service?.restart(how),
    /** Recent traffic of the port, with secrets and messages masked. */
    trace: () => this.#trace.toString(),
    unlock: async (pin) => this.#unlock(pin),
    ussd: async (codes) => this.#serving().ussd(codes),
  }
  readonly #options: ModemOptions
  readonly #clock: Clock
  readonly #stopping = new Latch()
  readonly #submissions = new Set<Promise<SubmitOutcome>>()
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
    if (this.#holds(this.#shown.facts.network) !== null) return false
    // Rejected now with 331 (no network service), accepted in seconds; any other state of +CREG may be wrong.
    return this.#session !== null && this.#shown.facts.network !== 'searching' && this.#rest.isOver
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
    return this.#send((session) => session.submit(segment, permit))
  }

  async #accept(): Promise<string> {
    const accepted = await this.#bond.accept()
    this.#handlers.log('info', accepted)
    this.#shown.set({ unaccepted: null })
    return accepted
  }

  #unlock(pin: string): void {
    if (this.#service === null) throw this.#notThere()
    this.#service.pin.code = pin
  }

  /** Between the driver's own commands. Fails when no port is open. */
  async #command(text: string): Promise<Reply> {
    const channel = this.#service?.channel ?? null
    if (channel === null) throw this.#notThere()
    return channel.exclusive(() => channel.command(text, byHandMs))
  }

  /** A modem that does not answer is judged by what is known of it. */
  async #examine(): Promise<Finding[]> {
    const { last_error } = this.#shown.facts
    const refused = refusalFinding(this.id, last_error)
    try {
      const found = await examine((text) => this.#command(text), this.id)
      return [...(refused === null ? [] : [refused]), ...found]
    } catch (error) {
      const finding = last_error ?? Fault.from(error).message
      // The modem that it waits for may have no port.
      const sticks = withoutPort(usbDevices()).map(({ finding, fix, lines }) => ({ finding, fix, lines }))
      const lines = [`gateway/${this.id}: ${JSON.stringify(this.state)}`]
      return [{ finding, fix: null, lines }, ...sticks].map((one) => ({ severity: 'error', code: null, ...one }))
    }
  }

  pause(ms: number, reason: string): void {
    this.#shown.set({ last_error: reason })
    this.#rest.for(ms)
  }

  async stop(): Promise<void> {
    this.#stopping.fire()
    this.#rest.stop()
    // What waits ends at once; what runs ends as usual.
    const ended = this.#service?.session?.end()
    await Promise.all(this.#submissions)
    await ended
    this.#service?.channel?.lose('the hub stops')
    await this.#ended
    await this.#filing?.stop()
  }

  /** Why nothing may be sent although it could be, and what to do; null where it may. */
  #holds(network: ModemState['network']): string | null {
    if (network === 'roaming' && !this.#options.roaming)
      return `the SIM is roaming: nothing is sent before gateways.${this.id}.roaming is true, for it may cost more`
    return this.#bond.held
  }

  /** null while the modem is not in service, and when the hub stops. */
  get #session(): Session | null {
    return this.#stopping.isFired ? null : (this.#service?.session ?? null)
  }

  #serving(): Session {
    if (this.#session === null) throw this.#notThere()
    return this.#session
  }

  async #send(work: (session: Session) => Promise<SubmitOutcome>): Promise<SubmitOutcome> {
    const session = this.#session
    if (session === null) return { outcome: 'not_sent', reason: 'the modem is not ready' }
    const held = this.#holds(this.#shown.facts.network)
    if (held !== null) return { outcome: 'not_sent', reason: held }
    const { gapMs = 0 } = this.#options
    const submission = work(session)
    this.#submissions.add(submission)
    try {
      const outcome = await submission
      if (outcome.outcome === 'refused') this.#shown.set({ last_error: outcome.cause.text })
      // The network accepts again what it rejected before.
      if (outcome.outcome === 'sent' && refusal.test(this.#shown.facts.last_error ?? ''))
        this.#shown.set({ last_error: null })
      if (outcome.outcome === 'sent') this.#service?.worked()
      // The gap before the next message; the parts of one follow at once.
      if (gapMs > 0 && !this.#stopping.isFired) this.#rest.for(gapMs)
      return outcome
    } finally {
      this.#submissions.delete(submission)
    }
  }

  #notThere(): Fault {
    return new Fault('port_failed', this.#shown.facts.last_error ?? 'the modem is not ready')
  }
}
