/** Shorter numbers are found as a whole value only: a speed of 110 is not an emergency number. */
const minDigits = 5

const isShort = (plain: string): boolean => /^\d+$/.test(plain) && plain.length < minDigits

/** Without its plus, as numbers are written both ways. */
const plainOf = (number: string): string => number.replace(/^\+/, '')

/** An SQL condition, to be bound to `anywhere` of a number: whether a column of text or JSON contains it. */
export const mentions = (column: string): string => `' ' || ${column} || ' ' GLOB ?`

/** The pattern of a number, not as part of a longer one. */
export function anywhere(number: string): string {
  const plain = plainOf(number)
  const literal = plain.replace(/[*?[]/g, '[$&]')
  return isShort(plain) ? `*"${literal}"*` : `*[^0-9]${literal}[^0-9]*`
}

/** The same for a value. */
export function holds(value: unknown, number: string): boolean {
  const plain = plainOf(number)
  if (isShort(plain)) return value === plain
  const literal = plain.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<!\\d)${literal}(?!\\d)`).test(String(value))
}

/** An SQL condition, to be bound to a name and then to quotes: whether a column contains that and one of these. */
export const quotesOf = (column: string, quotes: readonly string[]): string =>
  `instr(${column}, ?) > 0 AND (${quotes.map(() => `instr(${column}, ?) > 0`).join(' OR ')})`
