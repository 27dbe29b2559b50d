import type { Address } from '../../../message/address.ts'
import { Fault } from '../../../message/fault.ts'
import { addressOctets } from '../../../sms/address.ts'
import { codingOf } from '../../../sms/dcs.ts'
import { decodePdu } from '../../../sms/decode.ts'
import { encodePdu } from '../../../sms/encode.ts'
import { isGsm7 } from '../../../sms/gsm7.ts'
import { hexOf } from '../../../sms/octets.ts'
import { octetsOfTimestamp } from '../../../sms/timestamp.ts'
import type { Submit } from '../../../sms/tpdu.ts'
import { fieldsIn, isoOf } from './fields.ts'
import type { MessageFormat, Submission } from './format.ts'

const words = ['REC UNREAD', 'REC READ', 'STO UNSENT', 'STO SENT']

/**
 * Text mode (TS 27.005 clause 3), for modems that know no other: in UCS2 hex, so that no text can be taken for an
 * answer. Long texts need the header of PDU mode and can't be sent.
 */
export const textFormat: MessageFormat = {
  name: 'text',
  mode: 'AT+CMGF=1',
  setUp: ['AT+CSCS="UCS2"', 'AT+CSDH=1'],
  list: 'AT+CMGL="ALL"',
  read: (index) => `AT+CMGR=${index}`,
  listed: (lines) =>
    lines.flatMap((line) => {
      const [index, stat] = fieldsIn(line, '+CMGL:') ?? []
      return index === undefined ? [] : [{ index: Number(index), stat: statusOf(stat) }]
    }),
  message: (lines) => {
    const at = lines.findIndex((line) => line.startsWith('+CMGR:'))
    if (at < 0 || lines.slice(at + 1).some((line) => line.startsWith('+CMGR:'))) return null
    const [stat, ...fields] = fieldsIn(lines[at] as string, '+CMGR:') as string[]
    // An empty slot in the words of some makes: +CMGR: 0,,0
    if (fields.length < 3) return null
    const body = lines.slice(at + 1).join('')
    return { stat: statusOf(stat), pdu: reportOf(fields) ?? deliverOf(fields, body) }
  },
  report: (line) => {
    const fields = fieldsIn(line, '+CDS:')
    return fields && reportOf(fields)
  },
  submission,
}

function submission({ pdu }: { readonly pdu: string }): Submission {
  const submit = decodePdu(pdu) as Submit
  if (submit.udhi || submit.text === undefined)
    throw new Fault('encoding_error', 'this modem knows no PDU mode: it can send texts of one part only')
  const firstOctet = submit.statusReportRequest ? 49 : 17
  const period = submit.vp?.format === 'relative' ? submit.vp.value : 167
  return {
    before: [`AT+CSMP=${firstOctet},${period},${submit.pid},${submit.dcs}`],
    command: `AT+CMGS="${ucs2(written(submit.address))}"`,
    prefix: '+CMGS:',
    reference: /^\+CMGS: *(\d+)/,
    okAccepts: true,
    body: ucs2(submit.text),
  }
}

/** `<fo>,<mr>,<ra>,<tora>,<scts>,<dt>,<st>`; null for anything else. */
function reportOf(fields: readonly string[]): string | null {
  const [firstOctet = '', reference = '', recipient = '', , scts = '', dischargeTime = '', status = ''] = fields
  if (!/^\d+$/.test(firstOctet) || !/^\d+$/.test(reference) || !/^\d+$/.test(status)) return null
  return encodePdu({
    type: 'statusReport',
    mr: Number(reference) & 0xff,
    address: addressIn(recipient),
    scts: isoOf(scts),
    dischargeTime: isoOf(dischargeTime),
    status: Number(status),
  }).pdu
}

/** `<oa>,[<alpha>],<scts>[,<tooa>,<fo>,<pid>,<dcs>,<sca>,<tosca>,<length>]` and the data. */
function deliverOf(fields: readonly string[], body: string): string | null {
  const [originator = '', , scts = '', , firstOctet = '0', pid = '0', dcs = '0', , , length] = fields
  const address = addressIn(originator)
  const hasHeader = (Number(firstOctet) & 0x40) !== 0
  const coding = codingOf(Number(dcs))
  const isHex = /^(?:[0-9A-F]{2})*$/i.test(body)
  try {
    if (hasHeader && isHex && length !== undefined) {
      const head = [Number(firstOctet) & 0x7f, ...addressOctets(address), Number(pid), Number(dcs)]
      const time = octetsOfTimestamp(isoOf(scts))
      return `00${hexOf([...head, ...time, Number(length)])}${body.toUpperCase()}`
    }
    const draft = { type: 'deliver', address, scts: isoOf(scts), pid: Number(pid) } as const
    if (coding.alphabet === 'data' && isHex) return encodePdu({ ...draft, dcs: Number(dcs), data: body }).pdu
    const text = fromUcs2(body)
    return encodePdu({ ...draft, text, dcs: isGsm7(text) && coding.alphabet !== 'ucs2' ? Number(dcs) : 8 }).pdu
  } catch {
    return null
  }
}

function statusOf(word: string | undefined): number | null {
  const status = words.indexOf((word ?? '').toUpperCase())
  return status < 0 ? null : status
}

function written({ ton, number }: Address): string {
  return ton === 'international' ? `+${number}` : number
}

/** A number as it stands, or in UCS2 hex: makes differ. */
function addressIn(field: string): Address {
  const said = /^(?:00[0-9A-F]{2})+$/i.test(field) ? fromUcs2(field) : field
  if (/^\+\d+$/.test(said)) return { number: said.slice(1), ton: 'international', npi: 1 }
  if (/^[\d*#]+$/.test(said)) return { number: said, ton: 'unknown', npi: 1 }
  return { number: said, ton: 'alphanumeric', npi: 0 }
}

function ucs2(text: string): string {
  return hexOf(
    Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)).flatMap((unit) => [unit >> 8, unit & 0xff]),
  )
}

/** Text in UCS2 hex; what is no such hex is taken as it stands. */
function fromUcs2(hex: string): string {
  if (!/^(?:[0-9A-F]{4})*$/i.test(hex)) return hex
  return (hex.match(/.{4}/g) ?? []).map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join('')
}
