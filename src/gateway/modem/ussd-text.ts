import { alphabetOfCbs } from '../../sms/cbs-dcs.ts'
import { decodeSeptets, encodeSeptets } from '../../sms/gsm7.ts'
import { hexOf, octetsOf } from '../../sms/octets.ts'
import { packSeptets, unpackSeptets } from '../../sms/septets.ts'

/** How a modem writes and reads the string of `+CUSD`: as text, as packed septets in hex, or as UCS2 in hex. */
export type UssdForm = 'text' | 'packed' | 'ucs2'

/** In seven octets there is room for an eighth septet: a carriage return fills it (TS 23.038 clause 6.1.2.3.1). */
const filler = 0x0d

export function writeUssd(text: string, form: UssdForm): string {
  if (form === 'text') return text
  if (form === 'ucs2') return hexOf(Buffer.from(text, 'utf16le').swap16())
  const septets = encodeSeptets(text)
  return hexOf(packSeptets(septets.length % 8 === 7 ? [...septets, filler] : septets))
}

/**
 * What the network says. A string of hex digits may be one that is packed, or a text of digits: an answer in another
 * form than the question is believed only where it makes sense (facts: modems, section 12).
 */
export function readUssd(string: string, dcs: number, form: UssdForm): string {
  if (!/^([0-9a-f]{2})+$/i.test(string)) return string
  const octets = octetsOf(string)
  if ((form === 'ucs2' || alphabetOfCbs(dcs) === 'ucs2') && octets.length % 2 === 0)
    return Buffer.from(octets).swap16().toString('utf16le')
  const text = unpacked(octets)
  return form === 'packed' || (octets.length >= 8 && isWords(text)) ? text : string
}

function unpacked(octets: Uint8Array): string {
  const septets = unpackSeptets(octets, Math.floor((octets.length * 8) / 7))
  const isFilled = septets.length % 8 === 0 && (septets.at(-1) === filler || septets.at(-1) === 0)
  return decodeSeptets(isFilled ? septets.subarray(0, -1) : septets)
}

function isWords(text: string): boolean {
  return /^[\n\r -~]+$/.test(text) && /[A-Za-z]{2}/.test(text)
}
