import { convert } from '../vocabulary/units.ts'
import { fieldOf } from '../vocabulary/vocabulary.ts'

/** Labels before values, the unit that decides between fields, and the field of the vocabulary. */
const labels: readonly { readonly label: RegExp; readonly unit?: RegExp; readonly field: string }[] = [
  { label: /(?:^|\W)(?:lat|latitude)$/i, field: 'latitude' },
  { label: /(?:^|\W)(?:lon|long|lng|longitude)$/i, field: 'longitude' },
  { label: /(?:^|\W)(?:bat|batt|battery)$/i, unit: /^%/, field: 'battery' },
  { label: /(?:^|\W)(?:bat|batt|battery|vbat)$/i, unit: /^m?V(?!\w)/i, field: 'battery_voltage' },
  { label: /(?:^|\W)(?:volt|voltage|supply|power|pwr|ext)$/i, unit: /^m?V(?!\w)/i, field: 'voltage' },
  { label: /(?:^|\W)(?:t|temp|temperature)$/i, unit: /^°?[CF](?!\w)/i, field: 'temperature' },
  { label: /(?:^|\W)(?:temp|temperature)$/i, field: 'temperature' },
  { label: /(?:^|\W)(?:h|rh|hum|humidity)$/i, unit: /^%/, field: 'humidity' },
  { label: /(?:^|\W)(?:level|water|tank)$/i, unit: /^%/, field: 'level' },
  { label: /(?:^|\W)(?:fuel|oil|diesel)$/i, unit: /^%/, field: 'fuel' },
  { label: /(?:^|\W)(?:gsm|signal|csq)$/i, unit: /^%/, field: 'signal' },
  { label: /(?:^|\W)(?:gsm|signal|rssi)$/i, unit: /^dBm/i, field: 'signal_strength' },
  { label: /(?:^|\W)(?:gsm|signal|csq)$/i, field: 'signal_quality' },
  { label: /(?:^|\W)(?:pressure|press|p)$/i, unit: /^m?bar/i, field: 'pressure' },
  { label: /(?:^|\W)(?:speed|spd)$/i, field: 'speed' },
  { label: /(?:^|\W)(?:course|heading|dir)$/i, field: 'course' },
  { label: /(?:^|\W)(?:sat|sats|satellites)$/i, field: 'satellites' },
]

/** Units that differ from those of the vocabulary. */
const scaled: readonly RegExp[] = [/^mV(?!\w)/i, /^°?F(?!\w)/i, /^mbar(?!\w)/i, /^mph(?!\w)/i]

/** State words: another text may have a different one in their place. */
const states =
  /(?:opened|open|closed|close|yes|no|true|false|ok|okay|error|failed|fail|alarm|high|low|normal|active|inactive|enabled|disabled|armed|disarmed|connected|disconnected|locked|unlocked|running|stopped|full|empty|good|bad|weak|strong|present|lost|dry|wet|up|down|idle|charging)(?![\p{L}\p{N}])/iuy

const dates: readonly { readonly form: RegExp; readonly orders: readonly string[] }[] = [
  { form: /\d{4}([-/.])\d\d\1\d\d/y, orders: ['yyyy-MM-dd'] },
  { form: /\d\d([-/.])\d\d\1\d{4}/y, orders: ['dd-MM-yyyy', 'MM-dd-yyyy'] },
  { form: /\d\d([-/.])\d\d\1\d\d(?!\d)/y, orders: ['dd-MM-yy', 'MM-dd-yy', 'yy-MM-dd'] },
]
const clock = /([ T,]*)(\d{1,2}):(\d\d)(:\d\d)?(\s?[AP]\.?M\b\.?)?(?![\d:])/iy
/** Words before a clock with a one-digit hour, which could be a ratio without them. */
const clockWords = /(?:^|\P{L})(?:time|clock|at|since|until|from|to|uhr|um|alarm)\s*[:=]?\s*$/iu

/** Thousands separators are recognised where a second separator makes them unambiguous. */
const grouped = '\\d{1,3}(?:(?:,\\d{3})+\\.\\d+|(?:\\.\\d{3})+,\\d+|(?:,\\d{3}){2,})(?![\\d.,]*\\d)'
const bare = '(?:\\d+(?:[.,]\\d+)?|[.,]\\d+)'
const numbers = {
  grouped: new RegExp(`[+-]?${grouped}`, 'y'),
  signed: new RegExp(`[+-]?${bare}`, 'y'),
  glued: new RegExp(`${grouped}|\\d+[.,]\\d+(?![\\d.]|,\\d)|\\d+(?=[%°])`, 'y'),
} as const

interface Found {
  readonly length: number
  readonly hole: string
}

/** Fields already in the pattern; values without a name are numbered. */
class Names {
  readonly #used = new Set<string>()
  #count = 0

  /** The field at its first use, then a numbered one. */
  take(field: string | null, family: string): string {
    if (field === null || this.#used.has(field)) return `${family}_${++this.#count}`
    this.#used.add(field)
    return field
  }
}

const special = /[~[\](){}|\\]/

/** The values that a pattern reads in a text; null when it is invalid or does not fit. */
export type ReadPattern = (pattern: string, text: string) => object | null

/** Of a text that is a link to a map. */
export const linkPattern = '{position:maps_link}'

/**
 * The pattern of a rule for an unknown text. One that does not match its own text, or matches any text, is useless: then the text is
 * literal.
 */
export function rulePattern(text: string, read: ReadPattern): string {
  const pattern = draftPattern(text)
  const isFree = pattern !== linkPattern && !/[\p{L}\p{N}]/u.test(pattern.replace(/\{[^}]*\}/g, ''))
  return isFree || read(pattern, text) === null ? literally(text) : pattern
}

const literally = (text: string): string => text.replace(new RegExp(special, 'g'), '\\$&')

/** A pattern for an unknown text: what looks like a value becomes a hole, everything else is literal. */
export function draftPattern(text: string): string {
  const names = new Names()
  let pattern = ''
  for (let at = 0; at < text.length; ) {
    const isInside = /[\p{L}\p{N}_]/u.test(text[at - 1] ?? '') && /[\p{L}\p{N}]/u.test(text[at] ?? '')
    const found = isInside ? gluedAt(text, at, names) : valueAt(text, at, names)
    if (found !== null) {
      pattern += found.hole
      at += found.length
      continue
    }
    const char = text[at] as string
    pattern += special.test(char) ? `\\${char}` : char
    at++
  }
  return pattern
}

/** Forms of values in texts, the most specific first. */
function valueAt(text: string, at: number, names: Names): Found | null {
  const here = (form: RegExp): string | null => {
    form.lastIndex = at
    return form.exec(text)?.[0] ?? null
  }
  const map = here(/https?:\/\/\S*(?:maps|map\.)\S*/y)
  if (map !== null) return { length: map.length, hole: linkPattern }
  const link = here(/https?:\/\/\S+/y)
  if (link !== null) return { length: link.length, hole: '{_:word}' }
  const time = timeAt(text, at, names)
  if (time !== null) return time
  const pair = here(/[NS]?[+-]?\d{1,2}\.\d{4,}[NS]?\s*,\s*[EW]?[+-]?\d{1,3}\.\d{4,}[EW]?(?![\d.])/y)
  if (pair !== null) {
    const gap = /\s*,\s*/.exec(pair)?.[0] ?? ','
    return { length: pair.length, hole: `{latitude:latitude}${gap}{longitude:longitude}` }
  }
  const angle = here(/(?:[NSEW]\s*)?[+-]?\d{1,3}\.\d+(?:\s*[NSEW](?![\p{L}]))?/uy)
  const axis = fieldBefore(text, at, '')
  if (angle !== null && (axis === 'latitude' || axis === 'longitude'))
    return { length: angle.length, hole: `{${names.take(axis, 'value')}:${axis}}` }
  const onOff = here(/(?:ON|OFF)(?![\p{L}\p{N}])/iuy)
  if (onOff !== null) return { length: onOff.length, hole: `{${names.take(null, 'switch')}:on_off}` }
  const isRange = /[+-]/.test(text[at] ?? '') && /\d/.test(text[at - 1] ?? '')
  if (isRange) return null
  const thousands = here(numbers.grouped)
  if (thousands !== null) return numberAt(text, at, thousands, names)
  const parts = here(/\d+(?:\.\d+){2,}/y)
  if (parts !== null) return { length: parts.length, hole: `{${names.take(null, 'text')}:word}` }
  const digits = here(/(?:\d{10,}|0\d+)(?![\d.,]|[.,]\d)/y)
  if (digits !== null) return { length: digits.length, hole: `{${names.take(null, 'text')}:digits}` }
  const number = here(numbers.signed)
  if (number !== null && !isRest(text, at)) return numberAt(text, at, number, names)
  const state = here(states)
  const isValue = /(?:[:=]\s*|^|\bis\s+|\s)$/.test(text.slice(0, at))
  if (state !== null && isValue && at > 0) return { length: state.length, hole: `{${names.take(null, 'text')}:word}` }
  return null
}

/** `.5` is a number only after a blank; otherwise the point belongs to what precedes it. */
const isRest = (text: string, at: number): boolean =>
  /[.,]/.test(text[at] ?? '') && !/^$|[\s:=(]/.test(text[at - 1] ?? '')

/** `T22.5C`: a number after letters is a value if it has decimals; `Z1` and `ST-901` are names. */
function gluedAt(text: string, at: number, names: Names): Found | null {
  numbers.glued.lastIndex = at
  const number = /\p{L}/u.test(text[at - 1] ?? '') ? numbers.glued.exec(text)?.[0] : undefined
  return number === undefined ? null : numberAt(text, at, number, names)
}

function numberAt(text: string, at: number, number: string, names: Names): Found {
  const behind = text.slice(at + number.length).trimStart()
  const unit = scaled.map((form) => form.exec(behind)?.[0]).find((printed) => printed !== undefined)
  const named = fieldBefore(text, at, behind)
  const isScaled = unit !== undefined && named !== null && convert(1, unit, fieldOf(named)?.unit ?? '') !== null
  const field = names.take(unit === undefined || isScaled ? named : null, 'value')
  return { length: number.length, hole: `{${field}:decimal${isScaled && field === named ? `(${unit})` : ''}}` }
}

/** The field for the words before a value. */
function fieldBefore(text: string, at: number, behind: string): string | null {
  const words = text.slice(0, at).replace(/\s*[:=]?\s*$/, '')
  return labels.find(({ label, unit }) => label.test(words) && (unit === undefined || unit.test(behind)))?.field ?? null
}

function timeAt(text: string, at: number, names: Names): Found | null {
  for (const { form, orders } of dates) {
    form.lastIndex = at
    const found = form.exec(text)
    if (found === null) continue
    const [date, separator = '-'] = found
    const hour = hourAt(text, at + date.length)
    const possible = orders.map((order) => order.replaceAll('-', separator)).join('|')
    const field = names.take('time', 'text')
    if (hour === null) return { length: date.length, hole: `{${field}:date(${possible})}` }
    const gap = /^ +$/.test(hour.gap) ? ' ' : null
    const length = date.length + hour.length
    if (gap !== null) return { length, hole: `{${field}:date(${possible} ${hour.format})}` }
    return { length, hole: `{${field}:date(${possible})}${hour.gap}{${field}:clock(${hour.format})}` }
  }
  const hour = hourAt(text, at)
  if (hour === null || hour.gap !== '' || (hour.isShort && !clockWords.test(text.slice(0, at)))) return null
  return { length: hour.length, hole: `{${names.take(null, 'text')}:clock(${hour.format})}` }
}

interface Hour {
  readonly gap: string
  readonly format: string
  readonly length: number
  /** One digit and no AM or PM. */
  readonly isShort: boolean
}

function hourAt(text: string, at: number): Hour | null {
  clock.lastIndex = at
  const found = clock.exec(text)
  if (found === null) return null
  const [whole, gap = '', hours = '', , seconds, half] = found
  const isShort = hours.length === 1 && half === undefined
  const hour = hours.length === 1 || half !== undefined ? 'H' : 'HH'
  const format = `${hour}:mm${seconds === undefined ? '' : ':ss'}${half === undefined ? '' : ' a'}`
  return { gap, format, length: whole.length, isShort }
}
