/** What is kept of an id: SMPP 3.4 allows 64 characters (clause 5.2.23), and no carrier is known to give more. */
const longest = 255

/** An id as it is kept. */
export const keptId = (id: string): string => id.slice(0, longest)

/** What all spellings of an id have in common: without blanks around it, in small letters, without leading zeros. */
export function keyOf(id: string): string {
  return keptId(id)
    .replace(/^ +| +$/g, '')
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    .replace(/^0+/, '')
}

/** `keyOf` as SQL. */
export const keyIn = (column: string): string => `ltrim(lower(trim(${column})), '0')`

/**
 * The keys under which one and the same message may be known, its own first: carriers acknowledge it under a number in
 * hexadecimal and report it in decimal, or the other way round. It is never a JavaScript number: they reach 2^64.
 */
export function keysOf(id: string): readonly string[] {
  const key = keyOf(id)
  const inHex = /^\d+$/.test(key) ? [BigInt(key).toString(16)] : []
  const inDecimal = /^[\da-f]+$/.test(key) ? [BigInt(`0x${key}`).toString(10)] : []
  return [...new Set([key, ...inHex, ...inDecimal])]
}
