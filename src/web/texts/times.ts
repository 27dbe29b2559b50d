import { signal } from '@preact/signals'
import { locale } from './language.ts'

/** ms since 1970, every half minute: ages on the page grow. */
export const now = signal(Date.now())
const ageMs = 30_000

export function keepTime(): void {
  setInterval(() => {
    if (!document.hidden) now.value = Date.now()
  }, ageMs)
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** Of ages: years are not counted in days. */
const longSteps: typeof steps = [['year', 31_556_952], ['month', 2_629_746], ...steps]

/** A format is made once for each locale: making one takes longer than using it a hundred times. */
function once<T>(make: (locale: string) => T): () => T {
  const made = new Map<string, T>()
  return () => {
    const { value } = locale
    const format = made.get(value) ?? make(value)
    made.set(value, format)
    return format
  }
}

const dated = (options: Intl.DateTimeFormatOptions) => once((locale) => new Intl.DateTimeFormat(locale, options))

const ages = once((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }))
const full = dated({ dateStyle: 'medium', timeStyle: 'long' })
const ofToday = dated({ timeStyle: 'short' })
const short = dated({ dateStyle: 'short', timeStyle: 'short' })
const ofLine = dated({ dateStyle: 'short', timeStyle: 'medium' })
const days = dated({ weekday: 'long', day: 'numeric', month: 'long' })

/** `5 minutes ago`, `in 2 hours`. */
export function ageOf(time: string): string {
  const seconds = (Date.parse(time) - Math.max(now.value, Date.now())) / 1000
  const format = ages()
  const [unit, length] = longSteps.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  if (unit === 'second') return format.format(0, 'second')
  return format.format(Math.trunc(seconds / length), unit)
}

/** Date and time in the zone of the browser, with the zone's name. */
export function fullTime(time: string): string {
  return full().format(new Date(time))
}

/** The time of a message of today, else its day. */
export function shortTime(time: string): string {
  const date = new Date(time)
  const isToday = date.toDateString() === new Date(now.value).toDateString()
  return (isToday ? ofToday() : short()).format(date)
}

/** The time of a line of the log. */
export const lineTime = (time: string): string => ofLine().format(new Date(time))

export const dayOf = (time: string): string => days().format(new Date(time))

export const numberOf = (value: number, digits = 1): string =>
  new Intl.NumberFormat(locale.value, { maximumFractionDigits: digits }).format(value)

/** `1.2 s`, `3 min`: how long something took. */
export function spanOf(milliseconds: number): string {
  const [unit, length] = steps.find(([, length]) => milliseconds / 1000 >= length) ?? ['second', 1]
  return new Intl.NumberFormat(locale.value, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(milliseconds / 1000 / length)
}
