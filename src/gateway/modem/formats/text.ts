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

/** How texts stand on the line. */
interface Charset {
  readonly name: MessageFormat['name']
  readonly needs: readonly string[]
  readonly setUp: readonly string[]
  /** Fails with `encoding_error` where it has no letters for it. */
  write(text: string): string
  read(said: string): string
  /** Between the lines of a text that the modem shows. */
  readonly lineEnd: string
}

/** Any text, as hex, so that none can be taken for an answer. */
const ucs2: Charset = {
  name: 'text',
  needs: ['AT+CSCS="UCS2"', 'AT+CSCS=UCS2'],
  setUp: ['AT+CSDH=1'],
  write: (text) =>
    hexOf(Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)).flatMap((unit) => [unit >> 8, unit & 255])),
  read: fromUcs2,
  lineEnd: '',
}

/** What is the same in ASCII and in the alphabet of GSM, for modems that know no UCS2: nobody knows which one it is. */
const plain: Charset = {
  name: 'plain',
  needs: [],
  setUp: ['AT+CSCS="GSM"', 'AT+CSDH=1'],
  write(text) {
    if (/^[\n A-Za-z0-9!"#%&'()*+,\-./:;<=>?]*$/.test(text)) return text
    throw new Fault(
      'encoding_error',
      'this modem knows neither PDU mode nor UCS2: letters of A to Z, digits and !"#%&\'()*+,-./:;<=>? only',
    )
  },
  read: (said) => said,
  lineEnd: '\n',
}

/** Text mode (TS 27.005 clause 3), for modems that know no other. Long texts need the header of PDU mode and can't be sent. */
export const textFormat = textModeIn(ucs2)
export const plainTextFormat = textModeIn(plain)

function textModeIn(charset: Charset): MessageFormat {
  return {
    name: charset.name,
    mode: 'AT+CMGF=1',
    needs: charset.needs,
    setUp: charset.setUp,
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
      const body = lines.slice(at + 1).join(charset.lineEnd)
      return { stat: statusOf(stat), pdu: reportOf(fields, charset) ?? deliverOf(fields, body, charset) }
    },
    direct: (line, body) => {
      const report = fieldsIn(line, '+CDS:')
      if (report !== null) return reportOf(report, charset)
      const fields = fieldsIn(line, '+CMT:')
      return fields && body !== null ? deliverOf(fields, body, charset) : null
    },
    submission: (order) => submission(order, charset),
  }
}

function submission({ pdu }: { readonly pdu: string }, charset: Charset): Submission {
  const submit = decodePdu(pdu) as Submit
  if (submit.udhi || submit.text === undefined)
    throw new Fault('encoding_error', 'this modem knows no PDU mode: it can send texts of one part only')
  const firstOctet = submit.statusReportRequest ? 49 : 17
  const period = submit.vp?.format === 'relative' ? submit.vp.value : 167
  return {
    before: [`AT+CSMP=${firstOctet},${period},${submit.pid},${submit.dcs}`],
    command: `AT+CMGS="${charset.write(written(submit.address))}"`,
    prefix: '+CMGS:',
    reference: /^\+CMGS: *(\d+)/,
    okAccepts: true,
    body: charset.write(submit.text),
  }
}

/** `<fo>,<mr>,<ra>,<tora>,<scts>,<dt>,<st>`; null for anything else. */
function reportOf(fields: readonly string[], charset: Charset): string | null {
  const [firstOctet = '', reference = '', recipient = '', , scts = '', dischargeTime = '', status = ''] = fields
  if (!/^\d+$/.test(firstOctet) || !/^\d+$/.test(reference) || !/^\d+$/.test(status)) return null
  return encodePdu({
    type: 'statusReport',
    mr: Number(reference) & 0xff,
    address: addressIn(recipient, charset),
    scts: isoOf(scts),
    dischargeTime: isoOf(dischargeTime),
    status: Number(status),
  }).pdu
}

/** `<oa>,[<alpha>],<scts>[,<tooa>,<fo>,<pid>,<dcs>,<sca>,<tosca>,<length>]` and the data. */
function deliverOf(fields: readonly string[], body: string, charset: Charset): string | null {
  const [originator = '', , scts = '', , firstOctet = '0', pid = '0', dcs = '0', , , length] = fields
  const address = addressIn(originator, charset)
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
    const text = charset.read(body)
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
function addressIn(field: string, charset: Charset): Address {
  const said = /^(?:00[0-9A-F]{2})+$/i.test(field) ? charset.read(field) : field
  if (/^\+\d+$/.test(said)) return { number: said.slice(1), ton: 'international', npi: 1 }
  if (/^[\d*#]+$/.test(said)) return { number: said, ton: 'unknown', npi: 1 }
  return { number: said, ton: 'alphanumeric', npi: 0 }
}

/** Text in UCS2 hex; what is no such hex is taken as it stands. */
function fromUcs2(hex: string): string {
  if (!/^(?:[0-9A-F]{4})*$/i.test(hex)) return hex
  return (hex.match(/.{4}/g) ?? []).map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join('')
}
