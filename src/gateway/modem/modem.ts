import { Fault } from '../../message/fault.ts'
import type { GatewayState } from '../../message/gateway-state.ts'
import type { Handover, SegmentOrder } from '../../message/handover.ts'
import type { Clock, Timer } from '../../util/clock.ts'
import type { Gateway, GatewayHandlers, Leave, RingOrder } from '../gateway.ts'
import { Channel, type Reply } from './channel.ts'
import { Filing } from './filing.ts'
import { Latch } from './latch.ts'
import { isUsable } from './observe.ts'
import { closeInTime, openInTime } from './opening.ts'
import { type ModemOptions, offline } from './options.ts'
import { registrationIn } from './parse.ts'
import { type Quirks, quirksOfNobody } from './quirks.ts'
import { cycleRadio, Ladder, type Rung, resetModem, rungs } from './recovery.ts'
import { Session } from './session.ts'
import { type PinMemory, PinsOfThisRun } from './sim-card.ts'
import { startUp } from './startup.ts'
import { Trace } from './trace.ts'
import type { Urc } from './urcs.ts'

/** Waits before the port is opened again, in ms, by the number of failures in a row; the last one repeats. */
const reopenAfter = [1_000, 2_000, 5_000, 10_000, 30_000]
/** ms of service after which a failure is the first one again. */
const steady = 60_000
/** ms behind a reset in which a modem tells its progress (`SMS Ready`); later that is the sign of a reset unnoticed. */
const awakening = 60_000
/** ms between looks at a modem, where the options do not say. */
const heartbeat = 30_000
/** ms of readiness in which nothing has to be done about a modem: what was wrong is over. */
const healed = 600_000
/** ms that a modem needs behind a loss of its power. */
const powerSettles = 12_000
/** Every so many times that a port does not open, its device loses its power. */
const powerEvery = 6
/** ms for a command that somebody types. */
const byHand = 30_000
/** Resets one after the other until the port is closed and left alone for a while. */
const mostStarts = 5

/** An AT modem: keeps its port open, its state known and its texts moving. */
export class Modem implements Gateway {
  readonly id: string
  readonly #options: ModemOptions
  readonly #clock: Clock
  readonly #pin: { readonly code: string | undefined; readonly memory: PinMemory }
  readonly #stopping = new Latch()
  readonly #handovers = new Set<Promise<Handover>>()
  #handlers!: GatewayHandlers
  #filing!: Filing
  #state: GatewayState = offline
  #sim: string | null = null
  #channel: Channel | null = null
  #session: Session | null = null
  /** Fired when the modem has started anew or is gone: everything set up is lost. */
  #over = new Latch()
  /** Until then the modem says in its own time that it is awake. */
  #awakeUntil = 0
  /** What has kept it from being ready since it last was. */
  #failure: string | null = null
  readonly #ladder = new Ladder()
  readonly #trace: Trace
  /** What is to be done before the next start-up. */
  #rung: Rung | null = null
  #wasOpen = false
  /** The name of the port that is or was open. */
  #port = ''
  /** What is told once only until it serves again. */
  readonly #said = new Set<Rung>()
  #healed: Timer | null = null
  #quirks: Quirks = quirksOfNobody
  #pausedUntil = 0
  #pause: Timer | null = null
  #ended: Promise<void> = Promise.resolve()

  constructor(options: ModemOptions, clock: Clock) {
    this.id = options.id
    this.#options = options
    this.#clock = clock
    this.#trace = new Trace(clock)
    this.#pin = { code: options.pin, memory: options.pins ?? new PinsOfThisRun() }
  }

  get sim(): string {
    return this.#sim ?? this.id
  }

  get state(): GatewayState {
    return this.#state
  }

  get ready(): boolean {
    if (this.#session === null || this.#stopping.isFired) return false
    // Refused now with 331 (no network service), taken in seconds; whatever else +CREG says may be wrong.
    return this.#state.network !== 'searching' && this.#pausedUntil <= this.#clock.monotonic()
  }

  start(handlers: GatewayHandlers): void {
    this.#handlers = handlers
    this.#filing = new Filing(this.id, this.#clock, handlers)
    this.#ended = this.#live()
  }

  send(order: SegmentOrder, leave: () => Promise<Leave>): Promise<Handover> {
    return this.#handOver((session) => session.send(order, leave))
  }

  ring(order: RingOrder, leave: () => Promise<Leave>): Promise<Handover> {
    return this.#handOver((session) => session.ring(order, leave))
  }

  async #handOver(work: (session: Session) => Promise<Handover>): Promise<Handover> {
    const session = this.#session
    if (session === null || this.#stopping.isFired) return { outcome: 'not_sent', reason: 'the modem is not ready' }
    const handover = work(session)
    this.#handovers.add(handover)
    try {
      const done = await handover
      if (done.outcome === 'refused') this.#set({ last_error: done.cause.text })
      if (done.outcome === 'sent') this.#ladder.well()
      this.#rest()
      return done
    } finally {
      this.#handovers.delete(handover)
    }
  }

  /** What went over the port lately, secrets and messages masked. */
  get trace(): string {
    return this.#trace.toString()
  }

  /** Says a command to the modem between its own ones. Fails when no port is open. */
  at(text: string): Promise<Reply> {
    const channel = this.#channel
    if (channel === null) throw new Fault('port_failed', this.#state.last_error ?? 'the modem is not there')
    return channel.exclusive(() => channel.command(text, byHand))
  }

  pause(ms: number, reason: string): void {
    this.#set({ last_error: reason })
    this.#restFor(ms)
  }

  /** The gap to the next message; the parts of one follow at once. */
  #rest(): void {
    const { gapMs = 0 } = this.#options
    if (gapMs > 0 && !this.#stopping.isFired) this.#restFor(gapMs)
  }

  #restFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.monotonic() + ms)
    this.#pause?.cancel()
    this.#pause = this.#clock.after(this.#pausedUntil - this.#clock.monotonic(), () => this.#handlers.changed())
  }

  async stop(): Promise<void> {
    this.#stopping.fire()
    this.#pause?.cancel()
    // What waits is told so at once; what runs ends as it would.
    const ended = this.#session?.end()
    await Promise.all(this.#handovers)
    await ended
    this.#channel?.lose('the hub stops')
    await this.#ended
    await this.#filing?.stop()
  }

  /** Opens, starts up, serves, and does it again whenever the port goes: a modem never needs a restart of the hub. */
  async #live(): Promise<void> {
    for (let failures = 0; !this.#stopping.isFired; ) {
      const since = this.#clock.monotonic()
      let wait = 0
      try {
        wait = await this.#connect()
      } catch (error) {
        if (this.#stopping.isFired) break
        const served = this.#clock.monotonic() - since > steady
        failures = served ? 1 : failures + 1
        wait = reopenAfter[Math.min(failures, reopenAfter.length) - 1] as number
        const fault = Fault.from(error)
        this.#failed(fault)
        // A plug that was pulled, or is not there yet, is no reason to do anything but to wait for it.
        if (served || !this.#wasOpen) this.#climb(failures % powerEvery === 0 ? 'power' : 'reopen')
        else if (!needsPerson(fault)) this.#climb(this.#ladder.next())
      }
      if (this.#rung === 'power') wait = Math.max(wait, await this.#powerCycle())
      await this.#stopping.waitUpTo(wait, this.#clock)
    }
    this.#set({ status: 'offline' })
  }

  #climb(rung: Rung): void {
    this.#ladder.count(rung)
    this.#rung = rung
    this.#set({ recovering: rung, recoveries: { ...this.#ladder.counts } })
    if (this.#ladder.isExhausted) this.#set({ status: 'error' })
  }

  #announce(rung: Rung): void {
    if (!this.#said.has(rung)) this.#handlers.log('warn', `the modem does not serve: ${rungs[rung]}`)
    this.#said.add(rung)
  }

  /** Answers how long the modem needs behind it, in ms. */
  async #powerCycle(): Promise<number> {
    this.#rung = null
    const { power } = this.#options
    if (power === undefined) return 0
    this.#announce('power')
    try {
      await power()
      return powerSettles
    } catch (error) {
      this.#handlers.log('warn', Fault.from(error).message)
      return 0
    }
  }

  /** One port from its opening to its loss. Answers how long it must be left alone, where that was meant. */
  async #connect(): Promise<number> {
    this.#wasOpen = false
    const port = await openInTime(this.#options, this.#clock, this.#stopping)
    this.#port = port.name
    const channel = new Channel(this.#trace.of(port), this.#clock, {
      urc: (urc, line, pdu) => this.#urc(urc, line, pdu),
      reset: (sign) => this.#reset(sign),
      lost: (reason) => this.#lost(channel, reason),
      resynchronised: () => {
        if (this.#session !== null) this.#ladder.count('resync')
      },
    })
    this.#channel = channel
    this.#wasOpen = true
    this.#awakeUntil = this.#clock.monotonic() + awakening
    try {
      const rung = this.#rung
      this.#rung = null
      if (rung === 'radio' || rung === 'reset') this.#announce(rung)
      if (rung === 'reset') {
        await channel.exclusive(() => resetModem(channel, this.#quirks))
        return this.#quirks.resetMs
      }
      if (rung === 'radio') await channel.exclusive(() => cycleRadio(channel))
      for (let starts = 0; starts < mostStarts; starts++) {
        const since = this.#clock.monotonic()
        await this.#serve(channel)
        if (channel.lost !== null) throw new Fault('port_failed', channel.lost)
        if (this.#clock.monotonic() - since > steady) starts = 0
      }
      throw new Fault('modem_error', 'the modem resets again and again')
    } finally {
      this.#channel = null
      channel.lose('closed')
      await closeInTime(port, this.#clock).catch((fault: Fault) => this.#handlers.log('warn', fault.message))
    }
  }

  /** One start-up and what follows it, until the modem resets or is lost. */
  async #serve(channel: Channel): Promise<void> {
    const over = new Latch()
    this.#over = over
    const answers = () => {
      if (this.#state.status === 'offline') this.#set({ status: 'initializing' })
    }
    const step = (name: string) => this.#handlers.log('debug', `start-up: ${name}`)
    const started = await channel.exclusive(() => startUp(channel, { pin: this.#pin, name: this.id, answers, step }))
    if (over.isFired) return
    const { identity, quirks, sim, messages, observed } = started
    this.#quirks = quirks
    this.#sim = sim
    this.#filing.use(this.sim)
    const session = new Session({
      channel,
      messages,
      quirks,
      filing: this.#filing,
      heartbeatMs: this.#options.heartbeatMs ?? heartbeat,
      observed: (change) => this.#set(change),
      over: (reason) => this.#fall(reason),
      log: (level, message) => this.#handlers.log(level, message),
    })
    this.#session = session
    this.#failure = null
    const name = [identity.manufacturer, identity.model].filter((word) => word !== null).join(' ')
    this.#handlers.log('info', `${name === '' ? 'a modem' : name} on ${this.#port} is ready`)
    const { model, firmware } = identity
    this.#said.clear()
    const recoveries = { ...this.#ladder.counts }
    this.#set({
      status: 'ready',
      sim: 'ready',
      model,
      firmware,
      ...observed,
      last_error: null,
      recovering: null,
      recoveries,
    })
    session.start()
    this.#healed = this.#clock.after(healed, () => {
      if (isUsable(this.#state.network)) this.#ladder.well()
    })
    await over.wait()
    this.#healed.cancel()
    await session.end()
  }

  #urc(urc: Urc, line: string, pdu: string | null): void {
    switch (urc.kind) {
      case 'direct':
        // Whoever was here before may have asked for it: it is heard before anything is set up, too.
        if (pdu === null) this.#session?.urc(urc, line)
        else this.#filing.direct(pdu, () => this.#session?.acknowledge())
        return
      case 'registration': {
        const network = registrationIn(line)
        // Another domain's loss says nothing: one network is enough for texts.
        if (network !== null && (line.startsWith('+CREG:') || isUsable(network))) this.#set({ network })
        return
      }
      case 'awake':
        if (this.#session !== null && this.#clock.monotonic() > this.#awakeUntil)
          this.#startAgain(`the modem has reset (${line})`)
        return
      default:
        this.#session?.urc(urc, line)
    }
  }

  #reset(sign: string): void {
    this.#awakeUntil = this.#clock.monotonic() + awakening
    this.#startAgain(`the modem has reset (${sign})`)
  }

  /** The modem works, and does not serve: set up anew, and what helps against that, if that does not. */
  #fall(reason: string): void {
    if (this.#over.isFired || this.#stopping.isFired) return
    const rung = this.#ladder.next()
    this.#climb(rung === 'reopen' ? 'restart' : rung)
    this.#startAgain(reason)
    // Another rung than that begins with a port that is opened anew.
    if (rung !== 'reopen') this.#channel?.lose(reason)
  }

  #startAgain(reason: string): void {
    if (this.#over.isFired || this.#stopping.isFired) return
    this.#handlers.log('warn', reason)
    this.#leave({ status: 'initializing', last_error: reason })
  }

  #lost(channel: Channel, reason: string): void {
    if (channel !== this.#channel) return
    this.#leave(this.#stopping.isFired ? {} : { status: 'offline', last_error: reason })
  }

  /** From here on nobody sends, and nothing more is deleted. */
  #leave(change: Partial<GatewayState>): void {
    void this.#session?.end()
    this.#session = null
    this.#over.fire()
    this.#set(change)
  }

  #failed(fault: Fault): void {
    const sim = fault.detail.sim as GatewayState['sim'] | undefined
    const status = sim === 'missing' ? 'no_sim' : sim === undefined ? 'offline' : 'sim_locked'
    // Once, not at every try.
    if (this.#failure !== fault.message) this.#handlers.log('warn', fault.message)
    this.#failure = fault.message
    this.#set({ status, ...(sim !== undefined && { sim }), last_error: fault.message })
  }

  #set(change: Partial<GatewayState>): void {
    const before = this.#state
    this.#state = { ...before, ...change }
    const keys = Object.keys(change) as (keyof GatewayState)[]
    if (keys.some((key) => before[key] !== change[key])) this.#handlers.changed()
  }
}

/** Nothing that the hub does to a modem mends that. */
function needsPerson({ detail }: Fault): boolean {
  return detail.sim === 'pin' || detail.sim === 'puk'
}
