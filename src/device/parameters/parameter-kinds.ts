import type { Value } from '../../message/values.ts'
import { timeFormat } from '../readers/dates.ts'
import { duration, readDuration, writeDuration } from '../readers/durations.ts'
import { decimal, plainWhole, whole } from '../readers/numerals.ts'
import { type CivilTime, civilAt, fixedOffset, isoOf } from '../readers/zones.ts'
import {
  anyOf,
  either,
  fewest,
  literal,
  maybe,
  type Regular,
  sequence,
  some,
  times,
  units,
} from '../regular/regular.ts'
import type { Parameter, ParameterType, PhoneForm } from '../schema/command.ts'
import { tidy } from '../vocabulary/units.ts'
import { formatNumber, normaliseNumber } from './numbers.ts'

/** The device and the time, for values that depend on them. */
export interface ParameterContext {
  /** ISO 8601 with offset. */
  readonly now: string
  readonly zone: string | null
  readonly region: string | undefined
  readonly phoneNumbers: PhoneForm
}

/** An accepted value, and what is sent for it. */
export interface Taken {
  readonly value: Value
  readonly wire: string
}

/** A type of parameter: what it accepts and sends, and how a received text is read back by a simulated device. */
export interface ParameterKind {
  readonly take: (given: string, spec: Parameter, context: ParameterContext) => Taken | null
  readonly accepts: (spec: Parameter) => string
  readonly regular: (spec: Parameter) => Regular<never>
  /** The value for a text as sent. */
  readonly given: (wire: string, spec: Parameter) => string
}

/** What a bool sends unless its profile has other words. */
const onOff: Readonly<Record<string, string>> = { on: '1', off: '0' }
const asIs = (wire: string): string => wire
const same = (text: string): Taken => ({ value: text, wire: text })
const anyText = fewest(units.any)
const inRange = (value: number, { min, max }: Parameter): boolean =>
  value >= (min ?? -Infinity) && value <= (max ?? Infinity)

export const parameterKinds: Readonly<Record<ParameterType, ParameterKind>> = {
  int: {
    take: (given, spec) => {
      const plain = plainWhole(given)
      return /^[+-]?\d{1,15}$/.test(plain) ? takeNumber(Number(plain), spec) : null
    },
    accepts: (spec) => `a whole number${rangeOf(spec)}`,
    regular: () => whole,
    given: (wire, spec) => String(tidy(Number(wire) / (spec.scale ?? 1))),
  },
  decimal: {
    take: (given, spec) =>
      /^[+-]?\d{1,15}([.,]\d{1,9})?(e[+-]?\d{1,2})?$/i.test(given)
        ? takeNumber(Number(given.replace(',', '.')), spec)
        : null,
    accepts: (spec) => `a number${rangeOf(spec)}`,
    regular: () => decimal,
    given: (wire, spec) => String(tidy(Number(wire.replace(',', '.')) / (spec.scale ?? 1))),
  },
  digits: {
    take: (given, spec) => (/^\d+$/.test(given) && hasLength(given, spec) ? same(given) : null),
    accepts: (spec) => `digits${lengthOf(spec)}`,
    regular: ({ length }) => (length === undefined ? some(units.digit) : times(length, units.digit)),
    given: asIs,
  },
  text: {
    take: (given, spec) => (hasLength(given, spec) ? same(given) : null),
    accepts: (spec) => `a text${lengthOf(spec)}`,
    regular: ({ pattern }) => pattern ?? anyText,
    given: asIs,
  },
  enum: {
    take: takeOption,
    accepts: ({ options }) => `one of ${Object.keys(options ?? {}).join(', ')}`,
    regular: optionWires,
    given: optionOf,
  },
  bool: {
    take: (given, spec) => {
      const taken = takeOption(given, spec)
      return taken === null ? null : { value: yes.includes(String(taken.value).toLowerCase()), wire: taken.wire }
    },
    accepts: () => 'true or false',
    regular: optionWires,
    given: optionOf,
  },
  phone: {
    take: (given, spec, { phoneNumbers, region }) => {
      const number = normaliseNumber(given, region)
      if (!/^\+?[\d*#]{2,20}$/.test(number)) return null
      return { value: number, wire: formatNumber(number, spec.phone ?? phoneNumbers, region) }
    },
    accepts: () => 'a phone number, best as +49…',
    regular: () => sequence(maybe(literal('+')), some(units.digit)),
    given: (wire) => normaliseNumber(wire),
  },
  ipv4: {
    take: (given) => (/^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(given) ? same(given) : null),
    accepts: () => 'an IPv4 address; the device does not resolve names',
    regular: () => anyText,
    given: asIs,
  },
  host: {
    take: (given) => (/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})$/.test(given) ? same(given) : null),
    accepts: () => 'a host name or an IP address',
    regular: () => anyText,
    given: asIs,
  },
  date: {
    take: (given, spec, context) => {
      const time = civilOf(given, context)
      return time === null
        ? null
        : { value: isoOf(time, context.zone), wire: timeFormat(spec.format ?? 'yyyy-MM-dd HH:mm').write(time) }
    },
    accepts: () => 'a time like 2026-03-29T15:30, or now',
    regular: ({ format = 'yyyy-MM-dd HH:mm' }) => timeFormat(format).regular,
    given: (wire, { format = 'yyyy-MM-dd HH:mm' }) => {
      const {
        year = 2000,
        month = 1,
        day = 1,
        hour = 0,
        minute = 0,
        second = null,
      } = timeFormat(format).read(wire) ?? {}
      return isoOf({ year, month, day, hour, minute, second }, null)
    },
  },
  time: {
    take: (given, spec) => {
      const time = clockOf(given)
      return time === null ? null : { value: given, wire: timeFormat(spec.format ?? 'HH:mm').write(time) }
    },
    accepts: () => 'a time of day like 07:30',
    regular: ({ format = 'HH:mm' }) => timeFormat(format).regular,
    given: (wire, { format = 'HH:mm' }) => {
      const { hour = 0, minute = 0, second = null } = timeFormat(format).read(wire) ?? {}
      return isoOf({ year: 2000, month: 1, day: 1, hour, minute, second }, null).slice(11)
    },
  },
  duration: {
    take: (given, spec) => {
      const plain = plainWhole(given)
      const seconds = /^\d{1,9}$/.test(plain) ? Number(plain) : readDuration('', given)
      if (seconds === null || !inRange(seconds, spec)) return null
      return {
        value: seconds,
        wire: spec.format === undefined ? numberWire(seconds, spec) : writeDuration(spec.format, seconds),
      }
    },
    accepts: (spec) => `seconds${rangeOf(spec)}, or a time like 00:05:00`,
    regular: ({ format }) => (format === undefined ? whole : duration(format)),
    given: (wire, { format, scale = 1 }) =>
      String(format === undefined ? Number(wire) / scale : readDuration(format, wire)),
  },
  zone: {
    take: (given, spec) => {
      const minutes = fixedOffset(/^-?\d/.test(given) ? given.replace(/^(?=\d)/, '+') : given)
      return minutes === null ? null : { value: given, wire: zoneWire(minutes, spec.format ?? '+HH:mm') }
    },
    accepts: () => 'a zone like +02:00, -5 or UTC',
    regular: () => sequence(maybe(anyOf('+-EW')), some(zoneUnit)),
    given: asIs,
  },
  bits: {
    take: (given, spec) => {
      const chars = Object.keys(spec.options ?? { 0: '0', 1: '1' })
      return given !== '' && hasLength(given, spec) && [...given].every((char) => chars.includes(char))
        ? same(given)
        : null
    },
    accepts: (spec) =>
      `${Object.keys(spec.options ?? { 0: '0', 1: '1' }).join(', ')} for each position${lengthOf(spec)}`,
    regular: () => some(units.solid),
    given: asIs,
  },
  name_or_number: {
    take: (given, spec) => {
      const plain = plainWhole(given)
      if (!/^\d{1,9}$/.test(plain)) return given.trim() === '' ? null : same(given)
      return inRange(Number(plain), spec) ? { value: Number(plain), wire: spec.prefix + plain } : null
    },
    accepts: (spec) => `a number${rangeOf(spec)} or the name that the device has for it`,
    regular: () => anyText,
    given: asIs,
  },
}

const zoneUnit = { ...units.digit, has: (unit: number) => units.digit.has(unit) || unit === 0x3a || unit === 0x2c }

function takeNumber(value: number, spec: Parameter): Taken | null {
  const wire = numberWire(value, spec)
  // No device reads a number with an exponent.
  return inRange(value, spec) && !wire.includes('e') ? { value, wire } : null
}

function numberWire(value: number, { scale = 1, pad = 0, comma }: Parameter): string {
  const sent = tidy(value * scale)
  const text = `${sent < 0 ? '-' : ''}${String(Math.abs(sent)).padStart(pad, '0')}`
  return comma ? text.replace('.', ',') : text
}

const yes: readonly string[] = ['on', 'true', '1']
const no: readonly string[] = ['off', 'false', '0']

/** An option by its word, case aside; `true` and `1` ask for ON where there is one. */
function takeOption(given: string, { options = onOff }: Parameter): Taken | null {
  const words = Object.keys(options)
  const plain = plainWhole(given).toLowerCase()
  const asked = [yes, no].find((synonyms) => synonyms.includes(plain)) ?? []
  const word =
    words.find((option) => option === given) ??
    words.find((option) => option.toLowerCase() === plain) ??
    words.find((option) => asked.includes(option.toLowerCase()))
  return word === undefined ? null : { value: word, wire: options[word] as string }
}

function optionWires({ options = onOff }: Parameter): Regular<never> {
  return either(
    ...Object.values(options)
      .sort((a, b) => b.length - a.length)
      .map((wire) => literal(wire)),
  )
}

function optionOf(wire: string, { options = onOff }: Parameter): string {
  const entries = Object.entries(options)
  const found =
    entries.find(([, sent]) => sent === wire) ?? entries.find(([, sent]) => sent.toLowerCase() === wire.toLowerCase())
  return found?.[0] ?? wire
}

/** `now`, or ISO 8601; one without offset is the device's own time. */
function civilOf(given: string, { now, zone }: ParameterContext): CivilTime | null {
  const iso = given === 'now' ? now : given
  const form = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/.exec(iso)
  if (form === null || Number.isNaN(Date.parse(`${form[1]}-${form[2]}-${form[3]}`))) return null
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = form.slice(1, 6).map((part) => Number(part ?? 0))
  const written = { year, month, day, hour, minute, second: form[6] === undefined ? null : Number(form[6]) }
  if (hour > 23 || minute > 59) return null
  return form[7] === undefined || zone === null ? written : civilAt(Date.parse(iso.replace(' ', 'T')), zone)
}

function clockOf(given: string): CivilTime | null {
  const form = /^([01]?\d|2[0-3]):?([0-5]\d)(?::([0-5]\d))?$/.exec(given)
  if (form === null) return null
  return {
    year: 2000,
    month: 1,
    day: 1,
    hour: Number(form[1]),
    minute: Number(form[2]),
    second: form[3] === undefined ? null : Number(form[3]),
  }
}

/** `E` is E or W, `+` the sign, `HH` `H` `mm` the offset: `EHH` makes E08 and W05, `+H` makes 8 and -5. */
function zoneWire(minutes: number, format: string): string {
  const size = Math.abs(minutes)
  const hours = String(Math.floor(size / 60))
  return format
    .replace('E', minutes < 0 ? 'W' : 'E')
    .replace('±', minutes < 0 ? '-' : '')
    .replace('+', minutes < 0 ? '-' : '+')
    .replace('HH', hours.padStart(2, '0'))
    .replace(/H/, hours)
    .replace('mm', String(size % 60).padStart(2, '0'))
}

const hasLength = (text: string, { length, min = 0, max = Infinity }: Parameter): boolean =>
  length === undefined ? text.length >= min && text.length <= max : text.length === length

function rangeOf({ min, max }: Parameter): string {
  if (min === undefined && max === undefined) return ''
  return max === undefined ? ` from ${min}` : min === undefined ? ` up to ${max}` : ` from ${min} to ${max}`
}

function lengthOf({ length, min, max }: Parameter): string {
  if (length !== undefined) return ` (${length} of them)`
  const range = rangeOf({ min, max } as Parameter)
  return range === '' ? '' : ` (length${range})`
}
