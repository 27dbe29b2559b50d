/** Shorter ones are found as a value only: a speed of 110 is no call for help. */
const fewestDigits = 5

const isShort = (plain: string): boolean => /^\d+$/.test(plain) && plain.length < fewestDigits

/** With its plus and without: segments, reports and people write it so or so. */
const plainOf = (number: string): string => number.replace(/^\+/, '')

/** A condition in SQL, to be given `anywhere` of a number: whether a column of text or JSON names it. */
export const mentions = (column: string): string => `' ' || ${column} || ' ' GLOB ?`

/** The pattern for it: not as a piece of a longer number. */
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
