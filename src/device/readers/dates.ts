import { anyOf, either, gap, literal, maybe, type Regular, sequence, times, units, words } from '../regular/regular.ts'
import { type CivilTime, epochOf, isoOf } from './zones.ts'

/** The value of a date or clock hole. A date and a clock of the same field are joined. */
export interface TimeParts {
  readonly year?: number
  readonly month?: number
  readonly day?: number
  readonly hour?: number
  readonly minute?: number
  readonly second?: number
  readonly zone?: string
  /** The same digits read in the other orders that the device may use, the likelier first. */
  readonly others?: readonly TimeParts[]
}

/** Parts of a format that are not parts of a time: AM or PM. */
type Name = keyof Omit<TimeParts, 'others'> | 'half'

/**
 * The letters of a format. One letter takes one or two digits, two take exactly two; years are `y`, `yy`, `yyyy`, and
 * `a` is AM or PM.
 */
const letters: Readonly<Record<string, Name>> = {
  y: 'year',
  M: 'month',
  d: 'day',
  H: 'hour',
  m: 'minute',
  s: 'second',
  Z: 'zone',
  a: 'half',
}
const letter = Object.keys(letters).join('')
const pieceForm = new RegExp(`([${letter}])\\1*|[^${letter}]+`, 'g')

export interface TimeFormat {
  readonly source: string
  readonly regular: Regular<never>
  readonly read: (text: string) => TimeParts | null
  readonly write: (time: CivilTime) => string
}

interface Token {
  readonly name: Name | null
  readonly text: string
  /** No other digits are beside it. */
  readonly parted: boolean
}

/** `dd/MM/yy|MM/dd/yy HH:mm` has two orders: what follows the first blank belongs to both. */
function ordersOf(source: string): string[] {
  const [orders = '', ...rest] = source.split(' ')
  return orders.split('|').map((order) => [order, ...rest].join(' '))
}

/** One order, or several that a text may use: which one is meant is decided when its time is joined. */
export function timeFormat(source: string): TimeFormat {
  const formats = ordersOf(source).map(oneFormat)
  const [first] = formats as [TimeFormat]
  if (formats.length === 1) return first
  return {
    ...first,
    source,
    regular: either(...formats.map(({ regular }) => regular)),
    read: (text) => {
      const [best, ...others] = formats.flatMap(({ read }) => read(text) ?? [])
      return best === undefined ? null : { ...best, others }
    },
  }
}

/**
 * `yy-MM-dd HH:mm:ss` and the like. Blanks match any blanks, `:` also a point; in dates `/`, `-` and `.` are
 * equivalent, and a separate year may have two digits or four.
 */
function oneFormat(source: string): TimeFormat {
  const pieces = [...source.matchAll(pieceForm)]
  const isPart = (i: number): boolean => pieces[i]?.[1] !== undefined
  const tokens: Token[] = pieces.map(([text, letter], i) => ({
    name: letter === undefined ? null : (letters[letter] ?? null),
    text,
    parted: !isPart(i - 1) && !isPart(i + 1),
  }))
  const names = tokens.flatMap((token) => token.name ?? [])
  const form = new RegExp(`^${tokens.map(formOf).join('')}$`, 'i')
  return {
    source,
    regular: sequence(...tokens.map(regularOf)),
    read: (text) => {
      const found = form.exec(text)
      return found === null ? null : partsOf(names, found.slice(1))
    },
    write: (time) => tokens.map((token) => writeToken(token, time, names.includes('half'))).join(''),
  }
}

/** Whether it is a valid format: each part once, and with a day or an hour. */
export const isTimeFormat = (source: string): boolean => ordersOf(source).every(isOneFormat)

function isOneFormat(source: string): boolean {
  const found = [...source.matchAll(pieceForm)].flatMap(([, name]) => name ?? [])
  return new Set(found).size === found.length && found.length > 0 && /d|H/.test(source)
}

function regularOf(token: Token): Regular<never> {
  const { name, text } = token
  if (name === null && text.trim() === ':') return sequence(gap, anyOf(':.'), gap)
  if (name === null) return /^[/.-]$/.test(text.trim()) ? sequence(gap, anyOf('/-.'), gap) : words(text)
  if (name === 'half') return sequence(gap, anyOf('AP'), maybe(literal('.')), literal('M'), maybe(literal('.')))
  if (name === 'zone') {
    const two = times(2, units.digit)
    return either(literal('Z'), sequence(anyOf('+-'), two, maybe(literal(':')), two))
  }
  return either(...widths(token).map((width) => times(width, units.digit)))
}

/** The text is known to match the expression: this only splits it at the same positions. */
function formOf(token: Token): string {
  if (token.name === null) return '\\D*?'
  if (token.name === 'half') return '\\s*([AP]\\.?M\\.?)'
  if (token.name === 'zone') return '(Z|[+-]\\d\\d:?\\d\\d)'
  return `(${widths(token)
    .map((width) => `\\d{${width}}`)
    .join('|')})`
}

/** Possible numbers of digits of a part, the largest first. */
function widths({ name, text: { length }, parted }: Token): number[] {
  if (name === 'year') return length === 1 ? [4, 3, 2, 1] : length === 2 && parted ? [4, 2] : [length]
  return length === 1 ? [2, 1] : [length]
}

function partsOf(names: readonly Name[], found: readonly string[]): TimeParts {
  const parts = Object.fromEntries(
    names.map((name, i) => {
      const text = found[i] as string
      if (name === 'zone' || name === 'half') return [name, text]
      const number = Number(text)
      return [name, name === 'year' && text.length < 3 ? 2000 + number : number]
    }),
  )
  const { half, ...time } = parts as TimeParts & { half?: string }
  return half === undefined || time.hour === undefined ? time : { ...time, hour: hourOf(time.hour, /^p/i.test(half)) }
}

/** 12 AM is midnight and 12 PM is noon; hours above twelve are unambiguous. */
const hourOf = (hour: number, isLate: boolean): number => (hour > 12 ? hour : (hour % 12) + (isLate ? 12 : 0))

function writeToken({ name, text }: Token, time: CivilTime, inHalves: boolean): string {
  if (name === null || name === 'zone') return text
  if (name === 'half') return time.hour < 12 ? 'AM' : 'PM'
  const number = name === 'hour' && inHalves ? time.hour % 12 || 12 : (time[name] ?? 0)
  return String(name === 'year' && text.length < 4 ? number % 100 : number).padStart(text.length, '0')
}

export interface TimeContext {
  /** IANA or fixed zone of the device's clock; null when unknown. */
  readonly zone: string | null
  /** When the network accepted the text (TP-SCTS), ISO 8601 with offset; null when unknown. */
  readonly scts: string | null
}

const toleranceMs = 2 * 86_400_000

/**
 * ISO 8601 of the parts; null when they are not a valid time. Of several orders of the date the one that gives today is
 * taken, else the first valid one. A missing year is the one that puts the date nearest to the network's stamp. A time
 * days after that stamp is refused too: the clock or the configured order is wrong.
 */
export function joinTime({ others, ...parts }: TimeParts, context: TimeContext): string | null {
  if (others === undefined) return joinParts(parts, context)
  const times = [parts, ...others].flatMap((order) => joinParts({ ...parts, ...order }, context) ?? [])
  const stamp = context.scts === null ? null : Date.parse(context.scts)
  const plausible = times.filter((time) => Number(time.slice(0, 4)) >= firstTrackerYear || times.length === 1)
  const fresh =
    stamp === null ? [] : plausible.filter((time) => Math.abs(Date.parse(time.slice(0, 10)) - stamp) < toleranceMs)
  return fresh[0] ?? plausible[0] ?? times[0] ?? null
}

/** Earlier years are implausible: there were no such trackers. */
const firstTrackerYear = 2008

function joinParts(parts: TimeParts, context: TimeContext): string | null {
  const { hour, minute = 0, second = null } = parts
  const stamp = context.scts === null ? null : Date.parse(context.scts)
  if (parts.day === undefined || parts.month === undefined)
    return hour === undefined ? null : clockOf(hour, minute, second)
  const clock = {
    month: parts.month,
    day: parts.day,
    hour: hour ?? 0,
    minute,
    second: hour === undefined ? null : second,
  }
  const year = parts.year ?? (stamp === null ? null : nearestYear(clock, stamp))
  if (year === null) return null
  const time = { year, ...clock }
  if (!exists(time) || (stamp !== null && epochOf(time) > stamp + toleranceMs)) return null
  if (hour === undefined) return isoOf(time, null).slice(0, 10)
  return isoOf(time, parts.zone ?? context.zone)
}

function nearestYear(clock: Omit<CivilTime, 'year'>, stamp: number): number {
  const middle = new Date(stamp).getUTCFullYear()
  const distance = (year: number): number => Math.abs(epochOf({ year, ...clock }) - stamp)
  return [middle, middle - 1, middle + 1].reduce((best, year) => (distance(year) < distance(best) ? year : best))
}

function exists(time: CivilTime): boolean {
  const made = new Date(epochOf(time))
  return (
    made.getUTCMonth() + 1 === time.month &&
    made.getUTCDate() === time.day &&
    isClock(time.hour, time.minute, time.second)
  )
}

const isClock = (hour: number, minute: number, second: number | null): boolean =>
  hour < 24 && minute < 60 && (second ?? 0) < 60

function clockOf(hour: number, minute: number, second: number | null): string | null {
  if (!isClock(hour, minute, second)) return null
  return isoOf({ year: 2000, month: 1, day: 1, hour, minute, second }, null).slice(11)
}
