import { anyOf, either, gap, literal, type Regular, sequence, some, times, units } from '../regular/regular.ts'

/** Seconds in a unit, by its names in texts. The longer name of two comes first. */
const names: readonly (readonly [string, number])[] = [
  ['days', 86_400],
  ['day', 86_400],
  ['d', 86_400],
  ['hours', 3600],
  ['hour', 3600],
  ['hrs', 3600],
  ['hr', 3600],
  ['h', 3600],
  ['minutes', 60],
  ['minute', 60],
  ['mins', 60],
  ['min', 60],
  ['m', 60],
  ['seconds', 1],
  ['second', 1],
  ['secs', 1],
  ['sec', 1],
  ['s', 1],
]

const letters: Readonly<Record<string, number>> = { d: 86_400, H: 3600, h: 3600, m: 60, s: 1 }

const digits = some(units.digit)
const colon = sequence(gap, anyOf(':.'), gap)
const step = sequence(digits, gap, either(...names.map(([name]) => literal(name))))

/** `00.01.23`, `4744s`, `0d 0hr 26min`, `350 min`; with a format, for example `HH:mm`, exactly that. */
export function duration(format: string): Regular<never> {
  if (format !== '') {
    return sequence(
      ...tokens(format).map((token) =>
        token.seconds === null ? colon : token.isGlued ? times(token.text.length, units.digit) : digits,
      ),
    )
  }
  return either(
    sequence(digits, colon, digits, colon, digits),
    sequence(step, { is: 'many', of: sequence(gap, step), least: 0, lazy: false }),
  )
}

export function readDuration(format: string, text: string): number | null {
  if (format !== '') {
    const form = tokens(format)
    const counts = countsIn(text, form)
    return counts === null
      ? null
      : total(
          counts,
          form.flatMap((token) => token.seconds ?? []),
        )
  }
  const numbers = (text.match(/\d+/g) ?? []).map(Number)
  const printed = text.toLowerCase().match(/[a-z]+/g)
  if (printed === null) return total(numbers, [3600, 60, 1])
  return total(
    numbers,
    printed.map((name) => names.find(([known]) => known === name)?.[1] ?? Number.NaN),
  )
}

function countsIn(text: string, form: readonly Token[]): number[] | null {
  const parts = form.map(({ seconds, isGlued, text: { length } }) =>
    seconds === null ? '\\D+' : isGlued ? `(\\d{${length}})` : '(\\d+)',
  )
  return new RegExp(`^${parts.join('')}$`).exec(text.trim())?.slice(1).map(Number) ?? null
}

function total(numbers: readonly number[], factors: readonly number[]): number | null {
  const sum = numbers.reduce((seconds, number, i) => seconds + number * (factors[i] ?? Number.NaN), 0)
  return Number.isNaN(sum) ? null : sum
}

/** Seconds in a format: 25 as `HH.mm.ss` is `00.00.25`. The largest unit takes what is left. */
export function writeDuration(format: string, seconds: number): string {
  let rest = seconds
  const parts = tokens(format)
  const largest = Math.max(...parts.map((part) => part.seconds ?? 0))
  return parts
    .map((part) => {
      if (part.seconds === null) return part.text
      const count =
        part.seconds === largest ? Math.floor(seconds / largest) : Math.floor((rest % largest) / part.seconds)
      rest -= part.seconds === largest ? count * largest : count * part.seconds
      return String(count).padStart(part.text.length, '0')
    })
    .join('')
}

interface Token {
  readonly text: string
  /** Seconds of one unit; null for a separator. */
  readonly seconds: number | null
  /** Another number is adjacent, so it has the width that the format gives it: `HHmmss`. */
  readonly isGlued: boolean
}

function tokens(format: string): Token[] {
  return [...format.matchAll(/([dHhms])\1*|[^dHhms]+/g)].map(([text, letter], i, all) => ({
    text,
    seconds: letter === undefined ? null : (letters[letter] ?? null),
    isGlued: all[i - 1]?.[1] !== undefined || all[i + 1]?.[1] !== undefined,
  }))
}
