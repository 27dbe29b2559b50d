import { type Duplex, duplexPair } from 'node:stream'
import type { GatewayHandlers } from '../../src/gateway/gateway.ts'
import type { Port } from '../../src/gateway/modem/line/port.ts'
import { Modem } from '../../src/gateway/modem/modem.ts'
import type { ModemOptions } from '../../src/gateway/modem/options.ts'
import type { CommonState, ModemState } from '../../src/message/gateway-state.ts'
import type { RawMessage } from '../../src/message/raw.ts'
import type { Concat, Segment } from '../../src/message/segment.ts'
import type { SendPermit, SubmitOutcome } from '../../src/message/submit-outcome.ts'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import {
  SimulatedModem,
  type ModemOptions as SimulatedModemOptions,
} from '../../src/simulator/modem/simulated-modem.ts'
import type { NetworkBehaviour } from '../../src/simulator/network/behaviour.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import type { Clock, Timer } from '../../src/util/clock.ts'
import { FakeClock, settle } from '../fake-clock.ts'

export const hub = '+491710000001'
export const friend = '+491710000002'

/** A second to the network, a second to the recipient, a second to the report. */
export const steady: Partial<NetworkBehaviour> = {
  acceptMs: [1000, 1000],
  deliverMs: [1000, 1000],
  reportMs: [1000, 1000],
}

/** The driver's clock: knows which of its timers still run. */
export class WatchedClock implements Clock {
  readonly #clock: Clock
  readonly #running = new Set<Timer>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Timers that were neither cancelled nor have fired. */
  get running(): number {
    return this.#running.size
  }

  wall(): number {
    return this.#clock.wall()
  }

  monotonic(): number {
    return this.#clock.monotonic()
  }

  random(): number {
    return this.#clock.random()
  }

  after(ms: number, callback: () => void): Timer {
    const inner = this.#clock.after(ms, () => {
      this.#running.delete(timer)
      callback()
    })
    const timer: Timer = {
      cancel: () => {
        this.#running.delete(timer)
        inner.cancel()
      },
    }
    this.#running.add(timer)
    return timer
  }
}

/** What went over a port, as one can read it: `>` to the modem, `<` from it. */
export interface Octets {
  readonly to: '>' | '<'
  readonly text: string
  readonly at: number
}

/** A port of the driver on one end of a byte stream. */
export function portOn(stream: Duplex, seen: (to: '>' | '<', text: string) => void = () => {}): Port {
  return {
    name: 'memory',
    write: (data) => {
      seen('>', data)
      if (stream.writable) stream.write(Buffer.from(data, 'latin1'))
    },
    onData: (listener) => {
      stream.on('data', (data: Buffer) => {
        seen('<', data.toString('latin1'))
        listener(data)
      })
    },
    onLost: (listener) => {
      stream.on('error', () => {})
      stream.on('close', () => listener('the stream has ended'))
    },
    close: async () => void stream.destroy(),
  }
}

/** Everything that the driver told. */
export class Told implements GatewayHandlers {
  readonly messages: RawMessage[] = []
  readonly lines: string[] = []
  readonly states: string[] = []
  readonly calls: (string | null)[] = []
  /** Rejects when it wants a message to stay where it is. */
  file: (raw: RawMessage) => Promise<void> = async () => {}
  state: () => string = () => ''

  readonly received = async (raw: RawMessage): Promise<void> => {
    await this.file(raw)
    this.messages.push(raw)
  }

  readonly gone: RawMessage[] = []
  readonly deleted = (raw: RawMessage): void => void this.gone.push(raw)

  readonly changed = (): void => {
    if (this.states.at(-1) !== this.state()) this.states.push(this.state())
  }

  readonly called = (from: string | null): void => void this.calls.push(from)

  readonly log = (level: string, message: string): void => {
    if (level !== 'debug') this.lines.push(message)
  }
}

export interface BenchOptions {
  readonly modem?: Partial<SimulatedModemOptions>
  readonly behaviour?: Partial<NetworkBehaviour>
  readonly driver?: Partial<ModemOptions>
  /** The octets from the modem fall into pieces like these. */
  readonly chunk?: (data: Buffer) => readonly Buffer[]
  /** Somebody is on the line. */
  readonly wrap?: (port: Port) => Port
}

/** A network, a simulated modem and the driver on a byte stream between them, on a clock that stands still. */
/** All that a modem shows, side by side. */
export function factsOf({ state: { modem, ...common } }: Modem): CommonState & ModemState {
  return { ...common, ...(modem as ModemState) }
}

export class Bench {
  readonly clock = new FakeClock()
  readonly watched = new WatchedClock(this.clock)
  readonly network: SimulatedNetwork
  readonly modem: SimulatedModem
  driver: Modem
  readonly told = new Told()
  readonly wire: Octets[] = []
  readonly device: SimulatedDevice
  readonly #options: BenchOptions
  #run = { lives: true }

  constructor(options: BenchOptions = {}) {
    const { clock } = this
    this.#options = options
    this.network = new SimulatedNetwork({ clock, behaviour: { ...steady, ...options.behaviour } })
    this.modem = new SimulatedModem({ network: this.network, number: hub, ...options.modem })
    this.device = new SimulatedDevice({ network: this.network, number: friend, answerer: { answer: () => [] } })
    this.driver = this.#driver({})
    this.told.state = () => this.driver.state.status
  }

  /** As a hub that is killed and started again, with other options perhaps: nothing that was under way goes on. */
  restart(options: Partial<ModemOptions> = {}): void {
    this.#run.lives = false
    this.modem.detach()
    this.driver = this.#driver(options)
    this.driver.start(this.told)
  }

  #driver(options: Partial<ModemOptions>): Modem {
    const run = { lives: true }
    this.#run = run
    const { watched } = this
    const open = async () => {
      if (!run.lives) throw new Error('dead')
      const { chunk, wrap = (port: Port) => port } = this.#options
      const port = wrap(this.#open(chunk))
      return { ...port, onData: (hear: (data: Uint8Array) => void) => port.onData((data) => run.lives && hear(data)) }
    }
    const clock: Clock = {
      wall: () => watched.wall(),
      monotonic: () => watched.monotonic(),
      random: () => watched.random(),
      after: (ms, callback) => watched.after(ms, () => run.lives && callback()),
    }
    const common = { id: 'home', path: 'memory', baudRate: 115_200, pin: undefined }
    return new Modem({ ...common, open, ...this.#options.driver, ...options }, clock)
  }

  get facts(): CommonState & ModemState {
    return factsOf(this.driver)
  }

  /** A driver that has started up and read the storages. */
  static async ready(options: BenchOptions = {}): Promise<Bench> {
    const bench = new Bench(options)
    bench.driver.start(bench.told)
    await bench.clock.advance(5_000)
    if (!bench.driver.ready) throw new Error(`not ready: ${JSON.stringify(bench.driver.state)}`)
    bench.wire.length = 0
    return bench
  }

  /** What the driver wrote from now on, without the line ends. */
  get written(): string[] {
    return this.wire.filter(({ to }) => to === '>').map(({ text }) => text.replace(/\r$/, ''))
  }

  /** Times out of the way: hands over and lets so much time pass until it has an outcome, five minutes at most. */
  async send(text: string, leave: () => Promise<SendPermit> = async () => 'go'): Promise<SubmitOutcome> {
    return this.outcomeOf(this.driver.submit(order(text), leave))
  }

  async outcomeOf<T>(promise: Promise<T>, limitMs = 300_000): Promise<T> {
    let outcome: { readonly value: T } | null = null
    void promise.then((value) => {
      outcome = { value }
    })
    await settle()
    for (let ms = 0; outcome === null && ms < limitMs; ms += 100) await this.clock.advance(100)
    if (outcome === null) throw new Error(`nothing came of it within ${limitMs / 1000} s`)
    return (outcome as { readonly value: T }).value
  }

  /** Lets time pass until it holds; answers how long that took, in ms. */
  async until(holds: () => boolean, limitMs = 300_000): Promise<number> {
    const since = this.clock.monotonic()
    while (!holds()) {
      if (this.clock.monotonic() - since > limitMs) throw new Error(`not within ${limitMs / 1000} s`)
      await this.clock.advance(100)
    }
    return this.clock.monotonic() - since
  }

  /** How often the network took this text. */
  accepted(text: string): number {
    return this.network.log.of('accepted').filter((event) => event.text === text).length
  }

  /** Stops the driver and answers how long that took, in ms. */
  async stop(): Promise<number> {
    const since = this.clock.monotonic()
    await this.outcomeOf(this.driver.stop())
    return this.clock.monotonic() - since
  }

  #open(chunk: BenchOptions['chunk']): Port {
    const [here, there] = duplexPair()
    there.on('close', () => here.destroy())
    here.on('close', () => there.destroy())
    if (!this.modem.isPlugged) throw new Error('there is no such port')
    this.modem.attach(there)
    const seen = (to: '>' | '<', text: string) => {
      this.wire.push({ to, text, at: this.clock.monotonic() })
    }
    const port = portOn(here, seen)
    if (chunk === undefined) return port
    return {
      ...port,
      onData: (listener) =>
        port.onData((data) => {
          for (const piece of chunk(data as Buffer)) listener(piece)
        }),
    }
  }
}

/** A segment for the friend. */
export function order(
  text: string,
  statusReport = false,
  alphabet: 'gsm7' | 'ucs2' = 'gsm7',
  concat: Concat | null = null,
): Segment {
  const content = { alphabet, text }
  return {
    id: 'cmd.0.1',
    to: friend,
    content,
    concat,
    validitySeconds: 86_400,
    report: statusReport,
    messageClass: null,
  }
}
