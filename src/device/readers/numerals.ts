import {
  anyOf,
  either,
  gap,
  literal,
  maybe,
  one,
  type Regular,
  sequence,
  some,
  times,
  units,
} from '../regular/regular.ts'
import { convert, tidy, unitTable } from '../vocabulary/units.ts'

/** `-7`, `+ 24`: some displays keep a blank for the sign. */
const sign = maybe(anyOf('+-'), gap)
const digits = some(units.digit)

export const whole: Regular<never> = sequence(sign, digits)
/** One to three digits, then threes behind the separator, at least so many times. */
function groups(separator: string, least: 1 | 2): Regular<never> {
  const three = sequence(literal(separator), times(3, units.digit))
  const first = either(...[3, 2, 1].map((width) => times(width, units.digit)))
  return sequence(first, ...Array(least - 1).fill(three), { is: 'many', of: three, least: 1, lazy: false })
}

/**
 * `1234`, `12,5`, `12.5`, `.5`, and `13 .8` of displays with a fixed position for each digit. Thousands separators are
 * accepted where they are unambiguous: `1,234.5`, `1.234,5`, `1,234,567`; a single comma or point begins the decimals.
 */
export const decimal: Regular<never> = either(
  sequence(sign, groups(',', 1), literal('.'), digits),
  sequence(sign, groups('.', 1), literal(','), digits),
  sequence(sign, groups(',', 2)),
  sequence(sign, digits, maybe(either(anyOf('.,'), sequence(one(units.blank), literal('.'))), digits)),
  sequence(sign, anyOf('.,'), digits),
)
/** `12.5`, ending at a comma: for texts whose commas separate values. */
export const pointDecimal: Regular<never> = sequence(sign, digits, maybe(literal('.'), digits))
export const percent: Regular<never> = sequence(decimal, gap, maybe(either(literal('%'), literal('percent'))))

const longestFirst = Object.keys(unitTable).sort((a, b) => b.length - a.length)
/** A number with its unit: `114931.6 MWh`, `26.51V`. */
export const quantity: Regular<never> = sequence(decimal, gap, either(...longestFirst.map((unit) => literal(unit))))

export function readNumber(text: string): number {
  const plain = text.replace(/[\s%+]|percent/gi, '').replace(/[−–—‐‑]/g, '-')
  const [first = '', ...more] = plain.match(/[.,]/g) ?? []
  // The first of several separators marks thousands, and so do all equal ones.
  const whole = more.length === 0 ? plain : plain.replaceAll(first, '')
  return Number(whole.replace(',', '.'))
}

/** A number printed in the unit `printed`, in the unit that its field has. */
export function readIn(text: string, printed: string, wanted: string | null): number | null {
  const value = readNumber(text)
  if (printed === '' || wanted === null) return value
  return convert(value, printed, wanted)
}

export function readQuantity(text: string, wanted: string | null): number | null {
  const unit = /[^\d\s.,+−–—‐‑-][^\d]*\d?(?:\/h)?$/.exec(text)?.[0] ?? ''
  return wanted === null ? null : readIn(text.slice(0, text.length - unit.length), unit, wanted)
}

/** IEEE 754 single precision as eight hex digits, the highest first. */
export function readFloat32(text: string): number | null {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, Number.parseInt(text, 16))
  const value = view.getFloat32(0)
  return Number.isFinite(value) ? tidy(Number(value.toPrecision(7))) : null
}

/** A decimal that is whole as its digits: `21.0` and `2.1e1` are 21. Every other text stays as it is. */
export function plainWhole(text: string): string {
  if (!/^[+-]?\d{1,15}(?:[.,]\d{1,9})?(?:e[+-]?\d{1,2})?$/i.test(text) || !/[.,e]/i.test(text)) return text
  const number = Number(text.replace(',', '.'))
  return Number.isSafeInteger(number) ? String(number) : text
}
