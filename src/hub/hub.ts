import { join } from 'node:path'
import { Outcomes } from '../api/outcome.ts'
import { Bridge } from '../bridge/bridge.ts'
import { contactsOf, homeOf } from '../config/contacts.ts'
import { makeDevices, numberOf } from '../config/devices.ts'
import { ProfileFiles } from '../config/profiles.ts'
import type { Config } from '../config/schema.ts'
import { Deliver } from '../deliver/index.ts'
import { Unknowns } from '../deliver/unknown.ts'
import type { Device } from '../device/device.ts'
import { Directory } from '../device/directory.ts'
import { Fleet } from '../fleet/fleet.ts'
import type { Gateway, GatewayHandlers } from '../gateway/gateway.ts'
import { limitsOf, poolOf, routeName } from '../gateway/pool.ts'
import type { Counts } from '../message/counts.ts'
import type { Log, LogLevel, Observations } from '../message/events.ts'
import type { Fault } from '../message/fault.ts'
import { type Health, healthOf } from '../message/health.ts'
import { happening } from '../message/hub-event.ts'
import type { Decoder } from '../message/incoming.ts'
import type { Owner } from '../message/owner.ts'
import type { Ingress } from '../mqtt/ingress.ts'
import { Publisher } from '../mqtt/outlet/publisher.ts'
import { DataFolder } from '../store/folder.ts'
import type { Store } from '../store/store.ts'
import { Submit } from '../submit/index.ts'
import { type Failed, inBackground, logged, untilDone } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { Emitter } from '../util/emitter.ts'
import { type Parts, stopAll } from '../util/ending.ts'
import { SteadyTime } from '../util/steady-time.ts'
import type { Checkpoint } from '../util/steps.ts'
import { ulid } from '../util/ulid.ts'
import { decoders, openGateways, stopGateways } from './gateway-makers.ts'
import { makeIngress } from './ingress-makers.ts'
import { Upkeep } from './upkeep.ts'

export interface HubOptions {
  readonly config: Config
  readonly dataFolder: string
  readonly version: string
  readonly clock: Clock
  readonly log: Log
  /** Identifies the machine and this start of it; null where they have no name. */
  readonly machine: { readonly id: string | null; readonly boot: string | null }
  readonly checkpoint?: Checkpoint
  /** ms that every commit is held up, to see who waits for it. */
  readonly commitDelay?: number
  /** What the program around the hub can do; without them, the requests for them are refused. */
  readonly setLogLevel?: (level: LogLevel) => void
  readonly restart?: () => void
  /** Copies what stands beside the store (configuration, secrets, profiles) into a folder. */
  readonly copyFiles?: (folder: string) => void
  /** Gateways with a simulated modem: which one it is, is not remembered. */
  readonly simulated?: readonly string[]
  /** What must hold before the broker hears of this hub. */
  readonly beforeConnect?: () => Promise<void>
  /** Nothing of it stays at somebody else's broker: a dry run. */
  readonly transient?: boolean
  /** The outside of the hub, where it is not what the configuration says: for simulations on a clock of their own. */
  readonly makeStore?: (folder: DataFolder) => Promise<Store>
  readonly makeIngress?: () => Ingress
  readonly makeGateway?: (id: string) => Gateway
  /** ms from the request of a permit to the first octet; a faster clock needs more. */
  readonly permitMs?: number
  readonly decoders?: Readonly<Record<string, Decoder>>
}

/** What is there before anything runs. */
interface HubDeps {
  readonly fleet: Fleet
  readonly profiles: ProfileFiles
  readonly folder: DataFolder
  readonly time: SteadyTime
  readonly store: Store
  readonly newest: number
  readonly owner: Owner
}

/** The composition root: the only file that knows every room. */
export class Hub {
  readonly events = new Emitter<Observations>((name, { message }) =>
    this.#options.log('error', 'hub', `a listener for ${String(name)} failed: ${message}`),
  )
  readonly fleet: Fleet
  readonly gateways = new Map<string, Gateway>()
  readonly #options: HubOptions
  readonly #profiles: ProfileFiles
  readonly #folder: DataFolder
  readonly #time: SteadyTime
  readonly #store: Store
  readonly #newest: number
  readonly #owner: Owner
  #ingress!: Ingress
  #submit!: Submit
  #deliver!: Deliver
  #publisher!: Publisher
  #bridge!: Bridge
  #upkeep!: Upkeep
  /** What runs, in the order in which it is stopped. */
  #parts: Parts = {}
  #stopped = false
  /** Since when the broker is not there, on the monotonic clock; null while it is. */
  #brokerLostAt: number | null

  private constructor(options: HubOptions, deps: HubDeps) {
    const log: Log = (level, name, message) => {
      options.log(level, name, message)
      this.#bridge?.logged(level, name, message)
    }
    this.#options = { ...options, log }
    this.fleet = deps.fleet
    this.#profiles = deps.profiles
    this.#folder = deps.folder
    this.#time = deps.time
    this.#store = deps.store
    this.#newest = deps.newest
    this.#owner = deps.owner
    this.#brokerLostAt = options.clock.monotonic()
  }

  /** Starts everything, the store first and the clients' door last. Rejects with a Fault that says what to mend. */
  static async start(options: HubOptions): Promise<Hub> {
    const { config, dataFolder, clock } = options
    const profiles = new ProfileFiles(join(dataFolder, 'devices'))
    // What is wrong in the file is told before anything is opened.
    const made = makeDevices(config, profiles)
    const folder = new DataFolder(dataFolder)
    const exposed = folder.narrow()
    if (exposed !== null) options.log('warn', 'hub', exposed)
    const store = await (options.makeStore?.(folder) ??
      folder.openStore(clock, { commitDelay: options.commitDelay ?? 0 }))
    let hub: Hub | null = null
    try {
      const time = new SteadyTime(clock)
      const recovered = await store.run('recover', {
        owner: folder.instanceId(),
        isAlone: true,
        now: time.now(),
        machineBoot: options.machine.boot,
        machine: options.machine.id,
        gateways: Object.keys(config.gateways),
        routes: config.routes.map((route) => routeName(route.gateways)),
      })
      if (recovered.held)
        options.log('warn', 'hub', 'the store was restored or comes from another machine: nothing in it is sent again')
      const fleet = await Fleet.open({ config, profiles, store, now: () => time.now(), made }, (message) =>
        options.log('warn', 'hub', message),
      )
      const owner = { owner: folder.instanceId(), epoch: recovered.epoch }
      hub = new Hub(options, { fleet, profiles, folder, time, store, ...recovered, owner })
      await hub.#begin(recovered.installedAt)
      return hub
    } catch (error) {
      await (hub === null ? store.close() : hub.stop())
      throw error
    }
  }

  get devices(): ReadonlyMap<string, Device> {
    return this.fleet.devices
  }

  get address(): string {
    return this.#ingress.address
  }

  get healthy(): Health {
    const gateways = Object.fromEntries([...this.gateways].map(([id, gateway]) => [id, gateway.state]))
    const now = this.#options.clock.monotonic()
    return healthOf({
      stopping: this.#stopped,
      storeFault: this.#upkeep.storeFault,
      hasRoom: this.#upkeep.hasRoom && this.#folder.hasRoom(),
      brokerLostMs: this.#ingress.connected ? null : now - (this.#brokerLostAt ?? now),
      brokerTrouble: this.#ingress.trouble,
      gateways,
    })
  }

  /** Why the hub can't go on; null while it can. */
  get fatal(): Fault | null {
    return this.#store.fatal
  }

  counts(): Promise<Counts> {
    return this.#store.run('counts', undefined)
  }

  /** A consistent copy of the store, marked so that it does not act again when it is restored. */
  backup(path: string): Promise<void> {
    return this.#store.backup(path)
  }

  /** Carries an operation out for the command line of this machine. */
  request(path: string, data: unknown): Promise<Readonly<Record<string, unknown>>> {
    return this.#bridge.ask(path, data)
  }

  /** Takes nothing new, lets what runs finish, says goodbye. What has not been started, or only half, too. */
  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    const clock = { stop: () => this.fatal ?? this.#store.run('noteTime', { now: this.#time.now() }) }
    const store = { stop: () => this.#store.close() }
    await stopAll(this.#options.clock, { ...this.#parts, clock, store }, (name) => this.#failed(`stopping ${name}`))
  }

  async #begin(installedAt: number): Promise<void> {
    const { config, clock, transient = false, checkpoint = () => {} } = this.#options
    await this.#options.beforeConnect?.()
    const deps = { store: this.#store, clock, checkpoint }
    const now = () => this.#time.now()
    const newId = (prefix: string) => `${prefix}_${ulid(Math.floor(now()), () => clock.random())}`
    this.#store.onFatal = (fault) => this.events.emit('fatal', fault)
    const instance = this.#folder.instanceId()
    const isRecipient: Submit['isRecipient'] = (to, isTopic) => this.#submit.isRecipient(to, isTopic)
    this.#ingress =
      this.#options.makeIngress?.() ??
      makeIngress({ ...deps, config, run: newId('run'), instance, transient, now, isRecipient })
    const { gateway_per_day: gatewayPerDay = Math.max(200, 4 * this.devices.size) } = config.limits
    this.#upkeep = new Upkeep({
      store: this.#store,
      folder: this.#folder,
      time: this.#time,
      clock,
      epoch: this.#owner.epoch,
      newest: this.#newest,
      roomChanged: () => this.#submit.look(),
      storeChanged: () => this.#bridge.storeChanged(),
      waitsMoved: () => this.#submit.deadlines.look(),
      log: (level, message) => this.#options.log(level, 'hub', message),
    })
    const directory = new Directory(this.devices.values(), homeOf(config))
    this.#submit = new Submit({
      ...deps,
      device: (id) => this.devices.get(id),
      devices: () => this.devices.values(),
      behind: (number) => directory.find(number),
      contacts: new Map(Object.entries(config.contacts)),
      destinations: config.sms.destinations,
      region: config.sms.region,
      gateways: Object.keys(config.gateways),
      numberOf: (id) => numberOf(config, id),
      newId,
      counters: new Map(await this.#store.run('counters', undefined)),
      limits: {
        perLane: config.limits.device_queue,
        perClient: config.limits.client_queue,
        clientPerHour: config.limits.client_per_hour,
        devicePerDay: config.limits.device_per_day,
      },
      permitMs: this.#options.permitMs,
      pool: poolOf(config.gateways, config.routes, clock),
      rules: {
        owner: this.#owner,
        now,
        limits: (gateway) => limitsOf(config.gateways[gateway], gatewayPerDay),
        holdsUnsafe: () => this.#upkeep.clockIsBehind,
      },
      hasRoom: () => this.#upkeep.hasRoom,
      log: (level, message) => this.#options.log(level, 'submit', message),
    })
    const unknowns = new Unknowns({
      profiles: this.#profiles,
      clock,
      tell: (message) => this.#options.log('info', 'deliver', message),
      found: ({ raws }, data) => this.#store.run('nameUnknown', { raws, data }),
    })
    this.fleet.onChange = (id, device) => {
      if (device === null) directory.remove(id)
      else directory.place(device)
      this.#bridge.changed(id, device)
    }
    this.#store.on('settings', () => this.#persist('the settings of devices', () => this.fleet.refreshSettings()))
    this.#deliver = new Deliver({
      ...deps,
      decoders: { ...decoders, ...this.#options.decoders },
      directory,
      contacts: contactsOf(config),
      unknownSenders: config.sms.unknown_senders,
      installedAt,
      now,
      newId,
      unknown: (text) => unknowns.add(text),
      ask: (id, property) => this.#submit.ask(id, property),
      log: (level, message) => this.#options.log(level, 'deliver', message),
    })
    const outcomes = new Outcomes(this.#store, clock, now)
    this.#publisher = new Publisher({
      store: this.#store,
      ingress: this.#ingress,
      clock,
      baseTopic: config.mqtt.base_topic,
      published: (published) => {
        this.events.emit('published', published)
        this.#bridge.published(published.event)
      },
      log: (level, message) => this.#options.log(level, 'mqtt', message),
    })
    this.#bridge = new Bridge({
      config,
      fleet: this.fleet,
      profiles: this.#profiles,
      store: this.#store,
      ingress: this.#ingress,
      clock,
      version: this.#options.version,
      startedAt: () => this.#time.startedAt,
      instance,
      now,
      gateways: () => this.gateways,
      newId: () => newId('out'),
      shown: (event) => this.events.emit('gateway', event),
      submit: (accepted) => this.#submit.submit(accepted),
      numberOf: (id) => numberOf(config, id),
      outcome: (commandId, forMs) => outcomes.of(commandId, forMs),
      republishRetained: () => this.#publisher.republishRetained(),
      backup: () => this.#folder.backUp(this.#store, this.#time.now(), this.#options.copyFiles),
      clockBehind: () => (this.#upkeep.clockIsBehind ? this.#upkeep.newest : null),
      acceptClock: () => this.#upkeep.acceptClock(),
      backups: () => this.#folder.backups(),
      setLogLevel: this.#options.setLogLevel,
      restart: this.#options.restart,
      log: (level, message) => this.#options.log(level, 'bridge', message),
    })
    const gateways = { stop: () => stopGateways(this.gateways.values()) }
    const [upkeep, bridge, submit, deliver] = [this.#upkeep, this.#bridge, this.#submit, this.#deliver]
    this.#parts = { upkeep, bridge, submit, gateways, deliver, publisher: this.#publisher, mqtt: this.#ingress }
    await this.#bridge.prepare()
    this.#deliver.start()
    this.#submit.start()
    this.#startGateways()
    this.#publisher.start()
    await this.#ingress.start({
      publish: (publish) => this.#bridge.receive(publish),
      ended: ({ client, clean, silentMs }) => {
        const ended = { client, clean, lastHeard: now() - silentMs, now: now() }
        this.#persist(`the end of the connection of ${client}`, () => this.#store.run('endConnection', ended))
      },
      connected: ({ remembers }) => {
        this.#brokerLostAt = null
        this.#options.log('info', 'mqtt', `connected: ${this.#ingress.address}`)
        this.#publisher.connected(remembers)
      },
      disconnected: (reason) => {
        this.#brokerLostAt ??= clock.monotonic()
        this.#options.log('warn', 'mqtt', reason)
      },
      refused: (refused) => {
        this.events.emit('refused', refused)
        this.#bridge.refused()
        if (refused.repeated) return
        const { repeated: _, ...data } = refused
        this.#options.log('warn', 'mqtt', `${data.client}${data.topic && ` on ${data.topic}`}: ${data.reason}`)
        // Once: strangers decide how often.
        inBackground(
          () => this.#store.run('emit', [happening('refused', data)]),
          this.#failed(`the refusal of ${data.client}`),
        )
      },
    })
    this.#bridge.start()
    await this.#upkeep.start()
  }

  #startGateways(): void {
    const { config, clock, log, makeGateway, simulated } = this.#options
    const now = () => this.#time.now()
    const gateways = openGateways({ config, store: this.#store, clock, now, log, simulated, make: makeGateway })
    for (const [id, gateway] of gateways) {
      this.gateways.set(id, gateway)
      const handlers: GatewayHandlers = {
        received: (raw) => this.#deliver.receive(raw),
        deleted: (raw) => this.#persist(`what gateway ${id} has deleted`, () => this.#deliver.deleted(raw)),
        changed: () => {
          this.#submit.look()
          this.#bridge.gatewayChanged(id)
        },
        called: (from) => inBackground(() => this.#deliver.called(id, from), this.#failed(`a call to gateway ${id}`)),
        log: (level, message) => log(level, `gateway.${id}`, message),
      }
      // One that can't be started keeps no other one from it.
      inBackground(() => gateway.start(handlers), this.#failed(`gateway ${id} can't be started`))
      this.#submit.serve(gateway)
    }
  }

  /** Work that nobody waits for, tried until it is done or the hub stops. */
  #persist(what: string, work: () => Promise<unknown>): void {
    const failed = this.#failed(what)
    inBackground(() => untilDone(this.#options.clock, work, () => !this.#stopped, failed), failed)
  }

  #failed(what: string): Failed {
    return logged((level, message) => this.#options.log(level, 'hub', message), what)
  }
}
