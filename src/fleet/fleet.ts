import { makeConfigured, makeDevices, NumberOwners } from '../config/make-devices.ts'
import type { ProfileFiles } from '../config/profiles.ts'
import type { Config } from '../config/schema.ts'
import { stateKeysOf } from '../device/describe/state-fields.ts'
import type { Device, KnownSettings } from '../device/device.ts'
import { DeviceConfig } from '../device/device-config.ts'
import { numberProblem } from '../device/parameters/numbers.ts'
import { specOf } from '../device/parameters/settings.ts'
import { issuesOf } from '../device/schema/profile-scalars.ts'
import { Fault } from '../message/fault.ts'
import { idPattern, reservedIds } from '../message/topics.ts'
import type { Store } from '../store/store.ts'
import { didYouMean } from '../util/nearest.ts'
import { SerialQueue } from '../util/serial-queue.ts'

/** A device as written by its owner: the keys of `devices:` in smshub.yaml, every scalar a string. */
export type DeviceRow = Readonly<Record<string, unknown>>

export interface FleetDeps {
  readonly config: Config
  readonly profiles: ProfileFiles
  readonly store: Store
  readonly now: () => number
  /** The devices of the file, made before their learned settings were loaded. */
  readonly made?: ReadonlyMap<string, Device>
}

/** The devices of a hub: those of its file, and those that were added while it ran, which are in the store. */
export class Fleet {
  readonly #config: Config
  readonly #profiles: ProfileFiles
  readonly #store: Store
  readonly #now: () => number
  readonly #devices: Map<string, Device>
  /** By their ids; null while that has to be made again. */
  #ordered: readonly Device[] | null = null
  readonly #owners = new NumberOwners()
  /** Rows of the devices in the store; the others are in the file. */
  readonly #rows = new Map<string, DeviceRow>()
  readonly #known = new Map<string, KnownSettings>()
  /** Revision of the known settings. */
  #revision = 0
  /** Changes run one after the other: each sees the result of the previous one. */
  readonly #changes = new SerialQueue()
  /** Called for every device that is added, changed, or removed (null). */
  onChange: (id: string, device: Device | null) => void = () => {}
  /** What holds of a device as it is to be, by subject: what was scheduled with something else is cancelled with it. */
  heldBy: (id: string, device: Device | null) => Readonly<Record<string, readonly string[]>> = () => ({})

  private constructor({ config, profiles, store, now, made }: FleetDeps, known: ReadonlyMap<string, KnownSettings>) {
    this.#config = config
    this.#profiles = profiles
    this.#store = store
    this.#now = now
    for (const [id, one] of known) this.#known.set(id, one)
    this.#devices = makeDevices(config, profiles, known, made)
    for (const device of this.#devices.values()) this.#owners.claim(device)
  }

  /** Loads the devices of the store. One that is no longer valid is left out with a warning. */
  static async open(deps: FleetDeps, warn: (message: string) => void): Promise<Fleet> {
    const { store } = deps
    const { revision, devices } = await store.run('knownSettings', { since: 0 })
    const fleet = new Fleet(deps, new Map(devices.map((one) => [one.id, one])))
    fleet.#revision = revision
    for (const { id, config: text } of await store.run('fleetRows', undefined)) {
      try {
        if (fleet.#devices.has(id))
          throw new Fault('invalid_config', 'a device in smshub.yaml has the same id and takes precedence')
        const row = JSON.parse(text) as DeviceRow
        fleet.#place(id, row, fleet.#make(id, row))
      } catch (error) {
        warn(`device ${id} that was added while the hub ran is left out: ${Fault.from(error).message}`)
      }
    }
    return fleet
  }

  get devices(): ReadonlyMap<string, Device> {
    return this.#devices
  }

  /** The devices in the order of their ids. */
  get ordered(): readonly Device[] {
    this.#ordered ??= [...this.#devices.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
    return this.#ordered
  }

  /** The row of a device in the store; null for one of the file. */
  rowOf(id: string): DeviceRow | null {
    return this.#rows.get(id) ?? null
  }

  /** Adds devices, all or none. Fails with `invalid_config` and all problems. */
  add(rows: ReadonlyMap<string, DeviceRow>): Promise<void> {
    return this.#changes.run(() => this.#put(rows, 'add'))
  }

  /** Adds new devices and changes existing ones: importing the same table again changes nothing. */
  import(rows: ReadonlyMap<string, DeviceRow>): Promise<void> {
    return this.#changes.run(() => this.#put(rows, 'import'))
  }

  /** Changes keys of a device; null removes one, `settings` are merged. `allow` sees it as earlier changes leave it. */
  update(id: string, change: DeviceRow, allow: (device: Device) => void = () => {}): Promise<void> {
    return this.#changes.run(() => {
      const row = this.#own(id)
      allow(this.#devices.get(id) as Device)
      return this.#put(new Map([[id, merged(row, change)]]), 'import')
    })
  }

  /** All or none; `allow` sees each as earlier changes leave it. */
  remove(ids: readonly string[], allow: (device: Device) => void = () => {}): Promise<void> {
    return this.#changes.run(async () => {
      for (const id of ids) this.#own(id)
      for (const id of ids) allow(this.#devices.get(id) as Device)
      const held = await this.#held(ids.map((id) => [id, null]))
      await this.#store.run('dropDevices', { ids, held, now: this.#now() })
      for (const id of ids) {
        this.#owners.release(this.#devices.get(id) as Device)
        this.#devices.delete(id)
        this.#ordered = null
        this.#rows.delete(id)
        this.#known.delete(id)
        this.onChange(id, null)
      }
    })
  }

  /** Applies settings that devices have accepted or reported since. */
  refreshSettings(): Promise<void> {
    return this.#changes.run(async () => {
      const { revision, devices } = await this.#store.run('knownSettings', { since: this.#revision })
      for (const known of devices) {
        const { id } = known
        if (JSON.stringify(this.#known.get(id)) === JSON.stringify(known)) continue
        const row = this.#rows.get(id)
        const config = row === undefined ? this.#config.devices[id] : parseRow(id, row)
        if (config !== undefined) {
          const device = makeConfigured(id, config, this.#config, this.#profiles, known)
          this.#devices.set(id, device)
          this.#ordered = null
          this.onChange(id, device)
        }
        // Set after its use: a refresh that fails is repeated from the same revision.
        this.#known.set(id, known)
      }
      this.#revision = revision
    })
  }

  async #put(rows: ReadonlyMap<string, DeviceRow>, how: 'add' | 'import'): Promise<void> {
    const made = new Map<string, Device>()
    const problems: string[] = []
    const released = [...rows.keys()].flatMap((id) => this.#devices.get(id) ?? [])
    if (how === 'import') for (const device of released) this.#owners.release(device)
    for (const [id, row] of rows) {
      try {
        if (this.#devices.has(id) && (how === 'add' || !this.#rows.has(id))) throw this.#taken(id)
        const device = this.#make(id, row)
        assertNumbers(row, this.#config.sms.region)
        this.#owners.claim(device)
        made.set(id, device)
      } catch (error) {
        const { message } = Fault.from(error)
        problems.push(message.startsWith('device ') ? message : `device ${id}: ${message}`)
      }
    }
    for (const device of made.values()) this.#owners.release(device)
    if (how === 'import') for (const device of released) this.#owners.claim(device)
    if (problems.length > 0) throw new Fault('invalid_config', problems.join('\n'), { problems })
    const kept = [...made].map(([id, device]) => ({
      id,
      config: JSON.stringify(rows.get(id)),
      fields: stateKeysOf(device),
    }))
    const held = await this.#held([...made])
    await this.#store.run('keepDevices', { devices: kept, held, now: this.#now() })
    for (const [id, device] of made) {
      const before = this.#devices.get(id)
      if (before !== undefined) this.#owners.release(before)
      this.#place(id, rows.get(id) as DeviceRow, device)
      this.onChange(id, device)
    }
  }

  /** Of devices as they are to be; without anything that is scheduled, of none. */
  async #held(
    devices: readonly (readonly [id: string, device: Device | null])[],
  ): Promise<Record<string, readonly string[]>> {
    if ((await this.#store.run('counts', undefined)).scheduled === 0) return {}
    return Object.assign({}, ...devices.map(([id, device]) => this.heldBy(id, device)))
  }

  #place(id: string, row: DeviceRow, device: Device): void {
    this.#owners.claim(device)
    this.#devices.set(id, device)
    this.#ordered = null
    this.#rows.set(id, row)
  }

  #make(id: string, row: DeviceRow): Device {
    if (!idPattern.test(id) || reservedIds.includes(id)) {
      const takes = `small letters, digits, _ and -, at most 63, and none of ${reservedIds.join(', ')}`
      throw new Fault('invalid_config', `device ${id}: a device's id has ${takes}`)
    }
    return makeConfigured(id, parseRow(id, row), this.#config, this.#profiles, this.#known.get(id))
  }

  #own(id: string): DeviceRow {
    const row = this.#rows.get(id)
    if (row !== undefined) return row
    if (this.#devices.has(id)) throw this.#taken(id)
    const meant = didYouMean(id, this.#devices.keys())
    throw new Fault('unknown_device', `there is no device "${id}"${meant}`, { device: id })
  }

  #taken(id: string): Fault {
    return this.#rows.has(id)
      ? new Fault('duplicate', `device ${id} exists already; update changes it`, { device: id })
      : new Fault('not_allowed', `device ${id} is in smshub.yaml: change it there`, { device: id })
  }
}

/** Fails with `invalid_config` for a number that is certainly a mistake. */
function assertNumbers({ number }: DeviceRow, region: string | undefined): void {
  const problem = [number].flat().map((one) => numberProblem(String(one), region))
  const sure = problem.find((one) => one?.isSure)
  if (sure) throw new Fault('invalid_config', `number ${sure.message}`)
}

function parseRow(id: string, row: DeviceRow): DeviceConfig {
  const parsed = DeviceConfig.safeParse(textual(row))
  if (!parsed.success) throw new Fault('invalid_config', `device ${id}: ${issuesOf(parsed.error).join('; ')}`)
  return parsed.data
}

/** JSON numbers and booleans as strings, as scalars of the YAML file are. */
export function textual(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.map(textual)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, textual(one)]))
}

function merged(row: DeviceRow, change: DeviceRow): DeviceRow {
  const settings = { ...(row.settings as object), ...(change.settings as object) }
  return withoutNull({ ...row, ...change, ...(change.settings !== undefined && { settings: withoutNull(settings) }) })
}

const withoutNull = (row: object): DeviceRow =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))

/** Settings of a row that are not allowed over MQTT. */
export function secretSettings(row: DeviceRow, profiles: ProfileFiles): string[] {
  if (typeof row.settings !== 'object' || row.settings === null || typeof row.profile !== 'string') return []
  const dialects = [...profiles.get(row.profile).dialects.values()]
  return Object.keys(row.settings).filter((name) =>
    dialects.some(({ settings }) => specOf(settings, name)?.secret === true),
  )
}
