import { Fault } from '../../message/fault.ts'
import type { GatewayState } from '../../message/gateway-state.ts'
import type { Handover, SegmentOrder } from '../../message/handover.ts'
import { type Clock, sleep, type Timer } from '../../util/clock.ts'
import type { Gateway, GatewayHandlers, Leave } from '../gateway.ts'
import { Channel } from './channel.ts'
import { registrationIn } from './parse.ts'
import { openPort, type Port } from './port.ts'
import { Receiver } from './receiver.ts'
import { type Identity, observe, startUp, synchronise } from './startup.ts'
import { submitSegment, usualSubmitTimes } from './submit-dialogue.ts'
import type { Urc } from './urcs.ts'

export interface ModemOptions {
  readonly id: string
  /** A serial device, or tcp://host:port. */
  readonly path: string
  readonly baudRate: number
  readonly pin: string | undefined
  /** How the port is opened, where it is neither a serial device nor TCP. */
  readonly open?: (path: string, baudRate: number) => Promise<Port>
}

/** Waits between attempts to open the port again, in ms; the last one repeats. */
const reopenAfter = [1_000, 2_000, 5_000, 10_000, 30_000]
/** ms between looks at signal and registration, which also find a modem that fell silent. */
const heartbeat = 30_000
/** Sends whose bare OK no reference followed, until nobody waits for one any more. */
const bareOksToLearn = 3

const offline: GatewayState = {
  status: 'initializing',
  network: 'unknown',
  sim: 'unknown',
  operator: null,
  technology: null,
  signal_dbm: null,
  signal_percent: null,
  model: null,
  firmware: null,
  last_error: null,
}

/** An AT modem: keeps its port open, its state known and its texts moving. */
export class Modem implements Gateway {
  readonly id: string
  readonly #options: ModemOptions
  readonly #clock: Clock
  #handlers!: GatewayHandlers
  #state: GatewayState = offline
  #identity: Identity | null = null
  #port: Port | null = null
  #channel: Channel | null = null
  #receiver: Receiver | null = null
  #pausedUntil = 0
  #pause: Timer | null = null
  #beat: Timer | null = null
  #bareOks = 0
  #sending = 0
  #restart = false
  #pinRefused = false
  #stopping = false
  #wake: () => void = () => {}
  #ended: Promise<void> = Promise.resolve()

  constructor(options: ModemOptions, clock: Clock) {
    this.id = options.id
    this.#options = options
    this.#clock = clock
  }

  get sim(): string {
    return this.#identity?.sim ?? this.id
  }

  get state(): GatewayState {
    return this.#state
  }

  get ready(): boolean {
    return this.#state.status === 'ready' && this.#pausedUntil <= this.#clock.monotonic() && !this.#stopping
  }

  start(handlers: GatewayHandlers): void {
    this.#handlers = handlers
    this.#ended = this.#live()
  }

  async send(order: SegmentOrder, leave: () => Promise<Leave>): Promise<Handover> {
    const channel = this.#channel
    if (channel === null || this.#state.status !== 'ready')
      return { outcome: 'not_sent', reason: 'the modem is not ready' }
    this.#sending++
    try {
      return await new Promise<Handover>((resolve) => {
        void channel.exclusive(async () => {
          const tail = this.#bareOks >= bareOksToLearn ? 1 : usualSubmitTimes.tail
          const { handover, resync, bareOk } = await submitSegment(channel, this.#clock, order, leave, {
            ...usualSubmitTimes,
            tail,
          })
          this.#bareOks = handover.outcome !== 'sent' ? this.#bareOks : bareOk ? this.#bareOks + 1 : 0
          if (handover.outcome === 'refused') this.#set({ last_error: handover.cause.text })
          resolve(handover)
          if (resync) await this.#resync(channel)
        })
      })
    } finally {
      this.#sending--
    }
  }

  pause(ms: number, reason: string): void {
    this.#pausedUntil = this.#clock.monotonic() + ms
    this.#set({ last_error: reason })
    this.#pause?.cancel()
    this.#pause = this.#clock.after(ms, () => this.#handlers.changed())
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#wake()
    await this.#ended
  }

  /** Opens, starts up, serves, and does it again whenever the port goes: a modem never needs a restart of the hub. */
  async #live(): Promise<void> {
    for (let failures = 0; !this.#stopping; ) {
      try {
        await this.#open()
        failures = 0
        await this.#untilWoken()
      } catch (error) {
        this.#failed(Fault.from(error))
        failures++
      }
      await this.#close()
      if (this.#stopping) break
      const wait = this.#restart ? 0 : (reopenAfter[Math.min(failures, reopenAfter.length) - 1] ?? reopenAfter[0])
      this.#restart = false
      await Promise.race([sleep(this.#clock, wait as number), this.#untilWoken()])
    }
    this.#set({ status: 'offline' })
  }

  #untilWoken(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stopping) return resolve()
      this.#wake = resolve
    })
  }

  async #open(): Promise<void> {
    const { path, baudRate, pin, open = openPort } = this.#options
    const port = await open(path, baudRate)
    this.#port = port
    const channel = new Channel(port, this.#clock, {
      urc: (urc, line, second) => this.#urc(urc, line, second),
      lost: (reason) => this.#lost(channel, reason),
    })
    this.#channel = channel
    this.#set({ status: 'initializing', last_error: null })
    // A PIN that was refused once is never entered again: the third time blocks the SIM.
    await this.#bringUp(channel, this.#pinRefused ? undefined : pin)
    this.#beat = this.#clock.after(heartbeat, () => this.#heartbeat(channel))
  }

  async #bringUp(channel: Channel, pin: string | undefined): Promise<void> {
    const identity = await channel.exclusive(() => startUp(channel, this.#clock, { pin }))
    if (channel.lost) throw new Fault('port_failed', 'the port was lost while the modem started')
    this.#identity = identity
    this.#receiver = new Receiver(this.id, identity, channel, this.#clock, this.#handlers)
    await this.#receiver.sweepAll()
    if (channel.lost) throw new Fault('port_failed', 'the port was lost while the modem started')
    this.#handlers.log(
      'info',
      `${identity.manufacturer ?? 'modem'} ${identity.model ?? ''} on ${this.#options.path} is ready`,
    )
    this.#observed(identity)
    this.#set({ status: 'ready', sim: 'ready', model: identity.model, firmware: identity.firmware })
  }

  #observed(identity: Identity): void {
    this.#set({
      network: identity.network,
      operator: identity.operator,
      technology: identity.technology,
      signal_dbm: identity.signal?.dbm ?? null,
      signal_percent: identity.signal?.percent ?? null,
    })
  }

  #urc(urc: Urc, line: string, second: string | null): void {
    if (urc.kind === 'registration') {
      const network = registrationIn(line)
      if (network !== null) this.#set({ network })
    } else if (urc.kind === 'reset') {
      // Everything that was set up is lost with a reset; while starting up the steps follow anyway.
      if (this.#state.status === 'ready') this.#startAgain(`the modem has reset (${line})`)
    } else {
      this.#receiver?.urc(urc, line, second)
    }
  }

  async #heartbeat(channel: Channel): Promise<void> {
    if (channel !== this.#channel || channel.lost || this.#stopping) return
    const identity = this.#identity as Identity
    if (this.#state.status === 'ready' && this.#sending === 0) {
      const { final } = await channel.exclusive(() => observe(channel, identity))
      if (channel !== this.#channel) return
      if (final.kind === 'timeout') await channel.exclusive(() => this.#resync(channel))
      else if (channel.echoSeen) this.#startAgain('the modem echoes again: it has reset')
      else {
        this.#observed(identity)
        await this.#receiver?.sweep()
      }
    }
    this.#beat = this.#clock.after(heartbeat, () => this.#heartbeat(channel))
  }

  /** After a silence: back to a known state, or through the whole start again. Inside `exclusive`. */
  async #resync(channel: Channel): Promise<void> {
    try {
      await synchronise(channel, this.#clock)
    } catch (error) {
      if (channel === this.#channel) this.#startAgain(Fault.from(error).message)
    }
  }

  #startAgain(reason: string): void {
    this.#handlers.log('warn', reason)
    this.#set({ status: 'initializing', last_error: reason })
    this.#restart = true
    this.#wake()
  }

  #lost(channel: Channel, reason: string): void {
    if (channel !== this.#channel || this.#stopping) return
    this.#handlers.log('warn', `the port was lost: ${reason}`)
    this.#set({ status: 'offline', last_error: `the port was lost: ${reason}` })
    this.#wake()
  }

  #failed(fault: Fault): void {
    if (fault.detail.pin === 'refused') this.#pinRefused = true
    const sim = fault.detail.sim as GatewayState['sim'] | undefined
    const status = sim === 'missing' ? 'no_sim' : sim === undefined ? 'offline' : 'sim_locked'
    if (this.#state.last_error !== fault.message) this.#handlers.log('warn', fault.message)
    this.#set({ status, ...(sim !== undefined && { sim }), last_error: fault.message })
  }

  async #close(): Promise<void> {
    this.#beat?.cancel()
    const port = this.#port
    this.#channel = null
    this.#receiver = null
    this.#port = null
    await port?.close()
  }

  #set(change: Partial<GatewayState>): void {
    const state = { ...this.#state, ...change }
    const same = Object.entries(change).every(([key, value]) => this.#state[key as keyof GatewayState] === value)
    this.#state = state
    if (!same) this.#handlers.changed()
  }
}
