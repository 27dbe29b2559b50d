/** TS 23.038 clause 6.1.2.1: septets are packed into octets from the least significant bit on, without gaps. */

/** How many septets a user data header of this many octets takes, including the fill bits (TS 23.040 9.2.3.24). */
export function septetsOfHeader(octets: number): number {
  return Math.ceil((octets * 8) / 7)
}

/** Fill bits between a header of this many octets and the first septet of the text. */
export function fillBitsAfter(headerOctets: number): number {
  return septetsOfHeader(headerOctets) * 7 - headerOctets * 8
}

/** `count` septets from `octets`, after `fillBits` bits. Requires enough octets. */
export function unpackSeptets(octets: Uint8Array, count: number, fillBits = 0): Uint8Array {
  const septets = new Uint8Array(count)
  for (let i = 0, bit = fillBits; i < count; i++, bit += 7) {
    const at = bit >> 3
    const pair = octets[at]! | ((octets[at + 1] ?? 0) << 8)
    septets[i] = (pair >> (bit & 7)) & 0x7f
  }
  return septets
}

/** The octets of `septets` after `fillBits` bits; fill and spare bits are zero. */
export function packSeptets(septets: readonly number[], fillBits = 0): Uint8Array {
  const octets = new Uint8Array(Math.ceil((fillBits + septets.length * 7) / 8))
  for (let i = 0, bit = fillBits; i < septets.length; i++, bit += 7) {
    const at = bit >> 3
    const pair = septets[i]! << (bit & 7)
    octets[at]! |= pair & 0xff
    if (pair > 0xff) octets[at + 1]! |= pair >> 8
  }
  return octets
}
