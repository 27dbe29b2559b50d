/** TS 23.040 clause 9.1.2.3: the digit for each semi-octet; 1111 pads the last octet. */
const digits = '0123456789*#abc'
const fill = 0xf

/** The number in the first `count` semi-octets, low half first; padding ends it. */
export function numberIn(octets: Uint8Array, count: number): string {
  let number = ''
  for (let i = 0; i < count; i++) {
    const semiOctet = i % 2 === 0 ? octets[i >> 1]! & 0xf : octets[i >> 1]! >> 4
    if (semiOctet === fill) break
    number += digits[semiOctet]
  }
  return number
}

/** The semi-octets of a number, padded to an even count; `null` if a character has no semi-octet. */
export function semiOctetsOf(number: string): number[] | null {
  const semiOctets = [...number].map((digit) => digits.indexOf(digit))
  if (semiOctets.includes(-1)) return null
  if (semiOctets.length % 2 !== 0) semiOctets.push(fill)
  return semiOctets.filter((_, i) => i % 2 === 0).map((low, i) => low | (semiOctets[2 * i + 1]! << 4))
}

/** A decimal number of two digits, the tens in the low half; NaN if a half is not a decimal digit. */
export function decimalIn(octet: number): number {
  const tens = octet & 0xf
  const units = octet >> 4
  return tens > 9 || units > 9 ? Number.NaN : 10 * tens + units
}

/** The octet of a number from 0 to 99. */
export function decimalOctet(value: number): number {
  return Math.floor(value / 10) | ((value % 10) << 4)
}
