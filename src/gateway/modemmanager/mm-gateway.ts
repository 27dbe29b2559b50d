import type { Capabilities, Finding } from '../../message/capabilities.ts'
import { Fault } from '../../message/fault.ts'
import { type GatewayState, nothingKnown } from '../../message/gateway-state.ts'
import type { Segment } from '../../message/segment.ts'
import type { SendPermit, SubmitOutcome } from '../../message/submit-outcome.ts'
import { relativeValidity } from '../../sms/validity.ts'
import { asError, inBackground } from '../../util/background.ts'
import { type Clock, sleep } from '../../util/clock.ts'
import { Latch } from '../../util/latch.ts'
import { Filing } from '../filing.ts'
import type { Gateway, GatewayHandlers } from '../gateway.ts'
import { Rest } from '../rest.ts'
import { UnderWay } from '../under-way.ts'
import type { Signal } from './dbus.ts'
import { identityOfSms, mmForm } from './decode-mm.ts'
import { type Choice, chosenModem } from './mm-choice.ts'
import { findingsOf } from './mm-doctor.ts'
import { MmInbox } from './mm-inbox.ts'
import { MmLink } from './mm-link.ts'
import type { MmOptions } from './mm-options.ts'
import { sendText } from './mm-sender.ts'
import { type Shown, shownOf } from './mm-state.ts'
import { iccidOf, unlock } from './mm-unlock.ts'
import {
  type Interfaces,
  lockOf,
  messaging,
  modemInterface,
  modemState,
  numberOf,
  service,
  textOf,
  voice,
} from './mm-values.ts'

/** Between two looks: what a lost signal had to report is found then. */
const lookMs = 30_000
/** Some modems need this to switch their radio on and to register. */
const enableMs = 120_000
/** From a PIN that was taken to the next one: the SIM was reset meanwhile. */
const unlockedMs = 120_000
/** The number comes behind the first ring. */
const callerMs = 1_500
/** MMCallDirection. */
const incoming = 1

const absentModem = { ...nothingKnown, status: 'offline', obstacle: null } as const

/** The modem in use, from its appearance to its end. */
interface Session {
  readonly path: string
  /** The ICCID of its SIM. */
  readonly account: string
  readonly inbox: MmInbox
}

/** A modem that ModemManager has, as the hub sees it. */
export class MmGateway implements Gateway {
  readonly id: string
  readonly matching = 'tp_mr'
  readonly takesTexts = true
  readonly window = 1
  readonly can: Partial<Capabilities> = {
    examine: async () => this.#examine(),
    look: () => this.#work(),
    unlock: async (pin) => {
      this.#pin = pin
      this.#wake.fire()
    },
  }
  readonly #options: MmOptions
  readonly #clock: Clock
  readonly #stopping = new Latch()
  readonly #rest: Rest
  readonly #underWay: UnderWay
  readonly #link: MmLink
  #handlers!: GatewayHandlers
  #filing!: Filing
  #pin: string | undefined
  /** The lock of a SIM that has taken its PIN is shown for a while yet. */
  #nextPinAt = 0
  #wake = new Latch()
  #working: Promise<void> | null = null
  #ended: Promise<unknown> = Promise.resolve()
  #session: Session | null = null
  /** What could not be done with the modem. */
  #trouble: Error | null = null
  /** The last refusal, or the reason of a pause. */
  #refusal: string | null = null

  constructor(options: MmOptions, clock: Clock) {
    this.id = options.id
    this.#options = options
    this.#pin = options.pin
    this.#clock = clock
    this.#rest = new Rest(clock, () => this.#handlers.changed())
    this.#underWay = new UnderWay(clock, this.#rest, options.gapMs)
    this.#link = new MmLink(options.bus, clock, {
      changed: () => this.#noteChange(),
      signal: (signal) => this.#signal(signal),
    })
  }

  get account(): string {
    return this.#session?.account ?? this.id
  }

  get state(): GatewayState {
    const shown = this.#shown
    const { status, obstacle, ...modem } = shown ?? absentModem
    const choice = this.#choice
    const absent = this.#link.failure?.message ?? (choice.path === null ? choice.reason : null)
    const held = this.#held(shown)
    const isHeld = status === 'ready' && (held !== null || this.#trouble !== null)
    return {
      status: isHeld ? 'degraded' : status,
      last_error: absent ?? this.#trouble?.message ?? held ?? obstacle ?? this.#refusal,
      recovering: absent === null ? null : 'reconnect',
      recoveries: {},
      modem,
    }
  }

  get ready(): boolean {
    return this.#sender !== null && this.#rest.isOver
  }

  start(handlers: GatewayHandlers): void {
    this.#handlers = handlers
    this.#filing = new Filing(this.id, this.#clock, handlers, { name: mmForm, identify: identityOfSms })
    this.#ended = Promise.all([this.#link.run(this.#stopping), this.#run()])
    inBackground(
      () => this.#ended,
      ({ message }) => handlers.log('error', `it does not follow ModemManager any more: ${message}`),
    )
  }

  validitySeconds(wanted: number): number {
    return relativeValidity(wanted).seconds
  }

  async submit(segment: Segment, permit: () => Promise<SendPermit>): Promise<SubmitOutcome> {
    const modem = this.#sender
    if (modem === null) return { outcome: 'not_sent', reason: this.state.last_error ?? 'the modem is not ready' }
    const log = (message: string) => this.#handlers.log('warn', message)
    const outcome = await this.#underWay.add(sendText(this.#link, modem, segment, permit, log))
    if (outcome.outcome === 'refused') this.#refusal = outcome.cause.text
    if (outcome.outcome === 'in_doubt') this.#refusal = outcome.reason
    if (outcome.outcome === 'sent') this.#refusal = null
    this.#handlers.changed()
    return outcome
  }

  pause(ms: number, reason: string): void {
    this.#refusal = reason
    this.#rest.for(ms)
    this.#handlers.changed()
  }

  async stop(): Promise<void> {
    await this.#underWay.finish()
    this.#stopping.fire()
    this.#wake.fire()
    await this.#ended
    await this.#filing.stop()
  }

  get #choice(): Choice {
    return chosenModem(this.#link.modems, this.#options.modem)
  }

  get #shown(): Shown | null {
    const choice = this.#choice
    return choice.path === null ? null : shownOf(choice.interfaces)
  }

  /** The path of the modem that may send now. */
  get #sender(): string | null {
    const session = this.#session
    const choice = this.#choice
    if (this.#stopping.isFired || session === null || choice.path !== session.path) return null
    const shown = shownOf(choice.interfaces)
    return shown.obstacle === null && this.#held(shown) === null ? session.path : null
  }

  #held(shown: Shown | null): string | null {
    if (shown?.network !== 'roaming' || this.#options.roaming) return null
    return `the SIM is roaming: nothing is sent before gateways.${this.id}.roaming is true, for it may cost more`
  }

  #noteChange(): void {
    this.#wake.fire()
    this.#handlers.changed()
  }

  #signal({ path, name, body }: Signal): void {
    if (name === `${voice}.CallAdded` && path === this.#session?.path) this.#called(String(body[0]))
    // Of a message: it is complete now, or there is another one.
    else if (name === `${messaging}.Added` || name.endsWith('.PropertiesChanged')) this.#wake.fire()
  }

  async #run(): Promise<void> {
    while (!this.#stopping.isFired) {
      await this.#work()
      await this.#wake.waitUpTo(lookMs, this.#clock)
    }
  }

  /** One at a time; what is asked for meanwhile is done behind it. */
  #work(): Promise<void> {
    this.#working ??= this.#steps()
      .then(
        () => this.#note(null),
        (error: unknown) => this.#note(asError(error)),
      )
      .finally(() => {
        this.#working = null
      })
    return this.#working
  }

  /** From how the modem is to one that sends and receives; the next step comes with the change that this one makes. */
  async #steps(): Promise<void> {
    this.#wake = new Latch()
    const choice = this.#choice
    if (choice.path !== this.#session?.path) this.#session = null
    if (choice.path === null || this.#stopping.isFired) return
    const { path, interfaces } = choice
    const modem = interfaces[modemInterface] ?? {}
    if (lockOf(modem) === 'pin') {
      if (this.#clock.monotonic() < this.#nextPinAt) return
      await unlock(this.#link, interfaces, this.#pin, this.#options.pins)
      this.#nextPinAt = this.#clock.monotonic() + unlockedMs
      return
    }
    if (numberOf(modem.State) === modemState.disabled)
      return this.#link.call(path, `${modemInterface}.Enable`, {
        signature: 'b',
        body: [true],
        timeoutMs: enableMs,
      })
    if (interfaces[messaging] === undefined || (numberOf(modem.State) ?? 0) < modemState.enabled) return
    const session = this.#session ?? (await this.#begun(path, interfaces))
    await session.inbox.collect()
  }

  async #begun(path: string, interfaces: Interfaces): Promise<Session> {
    const account = (await iccidOf(this.#link, interfaces)) ?? this.id
    const log: GatewayHandlers['log'] = (level, message) => this.#handlers.log(level, message)
    const session = { path, account, inbox: new MmInbox(this.#link, path, this.#filing, log) }
    this.#filing.use(account)
    this.#session = session
    log('info', `uses ${textOf(interfaces[modemInterface]?.EquipmentIdentifier) ?? path}`)
    this.#handlers.changed()
    return session
  }

  #note(trouble: Error | null): void {
    if (trouble?.message === this.#trouble?.message) return
    this.#trouble = trouble
    if (trouble !== null) this.#handlers.log('warn', trouble.message)
    this.#handlers.changed()
  }

  /** A call that comes in is rejected, and its number reported. */
  #called(path: string): void {
    const call = `${service}.Call`
    inBackground(
      async () => {
        await sleep(this.#clock, callerMs)
        const { Direction, Number: number } = await this.#link.propertiesOf(path, call)
        if (Direction !== incoming) return
        this.#handlers.called(textOf(number))
        await this.#link.call(path, `${call}.Hangup`)
      },
      ({ message }) => this.#handlers.log('warn', `a call is not rejected: ${message}`),
    )
  }

  async #examine(): Promise<Finding[]> {
    if (this.#stopping.isFired) throw new Fault('port_failed', 'the hub stops')
    const { id, bus } = this.#options
    return findingsOf({
      id,
      bus,
      failure: this.#link.failure,
      choice: this.#choice,
      shown: this.#shown,
      trouble: this.#trouble,
    })
  }
}
