import { Fault } from '../message/fault.ts'
import { type Malformation, malformed } from './malformed.ts'

const notHex = /[^\da-f]/i
const hexOfOctet = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0').toUpperCase())

/** Upper case hex, two digits per octet. Fails with `encoding_error` if a number is not an octet. */
export function hexOf(octets: Iterable<number>): string {
  let hex = ''
  for (const octet of octets) {
    const digits = hexOfOctet[octet]
    if (digits === undefined) throw new Fault('encoding_error', `${octet} does not fit into an octet`)
    hex += digits
  }
  return hex
}

/** The octets of hex, which may be empty but has nothing around it. Fails with `encoding_error`. */
export function octetsOf(hex: string): Uint8Array {
  if (hex.length % 2 === 0 && !notHex.test(hex)) return parsed(hex)
  throw new Fault('encoding_error', `${JSON.stringify(hex)} is not hex`)
}

/** The octets of a PDU, with white space around its hex. Fails with `empty`, `badHex` and `oddHex`. */
export function octetsOfPdu(hex: string): Uint8Array {
  const digits = String(hex).trim()
  if (digits === '') throw malformed('empty', 'PDU', 0)
  const stranger = digits.search(notHex)
  if (stranger >= 0) throw malformed('badHex', 'PDU', stranger >> 1)
  if (digits.length % 2 !== 0) throw malformed('oddHex', 'PDU', digits.length >> 1)
  return parsed(digits)
}

/** The fault of a read past the end; see `malformed`. */
export interface ReadFailure {
  readonly error?: Malformation
  readonly lenient?: object
}

/** Reads octets from the front. A read past the end fails; it never returns less than requested. */
export class OctetReader {
  readonly octets: Uint8Array
  position = 0

  constructor(octets: Uint8Array) {
    this.octets = octets
  }

  get remaining(): number {
    return this.octets.length - this.position
  }

  octet(field: string, failure?: ReadFailure): number {
    if (this.remaining < 1) throw this.#cutOff(field, failure)
    return this.octets[this.position++]!
  }

  take(count: number, field: string, failure?: ReadFailure): Uint8Array {
    if (this.remaining < count) throw this.#cutOff(field, failure)
    this.position += count
    return this.octets.subarray(this.position - count, this.position)
  }

  #cutOff(field: string, failure?: ReadFailure): Fault {
    return malformed(failure?.error ?? 'truncated', field, this.octets.length, failure?.lenient)
  }
}

function parsed(digits: string): Uint8Array {
  const octets = new Uint8Array(digits.length / 2)
  for (let i = 0; i < octets.length; i++) {
    octets[i] = (nibbleOf(digits.charCodeAt(2 * i)) << 4) | nibbleOf(digits.charCodeAt(2 * i + 1))
  }
  return octets
}

/** The value of the hex digit with this character code: bit 6 is set only in letters, whose low bits count from 1. */
function nibbleOf(code: number): number {
  return (code & 0xf) + (code & 0x40 ? 9 : 0)
}
