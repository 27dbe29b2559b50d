import type { Address } from '../../../message/address.ts'
import { codingOf } from '../../../sms/dcs.ts'
import { encodePdu } from '../../../sms/encode-pdu.ts'
import { headerIn } from '../../../sms/header.ts'
import { hexOf } from '../../../sms/octets.ts'
import { typeOfAddressOf } from '../../../sms/tp-address.ts'
import type { Deliver, StatusReport, Submit, Tpdu } from '../../../sms/tpdu.ts'
import { secondsOfRelative } from '../../../sms/validity.ts'
import { userDataIn } from '../../network/network-tpdu.ts'
import { addressOf } from '../../network/party.ts'
import { type StoredMessage, statusWords } from './message-memory.ts'
import type { Settings } from './modem-settings.ts'
import { cms } from './result-codes.ts'
import { charsets, octetsInHex } from './te-charset.ts'

/** The fields of a header line of +CMGR, +CMGL, +CMT and +CDS (TS 27.005 clauses 3.4.1 to 3.4.3). */
type Fields = readonly (string | number)[]

/** +CMGR: in the form for the kind of message. */
export function readFields({ status }: StoredMessage, tpdu: Tpdu, settings: Settings): Fields {
  const stat = quoted(statusWords[status])
  if (tpdu.type === 'statusReport') return [stat, ...reportFields(tpdu, settings)]
  if (tpdu.type === 'deliver') return [stat, ...deliverFields(tpdu, settings)]
  const head = [stat, number(tpdu.address, settings), '']
  if (settings.numbers['+CSDH'][0] === 0) return head
  const period = tpdu.vp?.format === 'relative' ? tpdu.vp.value : ''
  return [
    ...head,
    typeOfAddressOf(tpdu.address),
    tpdu.firstOctet,
    tpdu.pid,
    tpdu.dcs,
    period,
    ...centre(tpdu, settings),
    tpdu.udl,
  ]
}

/** +CMGL: */
export function listFields(index: number, { status }: StoredMessage, tpdu: Tpdu, settings: Settings): Fields {
  const head = [index, quoted(statusWords[status])]
  if (tpdu.type === 'statusReport') return [...head, ...reportFields(tpdu, settings)]
  const time = tpdu.type === 'deliver' ? timeOf(tpdu.scts) : ''
  const fields = [...head, number(tpdu.address, settings), '', time]
  return settings.numbers['+CSDH'][0] === 0 ? fields : [...fields, typeOfAddressOf(tpdu.address), tpdu.udl]
}

/** +CMT:, and what follows the status in +CMGR: */
export function deliverFields(tpdu: Deliver, settings: Settings): Fields {
  const head = [number(tpdu.address, settings), '', timeOf(tpdu.scts)]
  if (settings.numbers['+CSDH'][0] === 0) return head
  return [
    ...head,
    typeOfAddressOf(tpdu.address),
    tpdu.firstOctet,
    tpdu.pid,
    tpdu.dcs,
    ...centre(tpdu, settings),
    tpdu.udl,
  ]
}

/** +CDS: */
export function reportFields(tpdu: StatusReport, settings: Settings): Fields {
  const recipient = [number(tpdu.address, settings), typeOfAddressOf(tpdu.address)]
  return [tpdu.firstOctet, tpdu.mr, ...recipient, timeOf(tpdu.scts), timeOf(tpdu.dischargeTime), tpdu.status]
}

/** <data> (clause 3.1): text in the DTE's charset; hex of all octets for 8-bit, UCS2 and whatever has a header. */
export function dataOf(pdu: string, tpdu: Deliver | Submit, { charset }: Settings): string {
  const isText = tpdu.coding.alphabet === 'gsm7' && !tpdu.coding.compressed && !tpdu.udhi
  if (isText) return charsets[charset].write(tpdu.text ?? '').replaceAll('\n', '\r\n')
  return userDataIn(pdu, tpdu)
}

/**
 * The SMS-SUBMIT for a number and entered data, with +CSMP's first octet, validity, protocol and coding (clause 3.5.1).
 * Fails with CMS 305.
 */
export function submitOf(
  to: string,
  typeOfAddress: number | null,
  data: string,
  { numbers, charset }: Settings,
): string {
  const [firstOctet = 17, vp = 167, pid = 0, dcs = 0] = numbers['+CSMP']
  const party = charsets[charset].read(to)
  const address = addressOf(typeOfAddress === 145 && !party.startsWith('+') ? `+${party}` : party)
  const relative = (firstOctet & 0x18) === 0x10
  try {
    return encodePdu({
      type: 'submit',
      address,
      statusReportRequest: (firstOctet & 0x20) !== 0,
      rejectDuplicates: (firstOctet & 0x04) !== 0,
      vp: relative ? { format: 'relative', value: vp, seconds: secondsOfRelative(vp) } : null,
      pid,
      dcs,
      ...contentOf(data, dcs, (firstOctet & 0x40) !== 0, charset),
    }).pdu
  } catch {
    throw cms(305)
  }
}

function contentOf(data: string, dcs: number, hasHeader: boolean, charset: Settings['charset']): object {
  const coding = codingOf(dcs)
  if (coding.alphabet === 'gsm7' && !hasHeader) return { text: charsets[charset].read(data.replaceAll('\r', '\n')) }
  const octets = octetsInHex(data.trim())
  if (octets === null) throw cms(305)
  const headerLength = hasHeader ? 1 + (octets[0] ?? 0) : 0
  const header = hasHeader ? headerIn(octets.subarray(1, headerLength)) : null
  const body = hexOf(octets.subarray(headerLength))
  const content = coding.alphabet === 'ucs2' ? { text: charsets.UCS2.read(body) } : { data: body }
  return { ...(header && { udh: header.udh }), ...content }
}

function number(address: Address, { charset }: Settings): string {
  const shown = address.ton === 'international' ? `+${address.number}` : address.number
  return quoted(charsets[charset].write(shown))
}

function centre({ smsc }: Tpdu, settings: Settings): Fields {
  return smsc ? [number(smsc, settings), typeOfAddressOf(smsc)] : ['', '']
}

/** "yy/MM/dd,hh:mm:ss±zz", the zone in quarters of an hour (clause 3.1). */
function timeOf(iso: string | null): string {
  const [, date = '', time = '', sign = '+', hours, minutes] = /^..(.{8})T(.{8})(.)(..):(..)$/.exec(iso ?? '') ?? []
  const quarters = Number(hours) * 4 + Number(minutes) / 15
  return iso === null ? '' : quoted(`${date.replaceAll('-', '/')},${time}${sign}${String(quarters).padStart(2, '0')}`)
}

function quoted(text: string): string {
  return `"${text}"`
}
