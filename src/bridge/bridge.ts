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
import type { HappeningType } from '../message/happenings.ts'
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
import { Gateways } from './gateways.ts'
import { type HealthSources, healthReport } from './health-report.ts'
import { Logging } from './logging.ts'
import { drained } from './pace.ts'
import { devicePages, profilePage } from './pages.ts'
import { RecentLines } from './recent-lines.ts'
import { respond } from './respond.ts'
import { Sms2mqtt, sms2mqttInbound } from './sms2mqtt.ts'

/** Dependencies of requests that the bridge provides. */
type Own =
  | 'logLevel'
  | 'logLines'
  | 'health'
  | 'rediscover'
  | 'pauseChanged'
  | 'setMqttLevel'
  | 'setLogLevel'
  | 'restart'
  | 'gateways'

export interface BridgeDeps extends Omit<ApiDeps, Own> {
  /** Undefined where the program has no log of its own, or the hub no service manager. */
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
  /** Publishes everything retained again. */
  republishRetained(): void
}

const healthMs = 600_000
/** Changed figures are published within this time. */
const figuresMs = 60_000
const presenceMs = 60_000
/** Devices checked in one commit. */
const batchSize = 100
/** Changes of the fleet within this time are published as one list. */
const debounceMs = 500
/** Time for Home Assistant to remove the entities of a withdrawn announcement. */
const droppedMs = 1_000
/** Delay of a requested restart, so that the request is acknowledged and answered first. */
const restartDelayMs = 500

/** The hub's own topics `bridge/…`, the availability of devices, and the announcements to Home Assistant. */
export class Bridge {
  readonly #deps: BridgeDeps
  readonly #announcer: Announcer
  readonly #sms2mqtt: Sms2mqtt | null
  readonly #logging: Logging
  readonly #recent: RecentLines
  readonly #failures: Failures
  readonly gateways: Gateways
  readonly #available = new Map<string, boolean>()
  #ends: (() => void)[] = []
  #listing: Timer | null = null
  #stopped = false
  #refused = 0
  #logLevel: string
  /** The last published `bridge/health`. */
  #published: Data = {}
  /** Devices in the last published `bridge/devices`. */
  #listed: ReadonlySet<string> = new Set()

  constructor(deps: BridgeDeps) {
    this.#deps = deps
    this.gateways = new Gateways(deps)
    const { mqtt, log, compat } = deps.config
    const { sms2mqtt } = compat
    this.#logging = new Logging(log.mqtt, `${mqtt.base_topic}/bridge/logging`, deps.ingress, deps.now)
    this.#recent = new RecentLines(deps.now)
    this.#failures = new Failures(deps.log)
    this.#sms2mqtt =
      sms2mqtt === undefined ? null : new Sms2mqtt(sms2mqtt.prefix, deps.newId, (event) => this.#emit(event))
    this.#announcer = this.#makeAnnouncer()
    this.#logLevel = log.level
  }

  /** Commits what must be published before any client connects. */
  async prepare(): Promise<void> {
    const { store, fleet } = this.#deps
    const devices = [...fleet.devices.values()].map((device) => ({ id: device.id, fields: stateKeysOf(device) }))
    await store.run('announceDevices', { devices })
    await this.#list()
  }

  /** Handles a publish of a client, which is durable when this resolves. */
  async receive(publish: Publish): Promise<void> {
    if (publish.topic.startsWith('bridge/request/')) return this.#request(publish)
    const isDialect = publish.topic === sms2mqttInbound && publish.clearing !== 'yes'
    const accepted = isDialect && this.#sms2mqtt !== null ? this.#sms2mqtt.accept(publish) : acceptPublish(publish)
    if (accepted !== null) await this.#deps.submit(accepted)
  }

  /** The broker is connected. */
  start(): void {
    this.#sms2mqtt?.state(true)
    const { clock, fleet } = this.#deps
    inBackground(() => this.#publishHealth(), this.#failed)
    inBackground(() => this.#reportPauses(), this.#failed)
    const reviewOwing = () => this.#review([...fleet.devices.values()].filter(({ expected }) => expected !== null))
    this.#ends = [
      every(clock, healthMs, () => this.#publishHealth(), this.#failed),
      every(clock, figuresMs, () => this.#publishFigures(), this.#failed),
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

  /** Logs a failure of background work, unless the hub is stopping. */
  readonly #failed = (error: unknown): void => {
    if (!this.#stopped) this.#deps.log('error', Fault.from(error).message)
  }

  /** The broker has accepted an event. */
  published(event: HubEvent): void {
    const { kind, subject, data } = event
    if (kind === 'state' && data !== null) this.#announcer.stateShown(subject, data)
    this.#sms2mqtt?.published(event, this.#deps.now())
    this.#failures.published(event, this.#deps.now())
  }

  /** A new line of the log. */
  logged(level: LogLevel, namespace: string, message: string): void {
    this.#recent.add(level, namespace, message)
    this.#logging.write(level, namespace, message)
  }

  /** The state of a gateway may have changed. */
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

  #happened(type: HappeningType, data: Document): void {
    this.#emit(happening(type, data))
  }

  #emit(event: HubEvent): void {
    this.#persist(`${event.kind} ${event.subject}`.trim(), () => this.#deps.store.run('emit', [event]))
  }

  /** Background work, retried until it succeeds or the hub stops. */
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

  /** A device was added, changed, or removed. */
  changed(id: string, device: Device | null): void {
    if (device === null) this.#happened('device_removed', { device: id })
    else if (!this.#listed.has(id)) this.#happened('device_added', { device: id, profile: device.profile.id })
    const announced = this.#announcer.changed(id)
    if (device === null) this.#persist(`the topics of ${id}`, () => announced.then(() => this.#clearLeaving(id)))
    else this.#persist(`the availability of ${id}`, () => this.#review([device]))
    this.#listing?.cancel()
    this.#listing = this.#deps.clock.after(debounceMs, () => {
      this.#persist('bridge/devices', () => this.#list())
      inBackground(() => this.#publishHealth(), this.#failed)
    })
  }

  /** `bridge/request/<path>`: resolves when its answer is committed. */
  async #request(publish: Publish): Promise<void> {
    if (publish.clearing === 'yes' || (publish.retained && publish.payload.length === 0)) return
    const deps = this.#apiDeps()
    const answer = await respond(publish, (path, data) => carryOut(path, data, deps, askerOf(publish)))
    await this.#deps.store.run('emit', [answer])
  }

  /** The same requests from the local command line, and of callers of the HTTP interface. */
  ask(path: string, data: unknown, asker = ownAsker('command line', 'local')): Promise<Data> {
    return carryOut(path, data, this.#apiDeps(), asker)
  }

  /** Publishes availability, then announcements, in small steps while clients are served. */
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

  /** Clears states of removed devices after their announcements, when Home Assistant has removed the entities. */
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
      pauseChanged: () => this.#publishHealth(),
      setMqttLevel: (level) => {
        this.#logging.level = level
      },
      setLogLevel: (level) => {
        const set = this.#deps.setLogLevel ?? noProgram()
        set(level)
        this.#logLevel = level
        this.#persist('bridge/info', () => this.#list())
      },
      logLevel: () => this.#logLevel,
      logLines: (after, limit) => this.#recent.after(after, limit),
      restart: () => {
        this.#deps.clock.after(restartDelayMs, this.#deps.restart ?? noProgram())
      },
    }
  }

  /** Logs pauses at every start, as they may be forgotten. */
  async #reportPauses(): Promise<void> {
    const paused = shown(await this.#deps.store.run('pauses', undefined))
    if (paused.length === 0) return
    const way = 'bridge/request/queue/resume or smshub queue resume ends it'
    this.#deps.log('warn', `the queue is paused: ${JSON.stringify(paused)}; ${way}`)
  }

  #makeAnnouncer(): Announcer {
    const { config, fleet, store, clock, ingress, instance, version, republishRetained, log } = this.#deps
    const { discovery, prefix, status_topic: statusTopic = `${prefix}/status` } = config.homeassistant
    return new Announcer({
      context: {
        baseTopic: config.mqtt.base_topic,
        prefix,
        instance,
        version,
        page: config.http.url ?? config.http.ingress?.url,
      },
      mode: discovery,
      statusTopic,
      gateways: () => this.gateways.announced,
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

  /** Publishes `bridge/info`, `bridge/devices` and the profiles of the devices; surplus pages are cleared. */
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
    for (let at = 0; at < devices.length && !this.#stopped; at += batchSize) {
      const some = devices.slice(at, at + batchSize).map(({ id, expected }) => {
        return { id, expectedMs: expected === null ? null : expected * 1000 }
      })
      await store.run('reviewPresence', { now: now(), devices: some })
      if (devices.length > batchSize) await drained(store, clock, () => this.#stopped)
    }
  }

  #health(): Promise<Record<string, unknown>> {
    return healthReport(this.#deps, this.#refused)
  }

  async #publishHealth(): Promise<void> {
    const health = await this.#health()
    this.#published = health
    await this.#deps.store.run('emit', [{ kind: 'health', subject: '', data: health }])
  }

  async #publishFigures(): Promise<void> {
    if (figuresOf(await this.#health()) !== figuresOf(this.#published)) await this.#publishHealth()
  }

  /** Commits fail, which can't be published through the store; or they succeed again. */
  storeChanged(): void {
    const { store, ingress, config, now } = this.#deps
    if (store.trouble === null) return inBackground(() => this.#publishHealth(), this.#failed)
    const data = JSON.stringify({ ...this.#published, time: isoTime(now()), store_trouble: store.trouble.message })
    const message = retainedOf({ kind: 'health', subject: '', data }, config.mqtt.base_topic)
    inBackground(() => ingress.publish(message), this.#failed)
  }
}

const figuresOf = ({ time: _, uptime_s: __, ...figures }: Record<string, unknown>): string => JSON.stringify(figures)

function noProgram(): never {
  throw new Fault('not_allowed', 'this hub runs inside another program, which decides that')
}
