import type { Values } from '../../message/values.ts'
import { readDegrees, readNmea, readSexagesimal } from './coordinates.ts'
import { readSentence } from './sentence.ts'

/** A position in a text, and where it is. */
export interface Position {
  readonly values: Values
  readonly from: number
  readonly to: number
}

const gap = '[ \\t]{0,3}'
const between = '[ \\t]{0,3}(?:[,;/]|\\r?\\n)?[ \\t]{0,3}'
const north = '(?:latitude|latitud|lat|breite|breitengrad|широта)[ \\t]{0,2}[:=]?[ \\t]{0,2}'
const east = '(?:longitude|longitud|long|lng|lon|länge|längengrad|долгота)[ \\t]{0,2}[:=]?[ \\t]{0,2}'
const degrees = '[+-]?\\d{1,3}[.,]\\d{2,8}°?'
const nmea = '\\d{3,5}\\.\\d{2,8}'
const sexagesimal = `\\d{1,3}${gap}[°d:]${gap}\\d{1,2}${gap}['′m:]${gap}\\d{1,2}(?:[.,]\\d{1,6})?${gap}(?:["″s]|'')?`
const start = '(?<![\\p{N}.,+-])(?:(?<!\\p{L})|(?<=km\\/h|kmh|mph))'
const end = '(?![\\p{L}\\p{N}]|[.,]\\d)'

/** Words in front of both coordinates: those of the two, or of a place. */
const latitude = '(?:lat(?:itude?|itudine)?|breite(?:ngrad)?|широта)'
const longitude = '(?:lon(?:g|gitude?|gitudine)?|lng|länge(?:ngrad)?|долгота)'
const joint = '[ \\t]?[,;/&|_+-]?[ \\t]?'
const place =
  `(?:pos|posn|posi(?:tion|ción|cion|zione|ção|cao)|poloha|pozice|pozycja|pozíció|place|loc|locat(?:ion|ed)|locali(?:zação|zación|sation|zzazione)
  |lokacija|lokalizacja|ubicaci[oó]n|standort|lugar|luogo|coords?|coordinates?|coordenadas|coordonnées|koordinaten?|souřadnice|współrzędne
  |(?:gps|gnss)(?:[ \\t](?:data|fix))?|местоположение|координаты)`.replace(/\s*\n\s*/g, '')
/** A mark or a verb between the words and the numbers. */
const leading = `${gap}[)\\]]?${gap}(?:[:=]{1,2}|[(\\[]|(?:is|are|at|ist|est|es|è|je)(?!\\p{L}))${gap}(?:\\r?\\n)?${gap}[(\\[{"']?${gap}`
/** Two numbers of any decimals. A third may follow, as the altitude, but no unit. */
const pair = (one: string, other: string): string =>
  [one, other]
    .map((axis) => `([${axis}]?${gap}[+-]?\\d{1,3}\\.\\d{1,8}°?(?:${gap}[${axis}](?!\\p{L}))?)`)
    .join(`${gap}(?:[,;/|]|\\r?\\n|[ \\t])${gap}`)
const endOfPair = `(?![\\p{L}\\p{N}]|\\.\\d|${gap}(?:%|m?V(?!\\p{L})))`

/** Two numbers alone: a comma behind a word in front of them, and one before speed or altitude. Not two of a fence. */
const startOfBare =
  '(?<!(?:fence|radius|cent(?:er|re)|polygon|boundary)\\P{N}{0,20})(?<![\\p{N}.+-]|(?<!\\p{L}),)(?:(?<!\\p{L})|(?<=km\\/h|kmh|mph))'
const endOfBare = '(?![\\p{L}\\p{N}]|\\.\\d|[ \\t]?[,;][ \\t]?[+-]?\\d{1,3}\\.\\d{4})'

interface Form {
  readonly form: RegExp
  readonly read: (text: string) => number | null
  /** The numbers alone are a position only for a device that gives positions. */
  readonly isBare?: true
  /** Words in front of both numbers: a place if it can be one and either has two decimals. */
  readonly isNamed?: true
  readonly isEastFirst?: true
}

const form = (source: string, behind = end): RegExp => new RegExp(`${start}${source}${behind}`, 'iu')

/** Two coordinates in the notations of trackers, the clearest first. */
const forms: readonly Form[] = [
  {
    form: form(`${latitude}${joint}${longitude}${leading}${pair('NS', 'EW')}`, endOfPair),
    read: readDegrees,
    isNamed: true,
  },
  {
    form: form(`${longitude}${joint}${latitude}${leading}${pair('EW', 'NS')}`, endOfPair),
    read: readDegrees,
    isNamed: true,
    isEastFirst: true,
  },
  { form: form(`${place}${leading}${pair('NS', 'EW')}`, endOfPair), read: readDegrees, isNamed: true },
  {
    form: form(`${north}([NS]?${gap}${degrees}${gap}[NS]?)${between}${east}([EW]?${gap}${degrees}${gap}[EW]?)`),
    read: readDegrees,
  },
  {
    form: form(
      `(?:${north})?([NS]?${gap}${sexagesimal}${gap}[NS])${between}(?:${east})?([EW]?${gap}${sexagesimal}${gap}[EW])`,
    ),
    read: readSexagesimal,
  },
  {
    form: form(`(?:${north})?([NS]${gap}${sexagesimal})${between}(?:${east})?([EW]${gap}${sexagesimal})`),
    read: readSexagesimal,
  },
  { form: form(`([NS],?${gap}${nmea})${between}([EW],?${gap}${nmea})`), read: readNmea },
  { form: form(`(${nmea},?${gap}[NS])${between}(${nmea},?${gap}[EW])`), read: readNmea },
  { form: form(`([NS]${gap}${degrees})${between}([EW]${gap}${degrees})`), read: readDegrees },
  { form: form(`(${degrees},?${gap}[NS])${between}(${degrees},?${gap}[EW])`), read: readDegrees },
  { form: form(`([EW]${gap}${degrees})${between}([NS]${gap}${degrees})`), read: readDegrees, isEastFirst: true },
  { form: form(`(${degrees},?${gap}[EW])${between}(${degrees},?${gap}[NS])`), read: readDegrees, isEastFirst: true },
  {
    form: new RegExp(
      `${startOfBare}([+-]?\\d{1,2}\\.\\d{4,8})[ \\t]{0,2}[,;/ ][ \\t]{0,2}([+-]?\\d{1,3}\\.\\d{4,8})${endOfBare}`,
      'iu',
    ),
    read: readDegrees,
    isBare: true,
  },
]

const sentence = /\$?GP(?:RMC|GGA),[^\s*]{20,90}/i

/** The first position in a text; a pair of bare numbers only where `isBare`. Values without coordinates: no position. */
export function positionIn(text: string, isBare: boolean): Position | null {
  const printed = sentence.exec(text)
  const values = printed === null ? null : readSentence(printed[0])
  if (printed !== null && values !== null) return { values, from: printed.index, to: printed.index + printed[0].length }
  for (const { form, read, isBare: needsBare, isNamed, isEastFirst } of forms) {
    const found = needsBare === true && !isBare ? null : form.exec(text)
    if (found === null) continue
    const [all, first = '', second = ''] = found
    const [one, two] = isEastFirst ? [second, first] : [first, second]
    const at = { latitude: read(one), longitude: read(two) }
    const isValid = at.latitude !== null && at.longitude !== null && Math.abs(at.latitude) <= 90
    if (isNamed && !(isValid && /\.\d\d/.test(`${first} ${second}`))) continue
    return { values: isValid ? at : {}, from: found.index, to: found.index + all.length }
  }
  return null
}
