import { alphabetOfCbs } from '../../../sms/cbs-dcs.ts'
import { decodeSeptets, encodeSeptets } from '../../../sms/gsm7.ts'
import { hexOf, octetsOf } from '../../../sms/octets.ts'
import { packSeptets, unpackSeptets } from '../../../sms/septets.ts'
import { textOfUcs2 } from '../line/ucs2.ts'

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

/** Languages are named in front of the text (TS 23.038 clause 5): in the alphabet of GSM, and in UCS2. */
const languageGsm = 0x10
const languageUcs2 = 0x11

/**
 * The text of the network. A string of hex digits may be UCS2, packed septets, ASCII or a text of digits: an answer in
 * another form than the request counts only where it makes sense. Other strings are
 * in the alphabet that the modem was set to: with GSM each octet is a character of TS 23.038 (TS 27.007 clause 5.5).
 */
export function readUssd(raw: string, dcs: number, form: UssdForm, charset: string | null = null): string {
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(raw)
  const text = isHex ? textOfHex(raw, dcs, form) : charset === 'GSM' ? textOfOctets(raw) : raw
  return dcs === languageGsm ? text.replace(/^[a-z]{2}[\r\n]/i, '') : text
}

function textOfHex(hex: string, dcs: number, form: UssdForm): string {
  const octets = octetsOf(hex)
  const alphabet = alphabetOfCbs(dcs)
  if (form === 'ucs2' || alphabet === 'ucs2') {
    // Two letters of GSM in two octets name the language, where the modem has not taken them away.
    const isNamed = dcs === languageUcs2 && textOfUcs2(hex, 'likely') === hex && hex.length > 4
    if (octets.length % 2 === 0) return textOfUcs2(isNamed ? hex.slice(4) : hex, 'always')
  }
  const wide = textOfUcs2(hex, 'likely')
  if (wide !== hex && form !== 'packed') return wide
  const ascii = String.fromCharCode(...octets)
  if (isWords(ascii) && (alphabet === 'octets' || form === 'text')) return ascii
  const text = unpacked(octets)
  if (form === 'packed' && (isPlain(text) || wide === hex)) return text
  if (form === 'packed') return wide
  return octets.length >= 8 && isWords(text) ? text : hex
}

/** Octets of the GSM alphabet; with others among them it is another encoding: UTF-8, mostly. */
function textOfOctets(raw: string): string {
  const octets = Buffer.from(raw, 'latin1')
  if (octets.every((octet) => octet < 128)) return decodeSeptets(octets)
  const text = octets.toString('utf8')
  return text.includes('\ufffd') ? raw : text
}

function unpacked(octets: Uint8Array): string {
  const septets = unpackSeptets(octets, Math.floor((octets.length * 8) / 7))
  const isFilled = septets.length % 8 === 0 && (septets.at(-1) === filler || septets.at(-1) === 0)
  return decodeSeptets(isFilled ? septets.subarray(0, -1) : septets)
}

function isPlain(text: string): boolean {
  return /^[\n\r -~]+$/.test(text)
}

function isWords(text: string): boolean {
  return isPlain(text) && /[A-Za-z]{2}/.test(text)
}
