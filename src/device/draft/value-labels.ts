import { battery, speed, temperature } from '../receive/common-words.ts'

/** Words before a value, the unit that decides between fields, and the field of the vocabulary. */
interface Label {
  readonly words: string
  readonly unit?: RegExp
  readonly field: string
}

const volts = /^m?V(?![\p{L}\p{N}])/iu
const degrees = /^(?:°\s?[CF]|[CF])(?![\p{L}\p{N}])/iu

const numbers: readonly Label[] = [
  { words: 'lat|latitude', field: 'latitude' },
  { words: 'lon|long|lng|longitude', field: 'longitude' },
  { words: battery, unit: /^%/, field: 'battery' },
  { words: `${battery}|vbat`, unit: volts, field: 'battery_voltage' },
  {
    words: 'volt|voltage|vol|supply|power|pwr|ext|spannung|tensión|napięcie|напряжение',
    unit: volts,
    field: 'voltage',
  },
  { words: `t|${temperature}`, unit: degrees, field: 'temperature' },
  { words: temperature, field: 'temperature' },
  { words: 'h|rh|hum|humidity|feuchte|luftfeuchtigkeit|humedad|umidità|влажность', unit: /^%/, field: 'humidity' },
  { words: 'level|water|tank', unit: /^%/, field: 'level' },
  { words: 'fuel|oil|diesel|kraftstoff|combustible|топливо', unit: /^%/, field: 'fuel' },
  { words: 'gsm|signal', unit: /^%/, field: 'signal' },
  { words: 'gsm|signal|rssi', unit: /^dBm/i, field: 'signal_strength' },
  { words: 'gsm|signal|csq', field: 'signal_quality' },
  { words: 'pressure|press|p', unit: /^m?bar/i, field: 'pressure' },
  { words: speed, field: 'speed' },
  { words: 'course|heading|dir|direction|kurs|rumbo', field: 'course' },
  { words: 'altitude|alt|höhe|altitud', field: 'altitude' },
  { words: 'odometer|odo|mileage', unit: /^km(?![\p{L}\p{N}/])/iu, field: 'odometer' },
  { words: 'hdop', field: 'hdop' },
  { words: 'sat|sats|satellites|svs', field: 'satellites' },
]

const digits: readonly Label[] = [
  { words: 'imei', field: 'imei' },
  { words: 'iccid', field: 'iccid' },
  { words: 'imsi', field: 'imsi' },
  { words: 'device id|dev id', field: 'device_id' },
  { words: 's/n|sn|serial', field: 'serial' },
]

const switches: readonly Label[] = [
  { words: 'acc|ignition|ign|zündung|contacto|ignição|зажигание', field: 'ignition' },
  { words: 'power|pwr|mains|main power|ext power|external power|ac power|netz', field: 'mains' },
  { words: 'door|door status', field: 'door' },
  { words: 'gprs', field: 'data_connected' },
  { words: 'charging|charge|chg', field: 'charging' },
]

/** Units that name what is measured, where no word does. */
const units: readonly (readonly [unit: RegExp, field: string])[] = [
  [/^°\s?[CF](?![\p{L}\p{N}])/iu, 'temperature'],
  [/^dBm(?![\p{L}\p{N}])/iu, 'signal_strength'],
  [/^(?:km\/h|kmh|mph)(?![\p{L}\p{N}])/iu, 'speed'],
  [/^%\s?rh(?![\p{L}\p{N}])/iu, 'humidity'],
]

/** Letters in front of a value that are looked at: a label is short, whatever the text. */
const longest = 48

/** The text in front of a place, as far as a label reaches. */
export const before = (text: string, at: number): string => text.slice(Math.max(0, at - longest), at)

const link = '(?:\\s+(?:is|at|of|now|level|status|state|value|voltage|capacity|strength|today))?'
const compiled = (labels: readonly Label[], more = '') =>
  labels.map(({ words, unit = null, field }) => ({
    form: new RegExp(`(?:^|[^\\p{L}\\p{N}])(?:${words})${more}${link}\\.?$`, 'iu'),
    unit,
    field,
  }))

const tables = {
  number: compiled(numbers),
  digits: compiled(digits),
  switch: compiled(switches),
  // `Temp outside: 5°C`
  aside: compiled(
    numbers.filter(({ unit }) => unit !== undefined),
    '\\s[\\p{L}\\p{N}]{1,12}',
  ),
} as const

const numbered =
  /(?:^|[^\p{L}])(?:(relay|output|out|do|relais|ausgang|salida|реле)|input|in|di|eingang|entrada)[\s_]?(\d{1,2})(?:\s+(?:is|status|state))?$/iu

const wordsBefore = (text: string, at: number): string => before(text, at).replace(/[\s:=]{0,8}$/, '')

const labelled = (kind: keyof typeof tables, words: string, behind: string): string | null =>
  tables[kind].find(({ form, unit }) => form.test(words) && (unit === null || unit.test(behind)))?.field ?? null

/** The field of a number, by the words before it and the unit behind it. */
export function numberField(text: string, at: number, behind: string): string | null {
  const words = wordsBefore(text, at)
  const said = labelled('number', words, behind) ?? labelled('aside', words, behind)
  return said ?? units.find(([unit]) => unit.test(behind))?.[1] ?? null
}

/** The field of digits that are no number. */
export const digitsField = (text: string, at: number): string | null => labelled('digits', wordsBefore(text, at), '')

/** The field of ON or OFF, and what it is read as. */
export function switchField(text: string, at: number): { readonly field: string | null; readonly type: string } {
  const words = wordsBefore(text, at)
  const [, output, n] = numbered.exec(words) ?? []
  if (n !== undefined)
    return output === undefined ? { field: `input_${n}`, type: 'bool' } : { field: `output_${n}`, type: 'on_off' }
  const field = labelled('switch', words, '')
  return { field, type: field === null ? 'on_off' : 'bool' }
}

/** The number of an output or input that has a switch behind it is a part of its name. */
export const isNumbered = (text: string, at: number, length: number): boolean =>
  numbered.test(before(text, at + length)) &&
  /^\s*(?:is\s+|[:=]\s*)?(?:ON|OFF)(?![\p{L}\p{N}])/iu.test(text.slice(at + length, at + length + 16))
