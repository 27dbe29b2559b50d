import type { Address } from '../../../../message/address.ts'
import { Fault } from '../../../../message/fault.ts'
import type { Segment } from '../../../../message/segment.ts'
import { dcsOf } from '../../../../sms/dcs.ts'
import { recipientOf } from '../../../../sms/destination.ts'
import { hexOf } from '../../../../sms/octets.ts'
import { relativeValidity } from '../../../../sms/validity.ts'
import { listedMessages, shownDirect, shownMessage } from '../../line/shown.ts'
import type { MessageFormat, Submission } from './format.ts'

/** How texts are written on the line. */
interface Alphabet {
  readonly name: 'text' | 'plain'
  readonly charset: 'ucs2' | 'plain'
  readonly needs: readonly string[]
  readonly setUp: readonly string[]
  /** Fails with `encoding_error` where it lacks a character. */
  write(text: string): string
}

/** Any text, as hex, so that none can be mistaken for an answer. */
const ucs2: Alphabet = {
  name: 'text',
  charset: 'ucs2',
  needs: ['AT+CSCS="UCS2"', 'AT+CSCS=UCS2'],
  setUp: ['AT+CSDH=1'],
  write: (text) =>
    hexOf(Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)).flatMap((unit) => [unit >> 8, unit & 255])),
}

/** Characters that are the same in ASCII and in the GSM alphabet, for modems without UCS2: which one they use is unknown. */
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

/** Text mode (TS 27.005 clause 3), for modems without PDU mode. Long texts need its header and can't be sent. */
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
    submission: (segment) => submission(segment, alphabet),
  }
}

function submission(segment: Segment, alphabet: Alphabet): Submission {
  const { to, content, concat, validitySeconds, report, messageClass } = segment
  if (concat !== null || content.alphabet === 'data')
    throw new Fault('encoding_error', 'this modem knows no PDU mode: it can send texts of one part only')
  const firstOctet = report ? 49 : 17
  const period = relativeValidity(validitySeconds).value
  const dcs = dcsOf({ alphabet: content.alphabet, cls: messageClass })
  return {
    before: [`AT+CSMP=${firstOctet},${period},0,${dcs}`],
    command: `AT+CMGS="${alphabet.write(written(recipientOf(to)))}"`,
    prefix: '+CMGS:',
    reference: /^\+CMGS: *(\d+)/,
    okAccepts: true,
    body: alphabet.write(content.text),
  }
}

function written({ ton, number }: Address): string {
  return ton === 'international' ? `+${number}` : number
}
