import { Fault } from '../../message/fault.ts'
import type { ModemState, RestartKind } from '../../message/gateway-state.ts'
import { inBackground, logged } from '../../util/background.ts'
import type { Clock, Timer } from '../../util/clock.ts'
import { Latch } from '../../util/latch.ts'
import { OneAtATime } from '../../util/one-at-a-time.ts'
import type { Filing } from '../filing.ts'
import type { GatewayHandlers } from '../gateway.ts'
import { type PinMemory, PinsOfThisRun } from '../pin.ts'
import { Damage } from './damage.ts'
import type { Bond } from './hardware/binding.ts'
import { Channel } from './line/channel.ts'
import { registrationIn } from './line/parse.ts'
import { directShape } from './line/shown.ts'
import type { Trace } from './line/trace.ts'
import type { Urc } from './line/urcs.ts'
import { pduFormat } from './messages/formats/pdu.ts'
import { isUsable } from './observe.ts'
import { closeInTime, openInTime } from './opening.ts'
import type { ModemOptions } from './options.ts'
import { cycleRadio, needsPerson, resetModem } from './recovery.ts'
import { Session } from './session.ts'
import type { ModemFacts, ShownState } from './shown-state.ts'
import { startUp } from './startup.ts'
import { Ladder, type Rung, rungs } from './vendors/ladder.ts'
import { type Quirks, quirksOfNobody } from './vendors/quirks.ts'

/** Before the port is opened again, by the number of failures in a row; the last one repeats. */
const reopenAfterMs = [1_000, 2_000, 5_000, 10_000, 30_000]
/** After this much service a failure is the first one again. */
const steadyMs = 60_000
/** After a reset a modem reports its progress (`SMS Ready`); later that is the sign of an unnoticed reset. */
const awakeningMs = 60_000
/** Between attempts on a modem without a card, and their number until the modem is closed and started again. */
const cardIntervalMs = 10_000
const maxCardTries = 2
/** A submission that goes on within this time refutes a sign of a reset. */
const refutedWithinMs = 10_000
const defaultHeartbeatMs = 30_000
/** After this much readiness without a recovery the problem is over. */
const healedMs = 600_000
/** A modem needs this long after a power cycle. */
const powerSettlesMs = 12_000
/** Failures to open a port until its device is power-cycled. */
const failuresPerPowerCycle = 6
/** Resets in a row until the port is closed and left alone for a while. */
const maxStarts = 5

export interface ServiceDeps {
  readonly options: ModemOptions
  readonly clock: Clock
  readonly handlers: GatewayHandlers
  readonly shown: ShownState
  readonly filing: Filing
  readonly trace: Trace
  readonly bond: Bond
  /** Fired when the hub stops. */
  readonly stopping: Latch
}

/** Keeps a modem in service: opens its port, sets it up, and recovers it. */
export class Service {
  /** The open port; null while there is none. */
  channel: Channel | null = null
  /** The modem from one start-up to the next; null while it is not in service. */
  session: Session | null = null
  /** ICCID of the SIM; null until it was read. */
  sim: string | null = null
  readonly #deps: ServiceDeps
  readonly #clock: Clock
  readonly #shown: ShownState
  readonly #filing: Filing
  /** Its code may be given later: it is entered with the next try. */
  readonly pin: { code: string | undefined; readonly memory: PinMemory }
  /** Fired when the modem has reset or is gone: all settings are lost. */
  #over = new Latch()
  /** Until then a report that it is ready is part of its start. */
  #awakeUntil = 0
  /** Why it is not ready, since it last was. */
  #failure: string | null = null
  readonly #ladder = new Ladder()
  readonly #damage: Damage
  /** The recovery before the next start-up. */
  #rung: Rung | null = null
  #wasOpen = false
  /** Recoveries that were logged since it was last in service: each is logged once. */
  readonly #logged = new Set<Rung>()
  #healed: Timer | null = null
  /** It has sent a message in text mode where PDU mode was set. */
  #showsText = false
  /** Fired when the modem reports something about its card. */
  #card = new Latch()
  #quirks: Quirks = quirksOfNobody

  constructor(deps: ServiceDeps) {
    this.#deps = deps
    this.#clock = deps.clock
    this.#shown = deps.shown
    this.#filing = deps.filing
    this.#damage = new Damage(deps.clock, (message) => deps.handlers.log('warn', message))
    this.pin = { code: deps.options.pin, memory: deps.options.pins ?? new PinsOfThisRun() }
  }

  /** A message was sent: the problem is over. */
  worked(): void {
    this.#ladder.well()
  }

  /** Recovers it before the next start-up. Fails where that is not possible. */
  restart(how: RestartKind): void {
    if (how === 'power' && this.#deps.options.power === undefined)
      throw new Fault('not_allowed', 'the power of this modem is nothing that the hub can switch')
    if (this.channel === null) throw new Fault('port_failed', this.#shown.facts.last_error ?? 'its port is not open')
    this.#climb(how)
    this.#startAgain(`a restart was asked for: ${rungs[how]}`)
    this.channel.lose('a restart was asked for')
  }

  /** Opens the port, starts the modem up, and does it again whenever the port is lost: the hub never has to be restarted. */
  async run(): Promise<void> {
    for (let failures = 0; !this.#deps.stopping.isFired; ) {
      const since = this.#clock.monotonic()
      let wait = 0
      try {
        wait = await this.#connect()
      } catch (error) {
        if (this.#deps.stopping.isFired) break
        const served = this.#clock.monotonic() - since > steadyMs
        failures = served ? 1 : failures + 1
        wait = reopenAfterMs[Math.min(failures, reopenAfterMs.length) - 1] as number
        const fault = Fault.from(error)
        this.#failed(fault)
        // After a failure in service or a request, the recovery is already chosen. Without a card it has waited.
        const isSettled = this.#wasOpen && this.#rung !== null
        if (isSettled || (this.#wasOpen && fault.detail.sim === 'missing')) wait = reopenAfterMs[0] as number
        // While nothing is plugged in, there is nothing to recover.
        if (!isSettled && (served || !this.#wasOpen))
          this.#climb(failures % failuresPerPowerCycle === 0 ? 'power' : 'reopen')
        else if (!isSettled && !needsPerson(fault)) this.#climb(this.#ladder.next(this.#quirks.ladder))
      }
      if (this.#rung === 'power') wait = Math.max(wait, await this.#powerCycle())
      await this.#deps.stopping.waitUpTo(wait, this.#clock)
    }
    this.#shown.set({ status: 'offline' })
  }

  #climb(rung: Rung): void {
    this.#ladder.count(rung)
    this.#rung = rung
    this.#shown.set({ recovering: rung, recoveries: { ...this.#ladder.counts } })
    if (this.#ladder.isExhausted) this.#shown.set({ status: 'error' })
  }

  #announce(rung: Rung): void {
    if (!this.#logged.has(rung)) this.#deps.handlers.log('warn', `the modem does not serve: ${rungs[rung]}`)
    this.#logged.add(rung)
  }

  /** Resolves with the time that the modem needs afterwards, in ms. */
  async #powerCycle(): Promise<number> {
    this.#rung = null
    const { power } = this.#deps.options
    if (power === undefined) return 0
    this.#announce('power')
    try {
      await power()
      return powerSettlesMs
    } catch (error) {
      this.#deps.handlers.log('warn', Fault.from(error).message)
      return 0
    }
  }

  /** One port from its opening to its loss. Resolves with the time for which it must be left alone, in ms. */
  async #connect(): Promise<number> {
    this.#wasOpen = false
    const port = await openInTime(this.#deps.options, this.#clock, this.#deps.stopping)
    this.#shown.set({ port: port.name })
    const channel = new Channel(this.#deps.trace.of(port), this.#clock, {
      urc: (urc, line, body) => this.#urc(urc, line, body),
      reset: (sign) => this.#reset(sign),
      lost: (reason) => this.#lost(channel, reason),
      resynchronised: () => {
        if (this.session !== null) this.#ladder.count('resync')
      },
    })
    this.channel = channel
    this.#wasOpen = true
    this.#awakeUntil = this.#clock.monotonic() + awakeningMs
    try {
      const rung = this.#rung
      this.#rung = null
      if (rung === 'radio' || rung === 'reset') this.#announce(rung)
      if (rung === 'reset') {
        await channel.exclusive(() => resetModem(channel, this.#quirks))
        return this.#quirks.resetMs
      }
      if (rung === 'radio') await channel.exclusive(() => cycleRadio(channel))
      for (let starts = 0; starts < maxStarts; starts++) {
        const since = this.#clock.monotonic()
        await this.#serveWithCard(channel)
        if (channel.lost !== null) throw new Fault('port_failed', channel.lost)
        if (this.#clock.monotonic() - since > steadyMs) starts = 0
      }
      throw new Fault('modem_error', 'the modem resets again and again')
    } finally {
      this.channel = null
      this.#deps.bond.part()
      this.#shown.set({ port: null })
      channel.lose('closed')
      await closeInTime(port, this.#clock).catch((fault: Fault) => this.#deps.handlers.log('warn', fault.message))
    }
  }

  /** Waits at the open port for a card: modems report when one is inserted. */
  async #serveWithCard(channel: Channel): Promise<void> {
    for (let tries = 1; ; tries++) {
      this.#card = new Latch()
      try {
        return await this.#serve(channel)
      } catch (error) {
        const fault = Fault.from(error)
        if (fault.detail.sim !== 'missing' || channel.lost !== null || tries >= maxCardTries) throw error
        this.#failed(fault)
        await this.#card.waitUpTo(cardIntervalMs, this.#clock)
        if (channel.lost !== null) throw error
      }
    }
  }

  /** One start-up and what follows it, until the modem resets or is lost. */
  async #serve(channel: Channel): Promise<void> {
    const over = new Latch()
    this.#over = over
    const answers = () => {
      if (this.#shown.facts.status === 'offline') this.#shown.set({ status: 'initializing' })
    }
    const step = (name: string) => this.#deps.handlers.log('debug', `start-up: ${name}`)
    const holds = (quirks: Quirks) => {
      this.#quirks = quirks
    }
    const admit = (imei: string | null) => this.#deps.bond.admit(imei)
    const options = { pin: this.pin, name: this.#deps.options.id, answers, admit, holds, step }
    const started = await channel
      .exclusive(() => startUp(channel, options))
      .catch((error) => {
        if (channel.lost === null && over.isFired) return null
        throw error
      })
    if (started === null) return
    const { identity, quirks, sim, messages, centre, observed } = started
    await this.#deps.bond.meet({ modem: identity.imei, sim })
    if (over.isFired) return
    this.sim = sim
    this.#filing.use(sim ?? this.#deps.options.id)
    const session = new Session({
      channel,
      messages,
      quirks,
      filing: this.#filing,
      centre,
      heartbeatMs: this.#deps.options.heartbeatMs ?? defaultHeartbeatMs,
      observed: (change) => this.#shown.set(change),
      called: (from) => this.#deps.handlers.called(from),
      over: (reason) => this.#fall(reason),
      cardChanged: (sign) => this.#looks.ask(() => this.#cardChanged(session, sign)),
      awakeUntil: this.#awakeUntil,
      again: (reason) => this.#startAgain(reason),
      log: (level, message) => this.#deps.handlers.log(level, message),
    })
    this.session = session
    this.#failure = null
    const name = [identity.manufacturer, identity.model].filter((word) => word !== null).join(' ')
    this.#deps.handlers.log('info', `${name === '' ? 'a modem' : name} on ${this.#shown.facts.port} is ready`)
    this.#logged.clear()
    this.#shown.set({
      status: 'ready',
      sim: 'ready',
      unaccepted: this.#deps.bond.held === null ? null : 'sim',
      model: identity.model,
      firmware: identity.firmware,
      ...observed,
      last_error: null,
      recovering: null,
      recoveries: { ...this.#ladder.counts },
    })
    if (this.#shown.facts.last_error !== null) this.#deps.handlers.log('warn', this.#shown.facts.last_error)
    session.start()
    this.#healed = this.#clock.after(healedMs, () => {
      if (isUsable(this.#shown.facts.network)) this.#ladder.well()
    })
    await over.wait()
    this.#healed.cancel()
    await session.end()
  }

  readonly #doSoon = (work: () => unknown) => inBackground(work, logged(this.#deps.handlers.log, 'the modem'))
  readonly #looks = new OneAtATime(this.#doSoon)

  #urc(urc: Urc, line: string, body: readonly string[]): void {
    switch (urc.kind) {
      case 'direct':
        // An earlier program may have enabled it: it is received before the set-up, too.
        return this.#direct(line, body)
      case 'registration': {
        const network = registrationIn(line)
        // The loss of another domain does not matter: one network is enough for texts.
        if (network !== null && (line.startsWith('+CREG:') || isUsable(network))) this.#shown.set({ network })
        return
      }
      case 'awake':
      case 'card':
        this.#card.fire()
        if (urc.kind === 'card') return this.#looks.ask(() => this.session && this.#cardChanged(this.session, line))
        if (this.#clock.monotonic() <= this.#awakeUntil) return this.session?.awake()
        return this.#looks.ask(() => this.session && this.#mayHaveReset(this.session, line))
      default:
        this.session?.urc(urc, line)
    }
  }

  /** It can't be read again: an undecodable one is stored as received. */
  #direct(line: string, body: readonly string[]): void {
    const format = this.session?.format ?? pduFormat
    const { pdu, doubt, raw } = format.direct(line, body)
    const isKept = doubt === null || this.#damage.note(doubt)
    if (pdu !== null) this.#filing.direct(pdu, () => this.session?.acknowledge())
    else if (isKept && body.length > 0) this.#filing.direct(raw, () => this.session?.refuse())
    if (format !== pduFormat || directShape(line) === 'pdu' || this.#showsText) return
    // Its settings are lost; or it always sends text: then a further set-up would not help.
    this.#showsText = true
    this.#reset(`it is in text mode: ${line.slice(0, 5)}`)
  }

  /** The card is queried at once: gone, that is reported; there again, it may be another one. */
  async #cardChanged(session: Session, sign: string): Promise<void> {
    const trouble = await session.card()
    if (this.session !== session) return
    if (trouble !== null) this.#startAgain(trouble)
    else if (this.#clock.monotonic() > this.#awakeUntil) this.#reset(sign)
  }

  /**
   * `+CPIN: READY`: the card was read again, which a reset does, too. A submission that ends nevertheless shows that
   * there was no reset.
   */
  async #mayHaveReset(session: Session, sign: string): Promise<void> {
    if (!session.isSending || !sign.startsWith('+CPIN:')) return this.#reset(sign)
    await Promise.race([session.sent(), this.#over.waitUpTo(refutedWithinMs, this.#clock)])
    if (this.session !== session) return
    if (session.isSending) this.#reset(sign)
    else await session.look()
  }

  #reset(sign: string): void {
    this.#awakeUntil = this.#clock.monotonic() + awakeningMs
    this.#startAgain(`the modem has reset (${sign})`)
    this.channel?.abandon(sign)
  }

  /** The modem answers, and is not usable: it is set up again, then recovered. */
  #fall(reason: string): void {
    if (this.#over.isFired || this.#deps.stopping.isFired) return
    const rung = this.#ladder.next(this.#quirks.ladder)
    this.#climb(rung === 'reopen' ? 'restart' : rung)
    this.#startAgain(reason)
    // Any other recovery begins by opening the port again.
    if (rung !== 'reopen') this.channel?.lose(reason)
  }

  #startAgain(reason: string): void {
    if (this.#over.isFired || this.#deps.stopping.isFired) return
    this.#deps.handlers.log('warn', reason)
    this.#leave({ status: 'initializing', last_error: reason })
  }

  #lost(channel: Channel, reason: string): void {
    if (channel !== this.channel) return
    this.#card.fire()
    this.#leave(this.#deps.stopping.isFired ? {} : { status: 'offline', last_error: reason })
  }

  /** Nothing more is sent or deleted. */
  #leave(change: Partial<ModemFacts>): void {
    this.#doSoon(() => this.session?.end())
    this.session = null
    this.#over.fire()
    this.#shown.set(change)
  }

  #failed(fault: Fault): void {
    const { sim, unaccepted = null } = fault.detail as Partial<ModemState>
    const status = sim === 'missing' ? 'no_sim' : sim === undefined ? 'offline' : 'sim_locked'
    // Once, not at every try.
    if (this.#failure !== fault.message) this.#deps.handlers.log('warn', fault.message)
    this.#failure = fault.message
    this.#shown.set({ status, ...(sim !== undefined && { sim }), unaccepted, last_error: fault.message })
  }
}
