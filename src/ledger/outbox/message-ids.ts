/** Stored length of an id: SMPP 3.4 allows 64 characters (clause 5.2.23), and no carrier is known to use more. */
const maxLength = 255

/** An id as stored. */
export const keptId = (id: string): string => id.slice(0, maxLength)

/** The normal form of an id: without blanks around it, in lower case, without leading zeros. */
export function keyOf(id: string): string {
  return keptId(id)
    .replace(/^ +| +$/g, '')
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    .replace(/^0+/, '')
}

/** `keyOf` as SQL. */
export const keyIn = (column: string): string => `ltrim(lower(trim(${column})), '0')`

/**
 * The possible keys of a message, its own first: some carriers acknowledge it by a hexadecimal number and report it in
 * decimal, or the other way round. Never as a JavaScript number: ids reach 2^64.
 */
export function keysOf(id: string): readonly string[] {
  const key = keyOf(id)
  const inHex = /^\d+$/.test(key) ? [BigInt(key).toString(16)] : []
  const inDecimal = /^[\da-f]+$/.test(key) ? [BigInt(`0x${key}`).toString(10)] : []
  return [...new Set([key, ...inHex, ...inDecimal])]
}
