import { Fault } from '../message/fault.ts'

/** Every error of a PDU: `detail.error` and the message for it. */
export const malformations = {
  empty: 'there is nothing to decode',
  badHex: 'a character that is not a hexadecimal digit',
  oddHex: 'half an octet at the end',
  smscTooLong: 'a service centre address of more than 12 octets',
  smscTruncated: 'the service centre address is cut off',
  addressTooLong: 'an address of more than 20 semi-octets',
  addressTruncated: 'the address is cut off',
  truncated: 'the PDU ends before the field does',
  udShort: 'less user data than its length announces',
  udTooLong: 'more than 140 octets of user data',
  udhTruncated: 'a header is announced but there is no user data',
  udhTooLong: 'a header longer than the user data',
  ucs2Odd: 'half a UCS2 character at the end',
} as const

export type Malformation = keyof typeof malformations

/**
 * The fault for a malformed PDU.
 *
 * @param field name of the TP field without `TP-`, nested as in `UD.UDH`; `PDU` for the hex text, `SMSC` before the TPDU
 * @param octet offset of the first octet that is wrong or missing, 0 is the first of the whole PDU
 * @param lenient what can be saved of the message, in the field names of a decoded TPDU
 */
export function malformed(error: Malformation, field: string, octet: number, lenient?: object): Fault {
  const message = `${field} at octet ${octet}: ${malformations[error]}`
  return new Fault('malformed_pdu', message, { error, field, octet, ...(lenient && { lenient }) })
}
