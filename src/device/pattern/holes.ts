import type { Value, Values } from '../../message/values.ts'
import { cellList, readCellList } from '../readers/cell-list.ts'
import {
  type Axis,
  degrees,
  nmea,
  readDegrees,
  readNmea,
  readSexagesimal,
  sexagesimal,
} from '../readers/coordinates.ts'
import { isTimeFormat, type TimeParts, timeFormat } from '../readers/dates.ts'
import { duration, readDuration } from '../readers/durations.ts'
import { linkSamples, mapsLink, readMapsLink } from '../readers/maps-link.ts'
import {
  decimal,
  percent,
  pointDecimal,
  quantity,
  readFloat32,
  readIn,
  readNumber,
  readQuantity,
  whole,
} from '../readers/numerals.ts'
import { nmeaSentence, readSentence, sentenceSamples } from '../readers/sentence.ts'
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
  type UnitSet,
  units,
  wordKey,
  words,
} from '../regular/regular.ts'
import { convert } from '../vocabulary/units.ts'
import { fieldOf } from '../vocabulary/vocabulary.ts'

/** The value of the text in a hole. `refused`: the whole pattern does not fit. */
export type Found =
  | { readonly is: 'value'; readonly value: Value }
  | { readonly is: 'values'; readonly values: Values }
  | { readonly is: 'time'; readonly parts: TimeParts }
  | { readonly is: 'nothing' }
  | { readonly is: 'refused' }

/** A type of hole, made for one field and argument: the expression that takes a piece of text, and its reader. */
export interface HoleType {
  readonly regular: Regular<never>
  readonly read: (text: string) => Found
  /** Texts of this type, where its expression takes more than its reader accepts. */
  readonly samples?: readonly string[]
}

type Make = (argument: string, field: string) => HoleType | null

const nothing: Found = { is: 'nothing' }
const refused: Found = { is: 'refused' }
const found = (value: Value): Found => (value === null ? nothing : { is: 'value', value })
const foundAll = (values: Values | null): Found => (values === null ? refused : { is: 'values', values })
const unitOf = (field: string): string | null => fieldOf(field)?.unit ?? null
const axisOf = (field: string): Axis => (field.startsWith('lat') ? 'latitude' : 'longitude')
const plain = (regular: Regular<never>, read: (text: string) => Found, samples?: readonly string[]): Make => {
  const type = samples === undefined ? { regular, read } : { regular, read, samples }
  return (argument) => (argument === '' ? type : null)
}
const quantities = (unit: string | null): string[] => [`12.5 ${unit}`, `7${unit}`]

/** A number may have the printed unit as its argument, if its field has one of the same dimension. */
const numeral =
  (regular: Regular<never>): Make =>
  (unit, field) =>
    unit !== '' && convert(1, unit, unitOf(field) ?? '') === null
      ? null
      : { regular, read: (text) => found(readIn(text, unit, unitOf(field))) }

/** A fixed count of characters from the set, or as many as there are. */
const run =
  (set: UnitSet): Make =>
  (count) =>
    !/^\d{0,2}$/.test(count) || count === '0'
      ? null
      : { regular: count === '' ? some(set) : times(Number(count), set), read: found }

/** `digits(3 min)`: a number of fixed width in this unit, where nothing separates it from the next one. */
const fixedNumber: Make = (argument, field) => {
  const [, count = '', unit = ''] = /^(\d{1,2}) (\S+)$/.exec(argument) ?? []
  if (count === '' || convert(1, unit, unitOf(field) ?? '') === null) return null
  return { regular: times(Number(count), units.digit), read: (text) => found(readIn(text, unit, unitOf(field))) }
}

const trimmed = (text: string): Found => found(text.trim())
const time = (format: string): HoleType | null => {
  if (!isTimeFormat(format)) return null
  const { regular, read } = timeFormat(format)
  return { regular, read: (text) => timeFound(read(text)) }
}
const timeFound = (parts: TimeParts | null): Found => (parts === null ? nothing : { is: 'time', parts })

/** The hole types of the format. A type that isn't here is one of the profile's `words`. */
export const holeTypes = {
  int: numeral(whole),
  decimal: (argument, field) =>
    argument === '.'
      ? { regular: pointDecimal, read: (text) => found(readNumber(text)) }
      : numeral(decimal)(argument, field),
  percent: plain(percent, (text) => found(readNumber(text))),
  quantity: (argument, field) =>
    argument === ''
      ? {
          regular: quantity,
          read: (text) => known(readQuantity(text, unitOf(field))),
          samples: quantities(unitOf(field)),
        }
      : null,
  word: plain(fewest(units.solid), found),
  line: plain(fewest(units.inline), trimmed, ['Open front gate', 'x', 'Tür 2']),
  text: plain(fewest(units.any), trimmed, ['all is well', 'y', 'two\nlines']),
  digits: (argument, field) => fixedNumber(argument, field) ?? run(units.digit)(argument, field),
  hex: run(units.hex),
  float32: plain(times(8, units.hex), (text) => found(readFloat32(text))),
  on_off: plain(either(literal('ON'), literal('OFF'), anyOf('01')), (text) =>
    found(/^(?:on|1)$/i.test(text) ? 'ON' : 'OFF'),
  ),
  bool: choice({ true: true, false: false, yes: true, no: false, on: true, off: false, 1: true, 0: false }),
  number: plain(sequence(maybe(literal('+')), some(units.digit)), (text) => (text.length > 24 ? refused : found(text))),
  latitude: plain(maybe(degrees('latitude')), degreesFound),
  longitude: plain(maybe(degrees('longitude')), degreesFound),
  dms: (argument, field) =>
    argument === '' ? { regular: sexagesimal(axisOf(field)), read: (text) => found(readSexagesimal(text)) } : null,
  nmea: (argument, field) =>
    argument === '' ? { regular: nmea(axisOf(field)), read: (text) => found(readNmea(text)) } : null,
  date: time,
  clock: time,
  duration: (format) =>
    format === '' || /[dHms]/.test(format)
      ? { regular: duration(format), read: (text) => found(readDuration(format, text)) }
      : null,
  maps_link: plain(mapsLink, (text) => foundAll(readMapsLink(text)), linkSamples),
  nmea_sentence: plain(nmeaSentence, (text) => foundAll(readSentence(text)), sentenceSamples),
  cell_list: plain(cellList, (text) => foundAll(readCellList(text))),
} as const satisfies Record<string, Make>

/** A receiver without a fix leaves the place empty: `lat: long: speed:`. */
function degreesFound(text: string): Found {
  return text.trim() === '' ? foundAll({ fix: false }) : found(readDegrees(text))
}

/** With a unit of another dimension, the text does not fit. */
const known = (value: number | null): Found => (value === null ? refused : found(value))

function choice(values: Readonly<Record<string, Value>>): Make {
  const type = fromWords(values)
  return (argument) => (argument === '' ? type : null)
}

/**
 * A hole type of fixed words. The longest is tried first; case matters only for words that differ in nothing else, as
 * the inputs of some alarm panels do. A word for '' is known and has no value.
 */
export function fromWords(values: Readonly<Record<string, Value>>): HoleType {
  const entries = Object.entries(values).sort(([a], [b]) => b.length - a.length)
  const uses = new Map<string, number>()
  for (const key of entries.map(([word]) => wordKey(word))) uses.set(key, (uses.get(key) ?? 0) + 1)
  const isExact = (word: string): boolean => (uses.get(wordKey(word)) ?? 0) > 1
  const squeezed = (text: string): string => text.replace(/\s+/g, '')
  const byKey = new Map(entries.map(([word, value]) => [isExact(word) ? squeezed(word) : wordKey(word), value]))
  return {
    regular: either(...entries.map(([word]) => words(word, isExact(word)))),
    read: (text) => {
      const value = byKey.get(squeezed(text)) ?? byKey.get(wordKey(text)) ?? null
      return value === '' ? nothing : found(value)
    },
  }
}

/** The hole type of a name; null when there is none or the argument is not for it. */
export function holeType(name: string, argument: string, field: string): HoleType | null {
  const make: Make | undefined = Object.hasOwn(holeTypes, name) ? holeTypes[name as keyof typeof holeTypes] : undefined
  return make?.(argument, field) ?? null
}
