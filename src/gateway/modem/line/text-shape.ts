import type { Address } from '../../../message/address.ts'
import { codingOf } from '../../../sms/dcs.ts'
import { encodePdu } from '../../../sms/encode-pdu.ts'
import { isGsm7 } from '../../../sms/gsm7.ts'
import { hexOf } from '../../../sms/octets.ts'
import { octetsOfTimestamp } from '../../../sms/timestamp.ts'
import { addressOctets } from '../../../sms/tp-address.ts'
import { isoOf, numberIn } from './fields.ts'
import type { Reading } from './pdu-line.ts'
import { textOfUcs2 } from './ucs2.ts'

/** The alphabet of text mode: UCS2 in hex, plain, or not set. */
export type Charset = 'ucs2' | 'plain' | 'unknown'

const words = ['REC UNREAD', 'REC READ', 'STO UNSENT', 'STO SENT']

/** <stat> in words or as a number; anything else is recognised by a word that it contains. */
export function statusOf(word: string | undefined): number | null {
  const number = numberIn(word)
  if (number !== null) return number <= 3 ? number : null
  const name = (word ?? '').toUpperCase()
  const status = words.indexOf(name)
  if (status >= 0) return status
  return name.includes('UNSENT') ? 2 : name.includes('SENT') ? 3 : null
}

/** `<fo>,<mr>,<ra>,<tora>,<scts>,<dt>,<st>`; null for anything else. */
export function reportOf(fields: readonly string[], charset: Charset): string | null {
  const [firstOctet, reference, recipient = '', , scts = '', dischargeTime = '', status] = fields
  const [, mr, st] = [firstOctet, reference, status].map(numberIn)
  if (numberIn(firstOctet) === null || mr == null || st == null || st > 255) return null
  const report = { type: 'statusReport', mr: mr & 0xff, address: addressIn(recipient, charset), status: st } as const
  return encodePdu({ ...report, scts: timeIn(scts), dischargeTime: timeIn(dischargeTime) }).pdu
}

/** `<oa>,[<alpha>],<scts>[,<tooa>,<fo>,<pid>,<dcs>,<sca>,<tosca>,<length>]` and the data. */
export function deliverOf(fields: readonly string[], lines: readonly string[], charset: Charset): Reading {
  const [originator = '', , scts = '', , first, protocol, scheme, , , announced] = fields
  const [firstOctet, pid, dcs, length] = [first, protocol, scheme, announced].map(numberIn)
  const coding = codingOf(dcs ?? 0)
  const body = lines.join(charset === 'ucs2' ? '' : '\n')
  const isHex = /^(?:[0-9A-F]{2})*$/i.test(body)
  const time = timeIn(scts)
  const address = addressIn(originator, charset)
  try {
    if (((firstOctet ?? 0) & 0x40) !== 0 && isHex && length != null) {
      const head = [(firstOctet as number) & 0x7f, ...addressOctets(address), pid ?? 0, dcs ?? 0]
      const pdu = `00${hexOf([...head, ...octetsOfTimestamp(time), length & 0xff])}${body.toUpperCase()}`
      return { pdu, doubt: null }
    }
    const draft = { type: 'deliver', address, scts: time, pid: pid ?? 0 } as const
    if (coding.alphabet === 'data' && isHex && body !== '')
      return { pdu: encodePdu({ ...draft, dcs: dcs ?? 4, data: body }).pdu, doubt: null }
    const isUcs2 =
      charset === 'ucs2' || coding.alphabet === 'ucs2' ? 'always' : charset === 'unknown' ? 'likely' : 'never'
    const text = textOfUcs2(body, isUcs2)
    const scheme =
      coding.alphabet === 'gsm7' && isGsm7(text) ? (dcs ?? 0) : isGsm7(text) && coding.alphabet !== 'ucs2' ? 0 : 8
    return { pdu: encodePdu({ ...draft, text, dcs: scheme }).pdu, doubt: lengthDoubt(text, body, length ?? null) }
  } catch (error) {
    return { pdu: null, doubt: (error as Error).message }
  }
}

/** Vendors count characters, septets or octets: where none matches, something is lost. */
function lengthDoubt(text: string, body: string, length: number | null): string | null {
  if (length === null) return null
  const septets = [...text].reduce((sum, sign) => sum + ('^{}\\[~]|€'.includes(sign) ? 2 : 1), 0)
  const counts = [text.length, septets, 2 * text.length, body.length, body.length / 2, Math.ceil((septets * 7) / 8)]
  return counts.includes(length) ? null : `${text.length} characters came where ${length} were announced`
}

/** An unreadable time never costs the text. */
function timeIn(field: string): string | null {
  const iso = isoOf(field)
  try {
    octetsOfTimestamp(iso)
    return iso
  } catch {
    return null
  }
}

/** A number as it is, or in UCS2 hex: vendors differ. */
function addressIn(field: string, charset: Charset): Address {
  const number = /^(?:00[0-9A-F]{2})+$/i.test(field)
    ? textOfUcs2(field, charset === 'ucs2' ? 'always' : 'number')
    : field
  if (/^\+\d+$/.test(number)) return { number: number.slice(1), ton: 'international', npi: 1 }
  if (/^[\d*#]+$/.test(number)) return { number, ton: 'unknown', npi: 1 }
  return { number, ton: 'alphanumeric', npi: 0 }
}
