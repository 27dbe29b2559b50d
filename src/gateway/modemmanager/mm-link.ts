import type { Clock } from '../../util/clock.ts'
import { Latch } from '../../util/latch.ts'
import { Bus, busItself, type Call, CallFailure, type Properties, type Signal } from './dbus.ts'
import { type Interfaces, properties, root, service } from './mm-values.ts'

export interface LinkHandlers {
  /** An object, or whether ModemManager is there, has changed. */
  changed(): void
  /** Any other signal of ModemManager. */
  signal(signal: Signal): void
}

/** Between two attempts to reach the bus, or ModemManager on it, which may not be started yet. */
const retryMs = { first: 1_000, longest: 30_000 }

const objects = 'org.freedesktop.DBus.ObjectManager'
const ownerChanged = 'org.freedesktop.DBus.NameOwnerChanged'

/** ModemManager as it is now: kept up to date over its restarts, and those of the message bus. */
export class MmLink {
  readonly #address: string
  readonly #clock: Clock
  readonly #handlers: LinkHandlers
  readonly #modems = new Map<string, Interfaces>()
  #bus: Bus | null = null
  /** Fired when the connection, or ModemManager, is lost: then all is read again. */
  #lost = new Latch()
  #failure: CallFailure | null = null
  #isThere = false

  constructor(address: string, clock: Clock, handlers: LinkHandlers) {
    this.#address = address
    this.#clock = clock
    this.#handlers = handlers
  }

  /** Its modems, by path. A path changes with each plug, and with each start of ModemManager. */
  get modems(): ReadonlyMap<string, Interfaces> {
    return this.#modems
  }

  get isThere(): boolean {
    return this.#isThere
  }

  /** Why ModemManager can't be reached; null while it can. */
  get failure(): CallFailure | null {
    return this.#failure
  }

  /** Fired when what is read now is not valid any more. */
  get lost(): Latch {
    return this.#lost
  }

  async call<T>(path: string, method: string, details: Partial<Omit<Call, 'to' | 'path' | 'method'>> = {}): Promise<T> {
    const bus = this.#bus
    if (bus === null || !this.#isThere) throw new CallFailure('not_connected', 'ModemManager is not there')
    return bus.call<T>({ to: service, path, method, ...details })
  }

  /** The properties of an object that is not among the modems: a SIM, a message, a call. */
  propertiesOf(path: string, owner: string): Promise<Properties> {
    return this.call(path, `${properties}.GetAll`, { signature: 's', body: [owner] })
  }

  /** Follows it until `stopping` fires. */
  async run(stopping: Latch): Promise<void> {
    const off = stopping.on(() => this.#lose('the hub stops'))
    for (let waitMs = retryMs.first; !stopping.isFired; waitMs = Math.min(2 * waitMs, retryMs.longest)) {
      const lost = new Latch()
      this.#lost = lost
      try {
        await this.#read(await this.#connected())
        waitMs = retryMs.first
        await lost.wait()
      } catch (error) {
        this.#failure = error instanceof CallFailure ? error : new CallFailure(null, (error as Error).message)
        this.#handlers.changed()
      }
      await Promise.race([stopping.waitUpTo(waitMs, this.#clock), ...(this.#bus === null ? [] : [lost.wait()])])
    }
    off()
    this.#bus?.close()
  }

  async #connected(): Promise<Bus> {
    if (this.#bus !== null) return this.#bus
    const bus: Bus = new Bus(this.#address, this.#clock, {
      signal: (signal) => this.#signal(signal),
      closed: (reason) => {
        if (this.#bus !== bus) return
        this.#bus = null
        this.#lose(reason)
      },
    })
    this.#bus = bus
    try {
      await bus.watch(`type='signal',sender='${service}'`)
      await bus.watch(`type='signal',sender='${busItself.to}',member='NameOwnerChanged',arg0='${service}'`)
      return bus
    } catch (error) {
      this.#bus = null
      bus.close()
      throw error
    }
  }

  /** The call starts ModemManager where the bus may. */
  async #read(bus: Bus): Promise<void> {
    const found = await bus.call<Readonly<Record<string, Interfaces>>>({
      to: service,
      path: root,
      method: `${objects}.GetManagedObjects`,
    })
    this.#modems.clear()
    for (const [path, interfaces] of Object.entries(found)) this.#modems.set(path, interfaces)
    this.#failure = null
    this.#isThere = true
    this.#handlers.changed()
  }

  #lose(reason: string): void {
    this.#modems.clear()
    this.#isThere = false
    this.#failure ??= new CallFailure(null, reason)
    this.#lost.fire()
    this.#handlers.changed()
  }

  #signal(signal: Signal): void {
    const { path, name, body } = signal
    if (name === ownerChanged) {
      // Another ModemManager, or none: what was read is of the one before.
      if (body[1] !== '') this.#lose('ModemManager has ended')
      else this.#lost.fire()
      return
    }
    // Before the objects are read they are of no use: they come with them.
    if (!this.#isThere) return
    if (name === `${objects}.InterfacesAdded`) this.#added(body as [string, Interfaces])
    else if (name === `${objects}.InterfacesRemoved`) this.#removed(body as [string, string[]])
    else if (name === `${properties}.PropertiesChanged` && this.#modems.has(path))
      this.#noted(path, body as [string, Properties])
    else this.#handlers.signal(signal)
  }

  #added([path, interfaces]: [string, Interfaces]): void {
    this.#modems.set(path, { ...this.#modems.get(path), ...interfaces })
    this.#handlers.changed()
  }

  #removed([path, names]: [string, string[]]): void {
    const left = Object.entries(this.#modems.get(path) ?? {}).filter(([name]) => !names.includes(name))
    if (left.length === 0) this.#modems.delete(path)
    else this.#modems.set(path, Object.fromEntries(left))
    this.#handlers.changed()
  }

  #noted(path: string, [owner, changed]: [string, Properties]): void {
    const before = this.#modems.get(path) ?? {}
    this.#modems.set(path, { ...before, [owner]: { ...before[owner], ...changed } })
    this.#handlers.changed()
  }
}
