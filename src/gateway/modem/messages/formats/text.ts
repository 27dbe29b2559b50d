import type { Address } from '../../../../message/address.ts'
import { Fault } from '../../../../message/fault.ts'
import { decodePdu } from '../../../../sms/decode.ts'
import { hexOf } from '../../../../sms/octets.ts'
import type { Submit } from '../../../../sms/tpdu.ts'
import { listedMessages, shownDirect, shownMessage } from '../../line/shown.ts'
import type { MessageFormat, Submission } from './format.ts'

/** How texts are written on the line. */
interface Alphabet {
  readonly name: 'text' | 'plain'
  readonly charset: 'ucs2' | 'plain'
  readonly needs: readonly string[]
  readonly setUp: readonly string[]
  /** Fails with `encoding_error` where it has no letters for it. */
  write(text: string): string
}

/** Any text, as hex, so that none can be taken for an answer. */
const ucs2: Alphabet = {
  name: 'text',
  charset: 'ucs2',
  needs: ['AT+CSCS="UCS2"', 'AT+CSCS=UCS2'],
  setUp: ['AT+CSDH=1'],
  write: (text) =>
    hexOf(Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)).flatMap((unit) => [unit >> 8, unit & 255])),
}

/** What is the same in ASCII and in the alphabet of GSM, for modems that know no UCS2: nobody knows which one it is. */
const plain: Alphabet = {
  name: 'plain',
  charset: 'plain',
  needs: [],
  setUp: ['AT+CSCS="GSM"', 'AT+CSDH=1'],
  write(text) {
    if (/^[\n A-Za-z0-9!"#%&'()*+,\-./:;<=>?]*$/.test(text)) return text
    throw new Fault(
      'encoding_error',
      'this modem knows neither PDU mode nor UCS2: letters of A to Z, digits and !"#%&\'()*+,-./:;<=>? only',
    )
  },
}

/** Text mode (TS 27.005 clause 3), for modems that know no other. Long texts need the header of PDU mode and can't be sent. */
export const textFormat = textModeIn(ucs2)
export const plainTextFormat = textModeIn(plain)

function textModeIn(alphabet: Alphabet): MessageFormat {
  const { name, charset, needs, setUp } = alphabet
  return {
    name,
    mode: 'AT+CMGF=1',
    needs,
    setUp,
    list: 'AT+CMGL="ALL"',
    read: (index) => `AT+CMGR=${index}`,
    listed: listedMessages,
    message: (lines) => shownMessage(lines, charset),
    direct: (line, body) => shownDirect(line, body, charset),
    submission: (order) => submission(order, alphabet),
  }
}

function submission({ pdu }: { readonly pdu: string }, alphabet: Alphabet): Submission {
  const submit = decodePdu(pdu) as Submit
  if (submit.udhi || submit.text === undefined)
    throw new Fault('encoding_error', 'this modem knows no PDU mode: it can send texts of one part only')
  const firstOctet = submit.statusReportRequest ? 49 : 17
  const period = submit.vp?.format === 'relative' ? submit.vp.value : 167
  return {
    before: [`AT+CSMP=${firstOctet},${period},${submit.pid},${submit.dcs}`],
    command: `AT+CMGS="${alphabet.write(written(submit.address))}"`,
    prefix: '+CMGS:',
    reference: /^\+CMGS: *(\d+)/,
    okAccepts: true,
    body: alphabet.write(submit.text),
  }
}

function written({ ton, number }: Address): string {
  return ton === 'international' ? `+${number}` : number
}
