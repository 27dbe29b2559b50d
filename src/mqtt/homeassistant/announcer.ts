import type { Device } from '../../device/device.ts'
import { isListed } from '../../device/mask.ts'
import { stateFieldsOf } from '../../device/state-fields.ts'
import type { LogLevel } from '../../message/events.ts'
import { type Clock, sleep, type Timer } from '../../util/clock.ts'
import type { Ingress } from '../ingress.ts'
import { type DiscoveryContext, hubDeviceId } from './component.ts'
import {
  type DiscoveryMessage,
  type DiscoveryMode,
  deviceMessages,
  gatewayMessages,
  hubMessages,
  isOurs,
} from './documents.ts'

export interface AnnouncerRooms {
  readonly context: DiscoveryContext
  readonly mode: DiscoveryMode
  /** Home Assistant's birth message: `homeassistant/status`. */
  readonly statusTopic: string
  readonly gateways: readonly string[]
  readonly contacts: readonly string[]
  readonly clock: Clock
  readonly ingress: Pick<Ingress, 'watch'>
  devices(): Iterable<Device>
  device(id: string): Device | undefined
  /** Commits what is new of these messages; an empty payload takes a message back. */
  announce(messages: readonly DiscoveryMessage[]): Promise<void>
  /** Topics of discovery that the store knows, behind one of them, a page at a time. */
  announced(after: string): Promise<readonly string[]>
  /** Those of one subject: `smshub_a1b2_gate`. */
  announcedOf(subject: string): Promise<readonly string[]>
  /** Fields that the state of a device has shown. */
  shownFields(device: string): Promise<readonly string[]>
  /** Resolves when the broker has taken most of what waits for it. */
  drained(): Promise<void>
  /** Tells the broker everything that is retained once more: discovery first, then states. */
  tellAgain(): void
  log(level: LogLevel, message: string): void
}

/** Devices that are announced in one commit. */
const bite = 10
/** Announcements that are taken back in one commit. */
const takenBack = 200
const progressMs = 5_000
/** How long what somebody else's broker has retained is listened for. */
const sweepMs = 5_000
/** Home Assistant is busy when it says that it is there. */
const birthMs = { least: 1_000, spread: 9_000 }

/** Keeps Home Assistant's picture of the hub, its gateways and devices right. */
export class Announcer {
  readonly #rooms: AnnouncerRooms
  readonly #shown = new Map<string, Set<string>>()
  readonly #changed = new Set<string>()
  #unwatch: (() => void)[] = []
  #birth: Timer | null = null
  #refresh: Promise<void> = Promise.resolve()
  #running = true

  constructor(rooms: AnnouncerRooms) {
    this.#rooms = rooms
  }

  /** Announces everything, a little at a time, and takes back what is no more. */
  async start(): Promise<void> {
    const { ingress, statusTopic, context } = this.#rooms
    this.#unwatch.push(
      ingress.watch(statusTopic, ({ payload, retained }) => {
        if (payload === 'online' && !retained) this.#born()
      }),
    )
    const found = new Set<string>()
    const sweeps = [`${context.prefix}/+/+/config`, `${context.prefix}/+/+/+/config`].map((filter) =>
      ingress.watch(filter, ({ topic, payload, retained }) => {
        if (retained && payload !== '' && isOurs(context, topic)) found.add(topic)
      }),
    )
    this.#unwatch.push(...sweeps)
    const present = await this.#announceAll()
    await this.#takeBack(await this.#known(), present)
    await sleep(this.#rooms.clock, sweepMs)
    for (const end of sweeps) end()
    await this.#takeBack([...found], present)
  }

  stop(): void {
    this.#running = false
    this.#birth?.cancel()
    for (const end of this.#unwatch) end()
    this.#unwatch = []
  }

  /** Takes back everything that was announced. It comes again with the next start of the hub. */
  async clear(): Promise<void> {
    await this.#takeBack(await this.#known(), new Set())
  }

  /** A state was published: a zone or an input that nobody had heard of becomes an entity. */
  stateShown(id: string, payload: string): void {
    const device = this.#rooms.device(id)
    const shown = this.#shown.get(id)
    if (device === undefined || shown === undefined || shown.size === 0) return
    const families = [...shown].filter((name) => name.includes('#'))
    if (families.length === 0) return
    const fresh = Object.keys(JSON.parse(payload) as object).filter(
      (name) => !shown.has(name) && isListed(name, families),
    )
    if (fresh.length === 0) return
    for (const name of fresh) shown.add(name)
    this.changed(id)
  }

  /** A device is new, other than before, or gone. */
  changed(id: string): void {
    this.#changed.add(id)
    if (this.#changed.size === 1) this.#refresh = this.#refresh.then(() => this.#announceChanged()).catch(() => {})
  }

  async #announceChanged(): Promise<void> {
    const ids = [...this.#changed]
    this.#changed.clear()
    const { context, mode } = this.#rooms
    for (const id of ids) {
      const device = this.#rooms.device(id)
      const messages = device === undefined ? [] : deviceMessages(context, device, mode, await this.#shownBy(device))
      const present = new Set(messages.map(({ topic }) => topic))
      const own = await this.#rooms.announcedOf(`${hubDeviceId(context)}_${id}`)
      await this.#rooms.announce([
        ...own.filter((topic) => !present.has(topic)).map((topic) => ({ topic, payload: '' })),
        ...messages,
      ])
      if (device === undefined) this.#shown.delete(id)
    }
  }

  async #announceAll(): Promise<ReadonlySet<string>> {
    const { context, mode, gateways, contacts, clock, log } = this.#rooms
    const present = new Set<string>()
    const announce = async (messages: readonly DiscoveryMessage[]) => {
      for (const { topic } of messages) present.add(topic)
      await this.#rooms.announce(messages)
    }
    await announce([
      ...hubMessages(context, contacts, mode),
      ...gateways.flatMap((gateway) => gatewayMessages(context, gateway, mode)),
    ])
    const devices = [...this.#rooms.devices()]
    let told = clock.monotonic()
    for (let at = 0; at < devices.length && this.#running; at += bite) {
      const messages: DiscoveryMessage[] = []
      for (const device of devices.slice(at, at + bite))
        messages.push(...deviceMessages(context, device, mode, await this.#shownBy(device)))
      await announce(messages)
      await this.#rooms.drained()
      if (clock.monotonic() - told < progressMs) continue
      told = clock.monotonic()
      log('info', `Home Assistant: ${Math.min(at + bite, devices.length)} of ${devices.length} devices announced`)
    }
    return present
  }

  /** What the state of a device has shown, with the families that it may show more of. */
  async #shownBy(device: Device): Promise<readonly string[]> {
    const { families } = stateFieldsOf(device)
    if (families.length === 0) {
      this.#shown.set(device.id, new Set())
      return []
    }
    const shown = await this.#rooms.shownFields(device.id)
    this.#shown.set(device.id, new Set([...families, ...shown]))
    return shown
  }

  async #known(): Promise<string[]> {
    const topics: string[] = []
    for (;;) {
      const page = await this.#rooms.announced(topics.at(-1) ?? '')
      if (page.length === 0) return topics
      topics.push(...page)
    }
  }

  async #takeBack(topics: readonly string[], present: ReadonlySet<string>): Promise<void> {
    if (!this.#running) return
    const stale = topics.filter((topic) => !present.has(topic) && isOurs(this.#rooms.context, topic))
    const now = stale.filter((topic) => !this.#isPresentNow(topic))
    for (let at = 0; at < now.length; at += takenBack)
      await this.#rooms.announce(now.slice(at, at + takenBack).map((topic) => ({ topic, payload: '' })))
    if (now.length > 0) this.#rooms.log('info', `Home Assistant: ${now.length} announcements are taken back`)
  }

  /** A device that came while the old announcements were looked through. */
  #isPresentNow(topic: string): boolean {
    const prefix = `smshub_${this.#rooms.context.instance}_`
    const own = topic.split('/').find((level) => level.startsWith(prefix))
    return own !== undefined && this.#changed.has(own.slice(prefix.length))
  }

  #born(): void {
    const { clock, tellAgain } = this.#rooms
    this.#birth?.cancel()
    this.#birth = clock.after(birthMs.least + clock.random() * birthMs.spread, tellAgain)
  }
}
