import type { Access } from '../access/index.ts'
import type { Device } from '../device/device.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Asker } from '../message/accepted.ts'
import type { CarrierHook, HookAnswer } from '../message/carrier-hook.ts'
import type { Observations } from '../message/events.ts'
import type { Fault } from '../message/fault.ts'
import { type Health, healthOf } from '../message/health.ts'
import type { LiveEvents } from '../message/live-events.ts'
import type { Readings } from '../message/readings.ts'
import type { Ingress } from '../mqtt/ingress.ts'
import { Emitter } from '../util/emitter.ts'
import { startGateways, stopGateways } from './gateway-makers.ts'
import { type Ground, layGround } from './ground.ts'
import type { HubOptions } from './hub-options.ts'
import type { IngressDeps } from './ingress-deps.ts'
import { ingressMaker } from './ingress-makers.ts'
import { mqttHandlers, Outage } from './mqtt-handlers.ts'
import { type Part, Parts } from './parts.ts'
import { makeRooms, type Rooms } from './rooms.ts'

/** A running hub. */
export class Hub {
  readonly events = new Emitter<Observations>((name, { message }) =>
    this.#rooms.log('error', 'hub', `a listener for ${String(name)} failed: ${message}`),
  )
  readonly #options: HubOptions
  readonly #ground: Ground
  readonly #rooms: Rooms
  readonly #outage: Outage
  readonly #parts: Parts
  #stopped = false

  private constructor(options: HubOptions, ground: Ground, makeIngress: (deps: IngressDeps) => Ingress) {
    const { clock, checkpoint = () => {} } = options
    this.#options = options
    this.#ground = ground
    this.#outage = new Outage(clock)
    this.#rooms = makeRooms(options, ground, makeIngress, this.events)
    const { behind } = this.#rooms
    this.#parts = new Parts(this.#list(), { clock, checkpoint, failed: (what) => behind.failed(what) })
    options.observe?.(this.events)
  }

  /** Starts everything, the store first. Rejects with a Fault and its remedy, after stopping what was started. */
  static async start(options: HubOptions): Promise<Hub> {
    const ground = await layGround(options)
    let hub: Hub | null = null
    try {
      hub = new Hub(options, ground, options.makeIngress ?? (await ingressMaker(options.config.mqtt)))
      await hub.#parts.start()
      return hub
    } catch (error) {
      await (hub === null ? ground.store.close() : hub.stop())
      throw error
    }
  }

  /**
   * In the order in which they are started. Clients are served from `mqtt` on: their requests are durable when
   * acknowledged, and wait on the disk for the later parts, which can still publish while they are stopped.
   */
  #list(): readonly Part[] {
    const { store, time } = this.#ground
    const rooms = this.#rooms
    const { access, ingress, mail, publisher, liveEvents, unknowns, deliver, gateways, submit } = rooms
    const { bridge, webhooks, smpp, upkeep } = rooms
    const handlers = mqttHandlers({ ...rooms, store, outage: this.#outage, events: this.events })
    const nothing = () => {}
    return [
      { name: 'store', start: nothing, stop: () => store.close() },
      { name: 'clock', start: nothing, stop: () => this.fatal ?? store.run('noteTime', { now: time.now() }) },
      { name: 'live events', start: nothing, stop: () => liveEvents.stop() },
      { name: 'access', start: () => access.start(), stop: () => access.stop() },
      { name: 'program', start: () => this.#options.beforeConnect?.(), stop: nothing },
      { name: 'devices', start: () => bridge.prepare().then(() => submit.review()), stop: nothing },
      { name: 'mqtt', start: () => ingress.start(handlers), stop: () => ingress.stop() },
      { name: 'publisher', start: () => publisher.start(), stop: () => publisher.stop() },
      { name: 'search', start: nothing, stop: () => unknowns.stop() },
      { name: 'deliver', start: () => deliver.start(), stop: () => deliver.stop() },
      { name: 'gateways', start: () => startGateways(rooms), stop: () => stopGateways(gateways.values()) },
      { name: 'mail', start: () => mail.start(), stop: () => mail.stop() },
      { name: 'submit', start: () => submit.start(gateways.values()), stop: () => submit.stop() },
      { name: 'bridge', start: () => bridge.start(), stop: () => bridge.stop() },
      { name: 'webhooks', start: () => webhooks.start(), stop: () => webhooks.stop() },
      { name: 'smpp server', start: () => smpp.start(), stop: () => smpp.stop() },
      { name: 'upkeep', start: () => upkeep.start(), stop: () => upkeep.stop() },
    ]
  }

  get fleet(): Fleet {
    return this.#ground.fleet
  }

  get devices(): ReadonlyMap<string, Device> {
    return this.fleet.devices
  }

  /** Proves who makes a request over HTTP. */
  get access(): Access {
    return this.#rooms.access
  }

  /** The events that programs see. */
  get liveEvents(): LiveEvents {
    return this.#rooms.liveEvents
  }

  get gateways(): ReadonlyMap<string, Gateway> {
    return this.#rooms.gateways
  }

  get address(): string {
    return this.#rooms.ingress.address
  }

  get healthy(): Health {
    const { ingress, mail, smpp, upkeep } = this.#rooms
    return healthOf({
      stopping: this.#stopped,
      storeFault: upkeep.storeFault,
      hasRoom: upkeep.hasRoom && this.#ground.folder.hasRoom(),
      brokerLostMs: ingress.connected ? null : this.#outage.length,
      brokerTrouble: ingress.trouble,
      takesMail: mail.isOpen,
      takesBinds: smpp.isOpen,
      gateways: Object.fromEntries([...this.gateways].map(([id, gateway]) => [id, gateway.state])),
    })
  }

  /** Why the hub can't continue; null while it can. */
  get fatal(): Fault | null {
    return this.#ground.store.fatal
  }

  /** For metrics. Its queries run before the commit of others: the figures need not be exact. */
  async readings(): Promise<Readings> {
    const { ingress, bridge, limits, now, smpp } = this.#rooms
    const ids = [...this.gateways.keys()]
    const stored = await this.#ground.store.runEarly('figures', {
      limits: Object.fromEntries(ids.map((id) => [id, limits(id)])),
      now: now(),
    })
    return {
      now: now(),
      healthy: this.healthy.ok,
      mqttConnected: ingress.connected,
      gateways: bridge.gateways.documents,
      stored,
      smpp: smpp.clients,
    }
  }

  /** A consistent copy of the store, marked so that nothing is sent again when it is restored. */
  backup(path: string): Promise<void> {
    return this.#ground.store.backup(path)
  }

  /** Carries out an operation, for the local command line without an asker. */
  request(path: string, data: unknown, asker?: Asker): Promise<Readonly<Record<string, unknown>>> {
    return this.#rooms.bridge.ask(path, data, asker)
  }

  /** A call of a carrier; null where there is no such gateway, or `token` is not that of its address. */
  async hook(gateway: string, token: string, call: CarrierHook): Promise<HookAnswer | null> {
    return (await this.gateways.get(gateway)?.hook?.(token, call)) ?? null
  }

  /** ms since 1970, by the hub's own time. */
  now(): number {
    return this.#ground.time.now()
  }

  /** Accepts nothing new, lets running work finish, and publishes offline. */
  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    this.#rooms.behind.stop()
    await this.#parts.stop()
  }
}
