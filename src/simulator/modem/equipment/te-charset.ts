import { decodeSeptets, encodeSeptets } from '../../../sms/gsm7.ts'
import { hexOf, octetsOf } from '../../../sms/octets.ts'
import type { Charset } from './modem-settings.ts'
import { Refusal } from './result-codes.ts'

/** Encoding of texts and quoted strings on the line (TS 27.007 clause 5.5, +CSCS). Octets are Latin-1 characters. */
interface CharsetRow {
  readonly write: (text: string) => string
  /** Fails with an invalid parameter where it can't be read. */
  readonly read: (octets: string) => string
}

/** Characters that a charset doesn't have. */
const unknown = '?'

export const charsets: Readonly<Record<Charset, CharsetRow>> = {
  GSM: {
    write: (text) => String.fromCharCode(...[...text].flatMap((character) => septetsOf(character))),
    read: (octets) => decodeSeptets(Uint8Array.from(octets, (octet) => octet.charCodeAt(0) & 0x7f)),
  },
  IRA: {
    write: (text) => text.replace(/[^\n\r -~]/gu, unknown),
    read: (octets) => octets.replace(/[^\n\r -~]/g, unknown),
  },
  UCS2: {
    write: (text) => hexOf([...utf16(text)].flatMap((unit) => [unit >> 8, unit & 0xff])),
    read: (hex) => {
      if (!/^(?:[\dA-F]{4})*$/i.test(hex)) throw new Refusal('cme', 50)
      return (hex.match(/.{4}/g) ?? []).map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join('')
    },
  },
}

/** The octets of hex in 8-bit and UCS2 messages; null where it is not hex. */
export function octetsInHex(hex: string): Uint8Array | null {
  return /^(?:[\dA-F]{2})*$/i.test(hex) ? octetsOf(hex) : null
}

function septetsOf(character: string): number[] {
  try {
    return encodeSeptets(character)
  } catch {
    return encodeSeptets(unknown)
  }
}

function* utf16(text: string): Iterable<number> {
  for (let i = 0; i < text.length; i++) yield text.charCodeAt(i)
}
