import { Fault } from '../message/fault.ts'
import { carriesText, countsSeptets, type DataCoding } from './dcs.ts'
import { decodeSeptets, encodeSeptets, type LanguageIdentifiers } from './gsm7.ts'
import { elementsOf, headerIn, headerOctets } from './header.ts'
import { type Malformation, malformed } from './malformed.ts'
import { hexOf, type OctetReader, octetsOf } from './octets.ts'
import { salvage } from './salvage-pdu.ts'
import { fillBitsAfter, packSeptets, septetsOfHeader, unpackSeptets } from './septets.ts'
import type { Content, Tpdu } from './tpdu.ts'

/** TS 23.040 clause 9.2.3.24: capacity of the user data of one TPDU; 160 septets are 140 octets. */
const maxOctets = 140
const maxSeptets = 160

/** The fields before the user data: they decide how it is read, and are saved where it is malformed. */
type Before = Pick<Tpdu, 'type' | 'udhi'> & { readonly udl: number; readonly coding: DataCoding }

/**
 * Reads TP-UD after its length. Fails with `udhTruncated` and `udhTooLong`, and with `udShort`, `udTooLong` and
 * `ucs2Odd`, whose `lenient` has the content as far as it is present.
 */
export function readUserData(reader: OctetReader, before: Before): Content {
  const { udl, udhi, coding } = before
  const start = reader.position
  const announced = countsSeptets(coding) ? Math.ceil((udl * 7) / 8) : udl
  const short = announced > reader.remaining
  const octets = reader.take(Math.min(announced, reader.remaining), 'UD')

  if (udhi && udl === 0) throw malformed('udhTruncated', 'UD.UDH', start)
  const headerLength = udhi ? 1 + (octets[0] ?? 0) : 0
  if (unitsOfHeader(headerLength, coding) > udl) throw malformed('udhTooLong', 'UD.UDH', start)
  const header = udhi ? headerIn(octets.subarray(1, headerLength)) : null
  const units = udl - unitsOfHeader(headerLength, coding)
  const body = bodyIn(octets, headerLength, units, coding, header?.nli)

  const fault = (error: Malformation, field: string, octet: number) =>
    malformed(error, field, octet, salvage({ ...before, ...header, ...body }))
  if (short) throw fault('udShort', 'UD', reader.octets.length)
  if (announced > maxOctets) throw fault('udTooLong', 'UDL', start - 1)
  const half = coding.alphabet === 'ucs2' && body.text !== undefined && units % 2 !== 0
  if (half) throw fault('ucs2Odd', 'UD', start + udl - 1)
  if (!udhi) return body
  return header ? { ...header, ...body } : { udhMalformed: true, udh: [], ...body }
}

/** Encoded user data: TP-UDL, then the header with its length, then the rest. */
export interface UserData {
  readonly udl: number
  readonly header: readonly number[]
  readonly body: Uint8Array
}

/**
 * User data for a content. The header is `udh` if given, else made from `concat`, `ports` and `nli`, and omitted if it
 * is empty. Fails with `encoding_error` and `text_too_long`.
 */
export function userDataOf(content: Content, coding: DataCoding): UserData {
  const elements = content.udh ?? elementsOf(content)
  const header = content.udh || elements.length > 0 ? headerOctets(elements) : []
  const { units, body } = bodyOf(content, coding, header.length)
  const udl = unitsOfHeader(header.length, coding) + units
  const most = countsSeptets(coding) ? maxSeptets : maxOctets
  if (udl <= most) return { udl, header, body }
  throw new Fault('text_too_long', `${udl} units of user data where ${most} fit`, { units: udl, most })
}

/** Units of TP-UDL that a header of this many octets takes, including its length octet. */
function unitsOfHeader(octets: number, coding: DataCoding): number {
  return countsSeptets(coding) ? septetsOfHeader(octets) : octets
}

/** The `units` after the header, as far as there are octets for them. */
function bodyIn(
  octets: Uint8Array,
  headerLength: number,
  units: number,
  coding: DataCoding,
  nli?: LanguageIdentifiers,
): Content {
  const body = octets.subarray(headerLength)
  if (countsSeptets(coding)) {
    const fillBits = fillBitsAfter(headerLength)
    const present = Math.max(0, Math.floor((body.length * 8 - fillBits) / 7))
    return { text: decodeSeptets(unpackSeptets(body, Math.min(units, present), fillBits), nli) }
  }
  if (!carriesText(coding)) return { data: hexOf(body) }
  let text = ''
  for (let i = 0; i + 1 < body.length; i += 2) text += String.fromCharCode((body[i]! << 8) | body[i + 1]!)
  return { text }
}

function bodyOf(content: Content, coding: DataCoding, headerLength: number): { units: number; body: Uint8Array } {
  const { text = '', data = '', nli } = content
  if ((carriesText(coding) ? data : text) !== '') {
    throw new Fault('encoding_error', 'the data coding does not carry this kind of content', { coding })
  }
  if (!carriesText(coding)) {
    const body = octetsOf(data)
    return { units: body.length, body }
  }
  if (countsSeptets(coding)) {
    const septets = encodeSeptets(text, nli)
    return { units: septets.length, body: packSeptets(septets, fillBitsAfter(headerLength)) }
  }
  const body = new Uint8Array(2 * text.length)
  for (let i = 0; i < text.length; i++) {
    body[2 * i] = text.charCodeAt(i) >> 8
    body[2 * i + 1] = text.charCodeAt(i)
  }
  return { units: body.length, body }
}
