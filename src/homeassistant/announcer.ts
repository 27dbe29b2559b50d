import { stateFieldsOf } from '../device/describe/state-fields.ts'
import type { Device } from '../device/device.ts'
import { isListed } from '../device/mask.ts'
import type { LogLevel } from '../message/events.ts'
import type { Values } from '../message/values.ts'
import type { Ingress } from '../mqtt/ingress.ts'
import { logged, untilDone } from '../util/background.ts'
import { type Clock, sleep, type Timer } from '../util/clock.ts'
import { type DiscoveryContext, hubDeviceId } from './component.ts'
import {
  announcedIn,
  type DiscoveryMessage,
  type DiscoveryMode,
  deviceMessages,
  gatewayMessages,
  hubMessages,
  identityFields,
  identityOf,
  objectOf,
} from './documents.ts'
import type { AnnouncedGateway, HubAbilities } from './hub-parts.ts'
import { strayOverrides } from './overrides.ts'

export interface AnnouncerDeps {
  readonly context: DiscoveryContext
  /** `none` announces nothing, and withdraws earlier announcements. */
  readonly mode: DiscoveryMode | 'none'
  /** Home Assistant's birth message: `homeassistant/status`. */
  readonly statusTopic: string
  gateways(): readonly AnnouncedGateway[]
  readonly contacts: readonly string[]
  readonly abilities: HubAbilities
  readonly clock: Clock
  readonly ingress: Pick<Ingress, 'watch'>
  devices(): Iterable<Device>
  device(id: string): Device | undefined
  /**
   * Commits those of these messages that have changed, or all of them `again`; an empty payload withdraws a message.
   */
  announce(messages: readonly DiscoveryMessage[], again?: boolean): Promise<void>
  /** Announced topics in the store, after one of them, a page at a time. */
  announced(after: string): Promise<readonly string[]>
  /** Those of one subject: `smshub_a1b2_gate`. */
  announcedOf(subject: string): Promise<readonly string[]>
  /** The state of a device. */
  state(device: string): Promise<Values>
  /** Resolves when the broker has accepted most waiting messages. */
  drained(): Promise<void>
  /** Publishes everything retained again: discovery first, then states. */
  republishRetained(): void
  log(level: LogLevel, message: string): void
}

/** Devices announced in one commit. */
const batchSize = 10
/** Announcements withdrawn in one commit. */
const withdrawBatchSize = 200
const progressMs = 5_000
/** How long to collect retained messages from an external broker. */
const sweepMs = 5_000
/** Home Assistant is busy when it publishes its birth message. */
const birthMs = { least: 1_000, spread: 9_000 }

/** Topics of the announcements of all hubs. */
export const sweptFilters = (prefix: string): string[] => [`${prefix}/+/+/config`, `${prefix}/+/+/+/config`]

/** Announced fields of a device whose document grows with its state. */
interface Shown {
  readonly fields: Set<string>
  readonly families: readonly string[]
  readonly identity: string
}

/** Keeps the announcements of the hub, its gateways and devices up to date. */
export class Announcer {
  readonly #deps: AnnouncerDeps
  readonly #shown = new Map<string, Shown>()
  readonly #changed = new Set<string>()
  readonly #warned = new Set<string>()
  /** Announced topics, until all others are withdrawn after the start; null from then on. */
  #present: Set<string> | null = new Set()
  #unwatch: (() => void)[] = []
  #birth: Timer | null = null
  #refresh: Promise<void> = Promise.resolve()
  #running = true

  constructor(deps: AnnouncerDeps) {
    this.#deps = deps
  }

  /**
   * Announces everything, in small steps, and withdraws what no longer exists. Announcements in the other mode are
   * withdrawn first: Home Assistant ignores an entity that it already has, and would remove it with the old
   * announcement.
   */
  async start(): Promise<void> {
    const { ingress, statusTopic, mode, clock } = this.#deps
    for (const end of this.#unwatch.splice(0)) end()
    if (mode !== 'none')
      this.#unwatch.push(
        ingress.watch(statusTopic, ({ payload, retained }) => {
          if (payload === 'online' && !retained) this.#born()
        }),
      )
    const found = new Set<string>()
    const sweeps = mode === 'none' ? [] : this.#sweep(found)
    const known = await this.#known()
    await this.#takeBack(known.filter((topic) => this.#isOtherShape(topic)))
    await this.#announceAll()
    await this.#takeBack(known.filter((topic) => !this.#isOtherShape(topic)))
    if (sweeps.length > 0) await sleep(clock, sweepMs)
    for (const end of sweeps) end()
    // Topics in the store are withdrawn already.
    for (const topic of known) found.delete(topic)
    const stale = await this.#takeBack([...found])
    await this.#announceAgain(stale.filter((topic) => this.#isOtherShape(topic)))
    this.#present = null
  }

  stop(): void {
    this.#running = false
    this.#birth?.cancel()
    for (const end of this.#unwatch) end()
    this.#unwatch = []
  }

  /** Withdraws all announcements. They are made again at the next start of the hub. */
  async clear(): Promise<void> {
    const topics = (await this.#known()).filter((topic) => announcedIn(this.#deps.context, topic) !== null)
    await this.#empty(topics)
  }

  /** A state was published: a new zone or input becomes an entity, a firmware version is that of the device. */
  stateShown(id: string, state: Values): void {
    const shown = this.#shown.get(id)
    if (shown === undefined) return
    const isKnown = (name: string) => shown.fields.has(name) || !isListed(name, shown.families)
    if (Object.keys(state).every(isKnown) && JSON.stringify(identityOf(state)) === shown.identity) return
    this.changed(id)
  }

  /** A device was added, changed, or removed. Resolves when its announcement is committed. */
  changed(id: string): Promise<void> {
    this.#changed.add(id)
    if (this.#changed.size > 1) return this.#refresh
    const { clock, log } = this.#deps
    const failed = logged(log, 'Home Assistant: a changed device is not announced')
    const announce = () => this.#announceChanged()
    this.#refresh = this.#refresh.then(() => untilDone(clock, announce, () => this.#running, failed))
    return this.#refresh
  }

  async #announceChanged(): Promise<void> {
    for (let [id] = this.#changed; id !== undefined; [id] = this.#changed) {
      this.#changed.delete(id)
      try {
        await this.#announceAnew(id)
      } catch (error) {
        this.#changed.add(id)
        throw error
      }
    }
  }

  async #announceAnew(id: string): Promise<void> {
    const device = this.#deps.device(id)
    if (device === undefined) this.#shown.delete(id)
    const messages = device === undefined ? [] : await this.#messagesOf(device)
    const topics = new Set(messages.map(({ topic }) => topic))
    const own = await this.#deps.announcedOf(`${hubDeviceId(this.#deps.context)}_${objectOf(id)}`)
    const gone = own.filter((topic) => !topics.has(topic))
    for (const topic of gone) this.#present?.delete(topic)
    for (const topic of topics) this.#present?.add(topic)
    await this.#deps.announce([...gone.map((topic) => ({ topic, payload: '' })), ...messages])
  }

  async #announceAll(): Promise<void> {
    const { clock, log } = this.#deps
    const announce = async (messages: readonly DiscoveryMessage[]) => {
      for (const { topic } of messages) this.#present?.add(topic)
      await this.#deps.announce(messages)
    }
    await announce(this.#ownMessages())
    const devices = this.#deps.mode === 'none' ? [] : [...this.#deps.devices()].map(({ id }) => id)
    let reported = clock.monotonic()
    for (let at = 0; at < devices.length && this.#running; at += batchSize) {
      const messages: DiscoveryMessage[] = []
      for (const id of devices.slice(at, at + batchSize)) {
        const device = this.#deps.device(id)
        if (device !== undefined) messages.push(...(await this.#messagesOf(device)))
      }
      await announce(messages)
      await this.#deps.drained()
      if (clock.monotonic() - reported < progressMs) continue
      reported = clock.monotonic()
      log('info', `Home Assistant: ${Math.min(at + batchSize, devices.length)} of ${devices.length} devices announced`)
    }
  }

  /** Announces again what Home Assistant has ignored because of the other mode. */
  async #announceAgain(topics: readonly string[]): Promise<void> {
    const { context, announce } = this.#deps
    const subjects = new Set(topics.map((topic) => announcedIn(context, topic)?.subject))
    const own = this.#ownMessages().filter(({ topic }) => subjects.has(announcedIn(context, topic)?.subject))
    await announce(own, true)
    for (const device of this.#deps.devices())
      if (subjects.has(`_${objectOf(device.id)}`)) await announce(await this.#messagesOf(device), true)
  }

  /** Messages of the hub and its gateways. */
  #ownMessages(): DiscoveryMessage[] {
    const { context, mode, gateways, contacts, abilities } = this.#deps
    if (mode === 'none') return []
    return [
      ...hubMessages(context, contacts, mode, abilities),
      ...gateways().flatMap((gateway) => gatewayMessages(context, gateway, mode)),
    ]
  }

  async #messagesOf(device: Device): Promise<DiscoveryMessage[]> {
    const { context, mode } = this.#deps
    if (mode === 'none') return []
    const { fields, families } = stateFieldsOf(device)
    const grows = families.length > 0 || fields.some((name) => identityFields.includes(name))
    const state = grows ? await this.#deps.state(device.id) : {}
    if (grows) {
      const identity = JSON.stringify(identityOf(state))
      this.#shown.set(device.id, { fields: new Set([...fields, ...Object.keys(state)]), families, identity })
    }
    this.#warnOfStrays(device, Object.keys(state))
    return deviceMessages(context, device, mode, state)
  }

  /** Warns once about overrides for entities that the device does not have. */
  #warnOfStrays(device: Device, seen: readonly string[]): void {
    for (const stray of strayOverrides(this.#deps.context, device, seen)) {
      if (this.#warned.has(stray)) continue
      this.#warned.add(stray)
      this.#deps.log('warn', stray)
    }
  }

  /** Collects the retained announcements of this hub from a broker. */
  #sweep(found: Set<string>): (() => void)[] {
    const { ingress, context } = this.#deps
    const ends = sweptFilters(context.prefix).map((filter) =>
      ingress.watch(filter, ({ topic, payload, retained }) => {
        if (retained && payload !== '' && announcedIn(context, topic) !== null) found.add(topic)
      }),
    )
    this.#unwatch.push(...ends)
    return ends
  }

  #isOtherShape(topic: string): boolean {
    const shape = announcedIn(this.#deps.context, topic)?.shape
    return shape !== undefined && shape !== this.#deps.mode
  }

  async #known(): Promise<string[]> {
    const topics: string[] = []
    for (;;) {
      const page = await this.#deps.announced(topics.at(-1) ?? '')
      if (page.length === 0) return topics
      topics.push(...page)
    }
  }

  /** Withdraws announcements that are no longer made, and returns their subjects. */
  async #takeBack(topics: readonly string[]): Promise<readonly string[]> {
    const { context, log } = this.#deps
    const stale = topics.filter((topic) => !this.#present?.has(topic) && announcedIn(context, topic) !== null)
    await this.#empty(stale)
    if (stale.length > 0) log('info', `Home Assistant: ${stale.length} announcements were withdrawn`)
    return stale
  }

  async #empty(topics: readonly string[]): Promise<void> {
    for (let at = 0; at < topics.length && this.#running; at += withdrawBatchSize) {
      await this.#deps.announce(topics.slice(at, at + withdrawBatchSize).map((topic) => ({ topic, payload: '' })))
      await this.#deps.drained()
    }
  }

  #born(): void {
    const { clock, republishRetained } = this.#deps
    this.#birth?.cancel()
    this.#birth = clock.after(birthMs.least + clock.random() * birthMs.spread, republishRetained)
  }
}
