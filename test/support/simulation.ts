import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { duplexPair } from 'node:stream'
import { loadConfig } from '../../src/config/load.ts'
import type { Port } from '../../src/gateway/modem/line/port.ts'
import { Modem } from '../../src/gateway/modem/modem.ts'
import { Hub } from '../../src/hub/hub.ts'
import type { OperationName } from '../../src/ledger/operations.ts'
import type { Acknowledgement } from '../../src/message/acknowledgement.ts'
import type { Publish } from '../../src/message/publish.ts'
import type { Ingress, IngressHandlers, OutboundMessage } from '../../src/mqtt/ingress.ts'
import type { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { Clock, Timer } from '../../src/util/clock.ts'
import { seededRandom } from '../../src/util/random.ts'
import { temporaryFolder } from './folder.ts'

/**
 * Simulated time. It goes on only when nothing is under way any more: every call of the store answered, every octet
 * on the modem's line read.
 */
export class SimulatedClock implements Clock {
  readonly random: () => number
  /** How far the wall clock is off what would be right. */
  wallOffset = 0
  /** Counted up by everything that moves. */
  activity = 0
  #now = 0
  #timers: { at: number; order: number; callback: () => void }[] = []
  #order = 0

  constructor(seed: number) {
    this.random = seededRandom(seed)
  }

  wall(): number {
    return Date.parse('2026-11-22T12:00:00Z') + this.#now + this.wallOffset
  }

  monotonic(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): Timer {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, callback }
    let low = 0
    let high = this.#timers.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#timers[middle] as typeof timer).at <= timer.at) low = middle + 1
      else high = middle
    }
    this.#timers.splice(low, 0, timer)
    return {
      cancel: () => {
        const index = this.#timers.indexOf(timer)
        if (index >= 0) this.#timers.splice(index, 1)
      },
    }
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await this.quiet()
      const next = this.#timers[0]
      if (next === undefined || next.at > end) break
      this.#timers.shift()
      this.#now = next.at
      next.callback()
    }
    this.#now = end
  }

  async quiet(): Promise<void> {
    for (let still = 0, seen = this.activity; still < 4; ) {
      await new Promise((resolve) => setImmediate(resolve))
      still = this.activity === seen ? still + 1 : 0
      seen = this.activity
    }
  }
}

/** A publish of a simulated client, sent again until it is acknowledged, as MQTT asks of clients. */
export interface SimulatedPublish {
  readonly topic: string
  readonly payload: string
  readonly messageId: number
  /** When the hub first had it for good; what waits at a client can't run out yet. */
  at: number
  acknowledged: boolean
}

/** Clients and broker in one: what the hub's doors to MQTT stand for. */
export class SimulatedBroker implements Ingress {
  readonly address = 'simulated'
  readonly published: { readonly topic: string; readonly payload: string }[] = []
  readonly publishes: SimulatedPublish[] = []
  /** Why it takes a message for good never; null where it does. */
  refuses: (topic: string) => string | null = () => null
  /** An outage: the hub's messages wait, and clients can't publish. */
  away = false
  readonly #clock: SimulatedClock
  #handlers: IngressHandlers | null = null
  #waiting: (() => void)[] = []
  #connection = 0
  #nextId = 1

  constructor(clock: SimulatedClock) {
    this.#clock = clock
  }

  readonly trouble = null

  get connected(): boolean {
    return this.#handlers !== null && !this.away
  }

  async start(handlers: IngressHandlers): Promise<void> {
    this.#handlers = handlers
    this.#connection++
    if (!this.away) handlers.connected({ remembers: true })
    this.#resend()
  }

  async stop(): Promise<void> {}

  watch(): () => void {
    return () => {}
  }

  async publish({ topic, payload }: OutboundMessage): Promise<Acknowledgement> {
    const handlers = this.#handlers
    if (this.away) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#clock.activity++
    const reason = this.refuses(topic)
    if (reason !== null) return { taken: false, reason }
    // The hub that sent it is gone: nobody hears the acknowledgement, the broker has it all the same.
    this.published.push({ topic, payload })
    if (handlers !== this.#handlers) return new Promise(() => {})
    return { taken: true }
  }

  /** A client publishes; it goes on trying until it is acknowledged. */
  press(topic: string, payload: string): SimulatedPublish {
    const publish = {
      topic,
      payload,
      messageId: this.#nextId++ & 0xffff,
      at: Number.NaN,
      acknowledged: false,
    }
    this.publishes.push(publish)
    this.#send(publish, false)
    return publish
  }

  /** The hub is gone with its connections; what was not acknowledged comes again. Some clients lost the answer too. */
  cut(): void {
    this.#handlers = null
  }

  goAway(): void {
    this.away = true
    this.#handlers?.disconnected('simulated outage')
  }

  comeBack(): void {
    this.away = false
    this.#connection++
    const waiting = this.#waiting
    this.#waiting = []
    for (const go of waiting) go()
    this.#handlers?.ended({ client: 'client', clean: false, silentMs: 0 })
    this.#handlers?.connected({ remembers: true })
    this.#resend()
  }

  #resend(): void {
    for (const publish of this.publishes) if (!publish.acknowledged) this.#send(publish, true)
  }

  #send(publish: SimulatedPublish, duplicate: boolean): void {
    if (!this.connected) return
    const connection = this.#connection
    const handlers = this.#handlers as IngressHandlers
    const packet: Publish = {
      client: 'client',
      connection: String(connection),
      messageId: publish.messageId,
      duplicate,
      topic: publish.topic,
      payload: Buffer.from(publish.payload),
      retained: false,
      clearing: 'no',
      waited: false,
      expirySeconds: null,
      response: null,
    }
    handlers.publish(packet).then(
      () => {
        this.#clock.activity++
        if (Number.isNaN(publish.at)) publish.at = this.#clock.monotonic()
        // The acknowledgement can be lost with its connection: then the client sends the publish once more.
        if (connection !== this.#connection || handlers !== this.#handlers) return
        if (this.#clock.random() < 0.02) this.#breakConnection()
        else publish.acknowledged = true
      },
      () => {},
    )
  }

  #breakConnection(): void {
    this.#connection++
    this.#handlers?.ended({ client: 'client', clean: false, silentMs: 0 })
    this.#clock.after(500 + 30_000 * this.#clock.random(), () => this.#resend())
  }
}

/** A hub that can be killed and started again in simulated time. */
export class SimulatedHub {
  readonly folder = temporaryFolder('smshub-hours-')
  readonly #yaml: string
  readonly #clock: SimulatedClock
  readonly #broker: SimulatedBroker
  readonly #modem: SimulatedModem
  #run = { alive: false }
  #store: Store | null = null
  /** What the store does with a call, where it is not carried out as it should be. */
  strike: (name: OperationName, args: unknown, carryOut: () => Promise<unknown>) => Promise<unknown> = (_, __, go) =>
    go()
  /** What is done to the store before the hub has it. */
  prepare: (store: Store) => void = () => {}
  #cutLine: () => void = () => {}

  constructor(yaml: string, clock: SimulatedClock, broker: SimulatedBroker, modem: SimulatedModem) {
    this.#yaml = yaml
    this.#clock = clock
    this.#broker = broker
    this.#modem = modem
    writeFileSync(join(this.folder, 'smshub.yaml'), yaml)
  }

  get alive(): boolean {
    return this.#run.alive
  }

  async start(checkpoint: (point: string) => void = () => {}): Promise<void> {
    void this.#yaml
    const run = { alive: true }
    this.#run = run
    const clock = this.#runClock(run)
    const { config, dataFolder } = loadConfig({ config: join(this.folder, 'smshub.yaml'), env: {}, cwd: this.folder })
    await Hub.start({
      config,
      dataFolder,
      version: 'test',
      clock,
      machine: { id: null, boot: 'simulated' },
      log: () => {},
      checkpoint: (point) => {
        if (run.alive) checkpoint(point)
        if (!run.alive) throw new Error('dead')
      },
      makeStore: async (folder, now) => {
        const store = await SqliteStore.open({ path: folder.storePath, durable: false, thread: false, now })
        this.#store = store
        this.prepare(store)
        this.#count(store)
        return store
      },
      makeIngress: () => this.#broker,
      makeGateway: (id) =>
        new Modem(
          {
            id,
            path: 'simulated',
            baudRate: 115_200,
            pin: undefined,
            // Looking at the modem is most of what happens in an hour.
            heartbeatMs: 600_000,
            open: () => this.#openPort(run),
          },
          clock,
        ),
    })
    await this.#clock.quiet()
  }

  /** As a power cut: nothing that was under way goes on. */
  async kill(): Promise<void> {
    this.#run.alive = false
    this.#broker.cut()
    this.#cutLine()
    await this.#store?.close().catch(() => {})
    await this.#clock.quiet()
  }

  #runClock(run: { alive: boolean }): Clock {
    const clock = this.#clock
    return {
      wall: () => clock.wall(),
      monotonic: () => clock.monotonic(),
      random: () => clock.random(),
      after: (ms, callback) =>
        clock.after(ms, () => {
          if (run.alive) callback()
        }),
    }
  }

  #count(store: Store): void {
    const { run, runEarly } = store
    const tick = () => {
      this.#clock.activity++
    }
    store.run = ((name: never, args: never) => {
      tick()
      return this.strike(name, args, () => run.call(store, name, args) as Promise<unknown>).finally(tick)
    }) as typeof store.run
    store.runEarly = ((name: never, args: never) => {
      tick()
      return (runEarly.call(store, name, args) as Promise<unknown>).finally(tick)
    }) as typeof store.runEarly
  }

  async #openPort(run: { alive: boolean }): Promise<Port> {
    if (!this.#modem.isPlugged || this.#modem.isOpen || !run.alive) throw new Error('the port is not there')
    const [mine, theirs] = duplexPair()
    this.#modem.attach(theirs)
    let lost: (reason: string) => void = () => {}
    mine.on('error', () => {})
    mine.on('close', () => lost('unplugged'))
    mine.on('end', () => mine.destroy())
    theirs.on('close', () => mine.destroy())
    this.#cutLine = () => {
      mine.destroy()
      theirs.destroy()
    }
    return {
      name: 'simulated',
      write: (data) => {
        this.#clock.activity++
        if (run.alive && !mine.destroyed) mine.write(data, 'latin1')
      },
      onData: (listener) =>
        void mine.on('data', (data) => {
          this.#clock.activity++
          if (run.alive) listener(data)
        }),
      onLost: (listener) => {
        lost = listener
      },
      close: async () => {
        mine.destroy()
        theirs.destroy()
      },
    }
  }
}
