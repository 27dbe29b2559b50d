import { convert } from '../vocabulary/units.ts'
import { fieldOf } from '../vocabulary/vocabulary.ts'
import { before, digitsField, isNumbered, numberField, switchField } from './value-labels.ts'

/** A value in a text. */
export interface ValueForm {
  readonly length: number
  /** Named by the words before it; null where they name none. */
  readonly field: string | null
  /** How it is named then. */
  readonly family: 'value' | 'text' | 'switch'
  /** What takes it, with `@` for its name. */
  readonly hole: string
  /** The same under a name of its family. */
  readonly plain: string
}

/** Of a text that is a link to a map. */
export const linkPattern = '{position:maps_link}'

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
const clock = /([ T,]{0,4})(\d{1,2}):(\d\d)(:\d\d)?(\s?[AP]\.?M\b\.?)?(?![\d:])/iy
/** Words before a clock with a one-digit hour, which could be a ratio without them. */
const clockWords = /(?:^|\P{L})(?:time|clock|at|since|until|from|to|uhr|um|alarm)\s{0,4}[:=]?\s{0,4}$/iu

/**
 * Thousands separators are recognised where a second separator makes them unambiguous. No value has more than seven:
 * each end of a longer row of them would be tried, from each place.
 */
const grouped = '\\d{1,3}(?:(?:,\\d{3}){1,7}\\.\\d+|(?:\\.\\d{3}){1,7},\\d+|(?:,\\d{3}){2,7})(?![.,]{0,3}\\d)'
const bare = '(?:\\d+(?:[.,]\\d+)?|[.,]\\d+)'
const numbers = {
  grouped: new RegExp(`[+-]?${grouped}`, 'y'),
  signed: new RegExp(`[+-]?${bare}`, 'y'),
  glued: new RegExp(`${grouped}|\\d+[.,]\\d+(?![\\d.]|,\\d)|\\d+(?=[%°])`, 'y'),
} as const

const isLetter = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char)

/** The value at a place of a text; null where there is none. */
export const valueAt = (text: string, at: number): ValueForm | null =>
  (isLetter(text[at - 1]) || text[at - 1] === '_') && isLetter(text[at]) ? gluedAt(text, at) : freeAt(text, at)

const form = (length: number, field: string | null, family: ValueForm['family'], hole: string): ValueForm => ({
  length,
  field,
  family,
  hole,
  plain: hole,
})

/** Forms of values in texts, the most specific first. */
function freeAt(text: string, at: number): ValueForm | null {
  const here = (expression: RegExp): string | null => {
    expression.lastIndex = at
    return expression.exec(text)?.[0] ?? null
  }
  const map = here(/https?:\/\/\S*(?:maps|map\.)\S*/y)
  if (map !== null) return form(map.length, null, 'text', linkPattern)
  // A code of the device is shown as stars, and is one in the next text.
  const thrown = here(/https?:\/\/\S+|\*{3}/y)
  if (thrown !== null) return form(thrown.length, null, 'text', '{_:word}')
  const code = isCode(text, at) ? here(/[^\s,;]+/y) : null
  if (code !== null) return form(code.length, null, 'text', '{_:word}')
  const time = timeAt(text, at)
  if (time !== null) return time
  const pair = here(
    /[NS]?[+-]?\d{1,2}\.\d{4,}[NS]?\s{0,4},\s{0,4}[EW]?[+-]?\d{1,3}\.\d{4,}[EW]?(?![\d.])|(?:[NS]\d{1,2}\.\d{4,}\s{1,4}[EW]\d{1,3}\.\d{4,}|\d{1,2}\.\d{4,}[NS]\s{1,4}\d{1,3}\.\d{4,}[EW])(?![\d.])/y,
  )
  if (pair !== null) {
    const gap = /\s*,\s*|\s+/.exec(pair)?.[0] ?? ','
    return form(pair.length, null, 'value', `{latitude:latitude}${gap}{longitude:longitude}`)
  }
  const angle = here(/(?:[NSEW]\s?)?[+-]?\d{1,3}\.\d+(?:\s?[NSEW](?![\p{L}]))?/uy)
  const axis = angle === null ? null : numberField(text, at, '')
  if (angle !== null && (axis === 'latitude' || axis === 'longitude'))
    return { length: angle.length, field: axis, family: 'value', hole: `{@:${axis}}`, plain: '{@:decimal}' }
  const onOff = here(/(?:ON|OFF)(?![\p{L}\p{N}])/iuy)
  if (onOff !== null) {
    const { field, type } = switchField(text, at)
    return { length: onOff.length, field, family: 'switch', hole: `{@:${type}}`, plain: '{@:on_off}' }
  }
  return numberOrWord(text, at, here)
}

function numberOrWord(text: string, at: number, here: (expression: RegExp) => string | null): ValueForm | null {
  const isRange = /[+-]/.test(text[at] ?? '') && /\d/.test(text[at - 1] ?? '')
  if (isRange || isInName(text, at)) return null
  // `1a2b`: neither a number nor a word.
  const hex = here(/(?=[0-9a-f]{0,30}(?:\d[a-f]{1,30}\d|[a-f]\d{1,30}[a-f]))[0-9a-f]{4,}(?![\p{L}\p{N}_])/iuy)
  if (hex !== null) return form(hex.length, null, 'text', '{@:hex}')
  const phone = here(/\+\d{8,15}(?![\d.,]\d|\d)/y)
  if (phone !== null) return form(phone.length, null, 'text', '{@:number}')
  const thousands = here(numbers.grouped)
  if (thousands !== null) return numberAt(text, at, thousands)
  // `38,26,33` are three.
  const listed = here(/[+-]?\d+(?=,\d+,\d)/y) ?? (/\d,$/.test(before(text, at)) ? here(/\d+(?![.\d])/y) : null)
  if (listed !== null) return { ...numberAt(text, at, listed), hole: '{@:int}', plain: '{@:int}' }
  const parts = here(/\d+(?:\.\d+){2,}/y)
  if (parts !== null) return form(parts.length, null, 'text', '{@:word}')
  const digits = here(/(?:\d{10,}|0\d+)(?!\d|[.,]\d)/y)
  if (digits !== null) return form(digits.length, digitsField(text, at), 'text', '{@:digits}')
  const number = here(numbers.signed)
  if (number !== null && !isRest(text, at))
    return isNumbered(text, at, number.length) ? null : numberAt(text, at, number)
  const state = here(states)
  const isValue = /(?:[:=]\s{0,4}|\s)$/.test(before(text, at))
  const isLabel = state !== null && /^\s?[:=]/.test(text.slice(at + state.length, at + state.length + 2))
  return state !== null && isValue && !isLabel ? form(state.length, null, 'text', '{@:word}') : null
}

/** The value of a password is never read. */
const isCode = (text: string, at: number): boolean =>
  /(?:^|[^\p{L}])(?:pw|pwd|pass|password|passwort|pin|code)\s?[:=]\s?$/iu.test(before(text, at))

/** `ST-901` is a name, and its number no value. */
const isInName = (text: string, at: number): boolean =>
  (/[+-]/.test(text[at] ?? '') && /\p{L}/u.test(text[at - 1] ?? '') && !/^.\d+[.,]\d/.test(text.slice(at, at + 12))) ||
  (/\d/.test(text[at] ?? '') && /\p{L}[+-]$/u.test(before(text, at)))

/** `.5` is a number only after a blank; otherwise the point belongs to what precedes it. */
const isRest = (text: string, at: number): boolean =>
  /[.,]/.test(text[at] ?? '') && !/^$|[\s:=(]/.test(text[at - 1] ?? '')

/** `T22.5C`: a number after letters is a value if it has decimals; `Z1` and `ST-901` are names. */
function gluedAt(text: string, at: number): ValueForm | null {
  numbers.glued.lastIndex = at
  const number = /\p{L}/u.test(text[at - 1] ?? '') ? numbers.glued.exec(text)?.[0] : undefined
  return number === undefined ? null : numberAt(text, at, number)
}

function numberAt(text: string, at: number, number: string): ValueForm {
  const behind = text.slice(at + number.length, at + number.length + 12).trimStart()
  const unit = scaled.map((one) => one.exec(behind)?.[0]).find((printed) => printed !== undefined)
  const field = numberField(text, at, behind)
  const plain = '{@:decimal}'
  if (unit === undefined || field === null) return { length: number.length, field, family: 'value', hole: plain, plain }
  const isScaled = convert(1, unit, fieldOf(field)?.unit ?? '') !== null
  const hole = isScaled ? `{@:decimal(${unit})}` : plain
  return { length: number.length, field: isScaled ? field : null, family: 'value', hole, plain }
}

function timeAt(text: string, at: number): ValueForm | null {
  for (const { form: date, orders } of dates) {
    date.lastIndex = at
    const found = date.exec(text)
    if (found === null) continue
    const [day, separator = '-'] = found
    const hour = hourAt(text, at + day.length)
    const possible = orders.map((order) => order.replaceAll('-', separator)).join('|')
    if (hour === null) return form(day.length, 'time', 'text', `{@:date(${possible})}`)
    const length = day.length + hour.length
    if (/^ +$/.test(hour.gap)) return form(length, 'time', 'text', `{@:date(${possible} ${hour.format})}`)
    return form(length, 'time', 'text', `{@:date(${possible})}${hour.gap}{@:clock(${hour.format})}`)
  }
  const hour = hourAt(text, at)
  if (hour === null || hour.gap !== '' || (hour.isShort && !clockWords.test(before(text, at)))) return null
  return form(hour.length, null, 'text', `{@:clock(${hour.format})}`)
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
