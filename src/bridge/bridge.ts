import { carryOut } from '../api/carry-out.ts'
import type { AskedGateway } from '../api/gateway-board.ts'
import type { ApiDeps, Data } from '../api/operation.ts'
import { shown } from '../api/queue-operations.ts'
import { stateKeysOf } from '../device/describe/state-fields.ts'
import type { Device } from '../device/device.ts'
import { Announcer } from '../homeassistant/announcer.ts'
import { ownAsker } from '../message/accepted.ts'
import type { LogLevel } from '../message/events.ts'
import { Fault } from '../message/fault.ts'
import { isAvailable } from '../message/gateway-state.ts'
import { type Document, type HubEvent, happening } from '../message/hub-event.ts'
import type { Publish } from '../message/publish.ts'
import { isoTime } from '../message/result.ts'
import { acceptPublish, askerOf } from '../mqtt/accept-publish.ts'
import type { Ingress } from '../mqtt/ingress.ts'
import { retainedOf } from '../mqtt/outlet/messages-of.ts'
import { inBackground, logged, untilDone } from '../util/background.ts'
import { type Clock, sleep, type Timer } from '../util/clock.ts'
import { every } from '../util/every.ts'
import { Failures } from './failures.ts'
import { Gateways, type GatewaysDeps } from './gateways.ts'
import { type HealthSources, healthReport } from './health-report.ts'
import { Logging } from './logging.ts'
import { drained } from './pace.ts'
import { devicePages, profilePage } from './pages.ts'
import { respond } from './respond.ts'
import { Sms2mqtt, sms2mqttInbound } from './sms2mqtt.ts'

/** What requests have from the bridge itself. */
type Own = 'health' | 'rediscover' | 'pauseChanged' | 'setMqttLevel' | 'setLogLevel' | 'restart' | 'gateways'

export interface BridgeDeps extends Omit<ApiDeps, Own> {
  /** Undefined where the program has no log of its own, or nothing starts the hub again. */
  readonly setLogLevel: ApiDeps['setLogLevel'] | undefined
  readonly restart: ApiDeps['restart'] | undefined
  readonly clock: Clock
  gateways(): ReadonlyMap<string, AskedGateway>
  readonly ingress: Ingress
  readonly version: string
  readonly startedAt: HealthSources['startedAt']
  readonly clockBehind: HealthSources['clockBehind']
  readonly instance: string
  newId(): string
  shown: GatewaysDeps['shown']
  /** Tells the broker everything that is retained once more. */
  republishRetained(): void
}

const healthMs = 600_000
/** Figures that changed are published within this time. */
const figuresMs = 60_000
const presenceMs = 60_000
/** Devices looked at in one commit. */
const bite = 100
/** Changes of the fleet within this time make one new list. */
const restMs = 500
/** Until Home Assistant has dropped the entities of an announcement that was taken back. */
const droppedMs = 1_000
/** Until a hub that is to be started again ends: the request is acknowledged and answered by then. */
const lastWordsMs = 500

/** The hub's own face on MQTT: `bridge/…`, who can be relied on, and what Home Assistant is told. */
export class Bridge {
  readonly #deps: BridgeDeps
  readonly #announcer: Announcer
  readonly #sms2mqtt: Sms2mqtt | null
  readonly #logging: Logging
  readonly #failures: Failures
  readonly gateways: Gateways
  readonly #available = new Map<string, boolean>()
  #ends: (() => void)[] = []
  #listing: Timer | null = null
  #stopped = false
  #refused = 0
  #logLevel: string
  /** `bridge/health` as it was published last. */
  #told: Data = {}
  /** Devices that `bridge/devices` names. */
  #listed: ReadonlySet<string> = new Set()

  constructor(deps: BridgeDeps) {
    this.#deps = deps
    this.gateways = new Gateways(deps)
    const { mqtt, log, compat } = deps.config
    const { sms2mqtt } = compat
    this.#logging = new Logging(log.mqtt, `${mqtt.base_topic}/bridge/logging`, deps.ingress, deps.now)
    this.#failures = new Failures(deps.log)
    this.#sms2mqtt =
      sms2mqtt === undefined ? null : new Sms2mqtt(sms2mqtt.prefix, deps.newId, (told) => this.#emit(told))
    this.#announcer = this.#makeAnnouncer()
    this.#logLevel = log.level
  }

  /** Commits what must be there before any client is. */
  async prepare(): Promise<void> {
    const { store, fleet } = this.#deps
    const devices = [...fleet.devices.values()].map((device) => ({ id: device.id, fields: stateKeysOf(device) }))
    await store.run('announceDevices', { devices })
    await this.#list()
  }

  /** Takes in what clients ask for. Resolved, it is durable. */
  async receive(publish: Publish): Promise<void> {
    if (publish.topic.startsWith('bridge/request/')) return this.#request(publish)
    const isDialect = publish.topic === sms2mqttInbound && publish.clearing !== 'yes'
    const accepted = isDialect && this.#sms2mqtt !== null ? this.#sms2mqtt.accept(publish) : acceptPublish(publish)
    if (accepted !== null) await this.#deps.submit(accepted)
  }

  /** The way to the broker is open. */
  start(): void {
    this.#sms2mqtt?.state(true)
    const { clock, fleet } = this.#deps
    inBackground(() => this.#tellHealth(), this.#failed)
    inBackground(() => this.#tellPauses(), this.#failed)
    const reviewOwing = () => this.#review([...fleet.devices.values()].filter(({ expected }) => expected !== null))
    this.#ends = [
      every(clock, healthMs, () => this.#tellHealth(), this.#failed),
      every(clock, figuresMs, () => this.#tellFigures(), this.#failed),
      every(clock, presenceMs, reviewOwing, this.#failed),
    ]
    this.gateways.start()
    this.#persist('what is announced', () => this.#introduce())
  }

  stop(): void {
    this.#stopped = true
    this.#sms2mqtt?.state(false)
    this.gateways.stop()
    this.#announcer.stop()
    this.#listing?.cancel()
    for (const end of this.#ends) end()
  }

  /** Work in the background that ends in an error: said, unless the hub is on its way down. */
  readonly #failed = (error: unknown): void => {
    if (!this.#stopped) this.#deps.log('error', Fault.from(error).message)
  }

  /** The broker took an event. */
  published(event: HubEvent): void {
    const { kind, subject, data } = event
    if (kind === 'state' && data !== null) this.#announcer.stateShown(subject, data)
    this.#sms2mqtt?.published(event, this.#deps.now())
    this.#failures.published(event, this.#deps.now())
  }

  /** The hub has written a line of its log. */
  logged(level: LogLevel, namespace: string, message: string): void {
    this.#logging.write(level, namespace, message)
  }

  /** A gateway may show another state than before. */
  gatewayChanged(id: string): void {
    const state = this.gateways.changed(id)
    if (state === null) return
    this.#sms2mqtt?.signal(state)
    const available = isAvailable(state)
    const was = this.#available.get(id)
    this.#available.set(id, available)
    if (was === undefined || was === available) return
    const { status, last_error } = state
    this.#happened(available ? 'gateway_back' : 'gateway_lost', { gateway: id, status, last_error })
  }

  #happened(type: string, data: Document): void {
    this.#emit(happening(type, data))
  }

  #emit(event: HubEvent): void {
    this.#persist(`${event.kind} ${event.subject}`.trim(), () => this.#deps.store.run('emit', [event]))
  }

  /** Work that nobody waits for, tried until it is done or the hub stops. */
  #persist(what: string, work: () => Promise<unknown>): void {
    const { clock, log } = this.#deps
    const failed = logged((level, line) => {
      if (!this.#stopped) log(level, line)
    }, what)
    inBackground(() => untilDone(clock, work, () => !this.#stopped, failed), failed)
  }

  refused(): void {
    this.#refused++
  }

  /** A device is new, other than before, or gone. */
  changed(id: string, device: Device | null): void {
    if (device === null) this.#happened('device_removed', { device: id })
    else if (!this.#listed.has(id)) this.#happened('device_added', { device: id, profile: device.profile.id })
    const announced = this.#announcer.changed(id)
    if (device === null) this.#persist(`the topics of ${id}`, () => announced.then(() => this.#clearLeaving(id)))
    else this.#persist(`the availability of ${id}`, () => this.#review([device]))
    this.#listing?.cancel()
    this.#listing = this.#deps.clock.after(restMs, () => {
      this.#persist('bridge/devices', () => this.#list())
      inBackground(() => this.#tellHealth(), this.#failed)
    })
  }

  /** `bridge/request/<path>`: resolves when its answer is committed. */
  async #request(publish: Publish): Promise<void> {
    if (publish.clearing === 'yes' || (publish.retained && publish.payload.length === 0)) return
    const deps = this.#apiDeps()
    const told = await respond(publish, (path, data) => carryOut(path, data, deps, askerOf(publish)))
    await this.#deps.store.run('emit', [told])
  }

  /** The same requests for the command line of this machine. */
  ask(path: string, data: unknown): Promise<Data> {
    return carryOut(path, data, this.#apiDeps(), ownAsker('command line', 'local'))
  }

  /** Who can be relied on, then what there is: a little at a time, while clients are served. */
  async #introduce(): Promise<void> {
    await this.#review([...this.#deps.fleet.devices.values()])
    if (!this.#stopped) await this.#announcer.start()
    await this.#clearLeaving()
    const { store, config } = this.#deps
    const gateways = Object.keys(config.gateways)
    const ofGateways = ['gateway', 'gateway_availability'] as const
    if (!this.#stopped) await store.run('withdrawOthers', { kinds: ofGateways, subjects: gateways })
    const dialect = this.#sms2mqtt?.states ?? []
    if (!this.#stopped) await store.run('withdrawOthers', { kinds: ['dialect_state'], subjects: dialect })
  }

  /** The states of what is gone go behind its announcements: Home Assistant has dropped its entities by then. */
  async #clearLeaving(device?: string): Promise<void> {
    const { store, clock } = this.#deps
    if (this.#deps.config.homeassistant.discovery !== 'none') {
      await drained(store, clock, () => this.#stopped)
      await sleep(clock, droppedMs)
    }
    if (!this.#stopped) await store.run('clearLeaving', device === undefined ? {} : { device })
  }

  #apiDeps(): ApiDeps {
    return {
      ...this.#deps,
      gateways: this.gateways,
      health: () => this.#health(),
      rediscover: async (how) => {
        if (this.#deps.config.homeassistant.discovery === 'none')
          throw new Fault('not_allowed', 'homeassistant.discovery is none in smshub.yaml')
        if (how === 'clear') await this.#announcer.clear()
        else this.#deps.republishRetained()
      },
      pauseChanged: async (type, scope) => {
        this.#happened(type, { ...scope })
        await this.#tellHealth()
      },
      setMqttLevel: (level) => {
        this.#logging.level = level
      },
      setLogLevel: (level) => {
        const set = this.#deps.setLogLevel ?? noProgram()
        set(level)
        this.#logLevel = level
        this.#persist('bridge/info', () => this.#list())
      },
      restart: () => {
        this.#deps.clock.after(lastWordsMs, this.#deps.restart ?? noProgram())
      },
    }
  }

  /** A pause that somebody forgot is told at every start. */
  async #tellPauses(): Promise<void> {
    const paused = shown(await this.#deps.store.run('pauses', undefined))
    if (paused.length === 0) return
    const way = 'bridge/request/queue/resume or smshub queue resume ends it'
    this.#deps.log('warn', `the queue is paused: ${JSON.stringify(paused)}; ${way}`)
  }

  #makeAnnouncer(): Announcer {
    const { config, fleet, store, clock, ingress, instance, version, republishRetained, log } = this.#deps
    const { discovery, prefix, status_topic: statusTopic = `${prefix}/status` } = config.homeassistant
    return new Announcer({
      context: { baseTopic: config.mqtt.base_topic, prefix, instance, version },
      mode: discovery,
      statusTopic,
      gateways: Object.keys(config.gateways),
      contacts: Object.keys(config.contacts),
      abilities: { restart: this.#deps.restart !== undefined, logLevel: this.#deps.setLogLevel !== undefined },
      clock,
      ingress,
      devices: () => fleet.devices.values(),
      device: (id) => fleet.devices.get(id),
      announce: async (messages, again = false) => {
        const events = messages.map(({ topic, payload }): HubEvent<'announcement'> => {
          return { kind: 'announcement', subject: topic, data: payload === '' ? null : payload }
        })
        await store.run('show', { events, again })
      },
      announced: (after) => store.run('subjects', { kind: 'announcement', after, limit: 1_000 }),
      announcedOf: (name) => store.run('subjectsNamed', { kind: 'announcement', root: prefix, name }),
      state: (device) => store.run('deviceState', { device }),
      drained: () => drained(store, clock, () => this.#stopped),
      republishRetained,
      log,
    })
  }

  /** `bridge/info`, `bridge/devices` and the profiles of the devices; pages that are no more are cleared. */
  async #list(): Promise<void> {
    const { store, fleet, version, startedAt, config } = this.#deps
    const devices = [...fleet.devices.values()]
    this.#listed = new Set(devices.map(({ id }) => id))
    const data = {
      version,
      started_at: isoTime(startedAt()),
      devices: devices.length,
      gateways: Object.keys(config.gateways),
      log_level: this.#logLevel,
    }
    const profiles = [...new Set(devices.map(({ profile }) => profile))]
    await store.run('showAll', {
      kinds: ['info', 'devices', 'profile'],
      events: [{ kind: 'info', subject: '', data }, ...devicePages(devices), ...profiles.map(profilePage)],
    })
  }

  async #review(devices: readonly Device[]): Promise<void> {
    const { store, clock, now } = this.#deps
    for (let at = 0; at < devices.length && !this.#stopped; at += bite) {
      const some = devices.slice(at, at + bite).map(({ id, expected }) => {
        return { id, expectedMs: expected === null ? null : expected * 1000 }
      })
      await store.run('reviewPresence', { now: now(), devices: some })
      if (devices.length > bite) await drained(store, clock, () => this.#stopped)
    }
  }

  #health(): Promise<Record<string, unknown>> {
    return healthReport(this.#deps, this.#refused)
  }

  async #tellHealth(): Promise<void> {
    const health = await this.#health()
    this.#told = health
    await this.#deps.store.run('emit', [{ kind: 'health', subject: '', data: health }])
  }

  async #tellFigures(): Promise<void> {
    if (figuresOf(await this.#health()) !== figuresOf(this.#told)) await this.#tellHealth()
  }

  /** Commits fail, which can't be told by way of the store; or they succeed again. */
  storeChanged(): void {
    const { store, ingress, config, now } = this.#deps
    if (store.trouble === null) return inBackground(() => this.#tellHealth(), this.#failed)
    const data = JSON.stringify({ ...this.#told, time: isoTime(now()), store_trouble: store.trouble.message })
    const message = retainedOf({ kind: 'health', subject: '', data }, config.mqtt.base_topic)
    inBackground(() => ingress.publish(message), this.#failed)
  }
}

const figuresOf = ({ time: _, uptime_s: __, ...figures }: Record<string, unknown>): string => JSON.stringify(figures)

function noProgram(): never {
  throw new Fault('not_allowed', 'this hub runs inside another program, which decides that')
}
