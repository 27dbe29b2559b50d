import { Fault } from '../message/fault.ts'
import { own } from '../util/own.ts'
import type { DeviceConfig } from './device-config.ts'
import { formatNumber, isDialable, normaliseNumber } from './parameters/numbers.ts'
import type { ParameterContext } from './parameters/parameter-kinds.ts'
import { builtIn, resolveSettings, specOf, suffixOf } from './parameters/settings.ts'
import type { Binding } from './pattern/bind.ts'
import { type Dialect, extend, ownWords } from './profile/dialect.ts'
import type { Profile } from './profile/profile.ts'
import { brokenReferences } from './profile/references.ts'
import type { Command, Evidence } from './schema/command.ts'
import type { Message, Property, Timing } from './schema/message.ts'

/** The dialect of a device, or `none` for the words of its profile. */
export interface Speech {
  readonly layer: string
  /** Commands are sent in it. */
  readonly isSettled: boolean
}

/** Facts of the hub that a device needs. */
export interface Environment {
  /** Country of numbers without a country code. */
  readonly region?: string
  /** The number that the device is to text to. */
  readonly hubNumber?: string
}

/** Stored knowledge of a device's settings, in addition to the configuration. */
export interface KnownSettings {
  /** Accepted or reported by the device; `over` is what was configured then: a later configuration wins. */
  readonly learned: Readonly<Record<string, { readonly value: string; readonly over: string | null }>>
  /** Changes that were sent; in doubt when their command has ended without an answer. */
  readonly pending: Readonly<Record<string, { readonly value: string; readonly doubt: boolean }>>
  /** What its texts have shown that it speaks, and of which profile that is a dialect. */
  readonly speech: (Speech & { readonly profile: string }) | null
}

/** A device with its dialect, its owner's settings and additions resolved. Plain data except for the cache. */
export interface Device {
  readonly id: string
  readonly name: string
  readonly profile: Profile
  readonly dialect: Dialect
  /** What it speaks by the word of its owner, else by its texts; null where neither shows it. */
  readonly speaks: (Speech & { readonly by: 'owner' | 'texts' }) | null
  /** Settings with their defaults; numbered ones under their numbered names. */
  readonly settings: Readonly<Record<string, string>>
  /** The same as configured, before anything was learned. */
  readonly configured: Readonly<Record<string, string>>
  readonly pending: KnownSettings['pending']
  /** Normalised, in the order of the configuration. */
  readonly numbers: readonly string[]
  /** The number for commands; null when none can be dialled. */
  readonly recipient: string | null
  readonly gateway: string | null
  readonly region: string | undefined
  readonly hubNumber: string | null
  readonly timeZone: string | null
  readonly timing: Timing
  /** Seconds without a text after which it is late; null when it sends none regularly. */
  readonly expected: number | null
  readonly poll: number | null
  readonly validFor: number | null
  /** Trust that its texts need; null where nothing is configured. */
  readonly trust: NonNullable<DeviceConfig['trust']> | null
  /** Texts that it forwards are read as those of their devices; null where they are only published. */
  readonly forwards: { readonly danger: boolean } | null
  /** Whether words of alarm in its texts are an alarm; null where its profile decides. */
  readonly alarms: boolean | null
  readonly unproven: boolean
  /** How Home Assistant shows it; null where it does not. */
  readonly homeassistant: DeviceConfig['homeassistant']
}

/** Fails with `invalid_config` when the configuration does not suit the profile. */
export function makeDevice(
  id: string,
  config: DeviceConfig,
  profile: Profile,
  environment: Environment = {},
  known: KnownSettings = nothingKnown,
): Device {
  const base = dialectFor(id, config, profile)
  const dialect = extend(base, {
    commands: config.commands,
    messages: config.messages,
    properties: config.properties,
    timing: config.timing,
    forwards: config.forwards?.text,
  })
  if (config.forwards && dialect.forwards.length === 0)
    throw fault(id, `${profile.id} knows no form of forwarded texts: add it, like ${formOfForwards}`)
  if (dialect !== base) {
    const [broken] = brokenReferences(dialect)
    if (broken !== undefined) throw fault(id, broken)
  }
  const numbers = config.number.map((number) => normaliseNumber(number, environment.region))
  const device: Device = {
    id,
    name: config.name ?? id,
    profile,
    dialect,
    speaks: speechOf(id, config, dialect, profile, known),
    settings: {},
    configured: {},
    pending: known.pending,
    numbers,
    recipient: numbers.find(isDialable) ?? null,
    gateway: config.gateway ?? null,
    region: environment.region,
    hubNumber: environment.hubNumber ?? null,
    timeZone: config.time_zone ?? dialect.timeZone,
    timing: dialect.timing,
    expected: config.expected === undefined ? (dialect.timing.expected ?? null) : config.expected,
    poll: config.poll ?? null,
    validFor: config.valid_for ?? null,
    trust: config.trust ?? null,
    forwards: config.forwards ? { danger: config.forwards.danger } : null,
    alarms: config.alarms ?? null,
    unproven: config.unproven,
    homeassistant: config.homeassistant,
  }
  const configured = settingsFor(device, config.settings)
  return { ...device, configured, settings: withLearned(dialect, configured, config.settings, known) }
}

const formOfForwards = 'forwards: { text: "From {from:number}: {inner:text}" }'

const nothingKnown: KnownSettings = { learned: {}, pending: {}, speech: null }

/** What texts have shown is void where the profile is another one now, or has that dialect no more. */
function speechOf(
  id: string,
  { dialect: wanted }: DeviceConfig,
  { layers }: Dialect,
  profile: Profile,
  { speech }: KnownSettings,
): Device['speaks'] {
  const names = [ownWords, ...Object.keys(layers)]
  if (wanted !== undefined) {
    if (names.includes(wanted)) return { layer: wanted, isSettled: true, by: 'owner' }
    const ways = names.length > 1 ? `use ${names.join(', ')}` : 'it has none: leave "dialect" out'
    throw fault(id, `${profile.id} has no dialect "${wanted}": ${ways}`, { dialects: names })
  }
  if (speech === null || speech.profile !== profile.id || !names.includes(speech.layer)) return null
  return { layer: speech.layer, isSettled: speech.isSettled, by: 'texts' }
}

function withLearned(
  { settings }: Dialect,
  configured: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
  { learned }: KnownSettings,
): Record<string, string> {
  const holding = Object.entries(learned).filter(([name, { over }]) => {
    const spec = specOf(settings, name)
    if (spec === null) return false
    return over === null ? spec.learned && own(given, name) === undefined : (own(configured, name) ?? '') === over
  })
  return { ...configured, ...Object.fromEntries(holding.map(([name, { value }]) => [name, value])) }
}

function dialectFor(id: string, config: DeviceConfig, profile: Profile): Dialect {
  const names = [...profile.dialects.keys()]
  const wanted = config.variant ?? profile.row.default_variant ?? (names.length === 1 ? names[0] : undefined)
  const dialect = wanted === undefined ? undefined : profile.dialects.get(wanted)
  if (dialect !== undefined) return dialect
  const variants = Object.entries(profile.row.variants).map(([variant, { label, tell }]) => ({ variant, label, tell }))
  const list = variants.map(({ variant, label, tell }) => `"variant: ${variant}" for ${label} (${tell})`).join(', or ')
  const why =
    config.variant === undefined
      ? `${profile.id} has several dialects: choose`
      : `${profile.id} has no variant "${config.variant}": use`
  throw fault(id, variants.length === 0 ? `${profile.id} has no variants` : `${why} ${list}`, { variants })
}

function settingsFor(device: Device, given: Readonly<Record<string, string>>): Record<string, string> {
  const { settings, problem } = resolveSettings(device.dialect.settings, given, parameterContext(device, anyTime))
  if (problem !== null) throw fault(device.id, `settings of ${device.profile.id}: ${problem}`)
  return settings
}

/** For values that do not depend on the time. */
const anyTime = '1970-01-01T00:00:00Z'

export function parameterContext(device: Device, now = anyTime): ParameterContext {
  const { region, dialect, timeZone } = device
  return { now, zone: timeZone, region, phoneNumbers: dialect.phoneNumbers }
}

/** The value of a setting or of the hub's and the device's numbers; null when it is empty. */
export function settingOf(device: Device, name: string): string | null {
  const given = own(device.settings, name) ?? ''
  if (given !== '')
    return builtIn.includes(name) ? formatNumber(given, device.dialect.phoneNumbers, device.region) : given
  const number = name === 'hub_number' ? device.hubNumber : name === 'own_number' ? device.recipient : null
  return number === null ? null : formatNumber(number, device.dialect.phoneNumbers, device.region)
}

/** The values of a numbered setting by number or name. */
export function familyOf(device: Device, family: string): Record<string, string> {
  const entries = Object.entries(device.settings).flatMap(([name, value]) => {
    const suffix = suffixOf(family, name)
    return suffix === null || value === '' ? [] : [[suffix, value] as const]
  })
  return Object.fromEntries(entries)
}

/** Values for the names in this device's patterns; `more` are the parameters of an open command. */
export function bindingOf(device: Device, more: (name: string) => string | null = () => null): Binding {
  const { words, items } = device.dialect
  return {
    words,
    items,
    value: (name) => more(name) ?? settingOf(device, name),
    family: (name) => familyOf(device, name),
  }
}

/** Whether the device's settings allow an entry. */
export function holds(device: Device, when: Readonly<Record<string, readonly string[]>>): boolean {
  return Object.entries(when).every(([name, values]) => values.includes(settingOf(device, name) ?? ''))
}

/** Whether the device may use an entry: one that its profile calls unproven needs the word of the owner. */
export const mayUse = ({ unproven }: Pick<Device, 'unproven'>, { stated }: Pick<Evidence, 'stated'>): boolean =>
  unproven || stated !== 'unproven'

/** Entries that exist with this device's settings, unproven ones included. */
export const commandsOf = (device: Device): Readonly<Record<string, Command>> =>
  present(device, device.dialect.commands)
export const messagesOf = (device: Device): Readonly<Record<string, Message>> =>
  present(device, device.dialect.messages)
export const propertiesOf = (device: Device): Readonly<Record<string, Property>> =>
  present(device, device.dialect.properties)

/** Tables with entries that depend on settings: most have none, and are the same for every device of the dialect. */
const switched = new WeakMap<object, boolean>()

function present<T extends { readonly when: Readonly<Record<string, readonly string[]>> }>(
  device: Device,
  table: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  let isSwitched = switched.get(table)
  if (isSwitched === undefined) {
    isSwitched = Object.values(table).some(({ when }) => Object.keys(when).length > 0)
    switched.set(table, isSwitched)
  }
  if (!isSwitched) return table
  return Object.fromEntries(Object.entries(table).filter(([, row]) => holds(device, row.when)))
}

function fault(id: string, message: string, detail: Readonly<Record<string, unknown>> = {}): Fault {
  return new Fault('invalid_config', `device ${id}: ${message}`, { device: id, ...detail })
}
