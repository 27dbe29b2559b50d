import { Fault } from '../../../../message/fault.ts'
import type { Segment } from '../../../../message/segment.ts'
import { recipientOf } from '../../../../sms/destination.ts'
import { encodePdu } from '../../../../sms/encode-pdu.ts'
import { isGsm7 } from '../../../../sms/gsm7.ts'
import { fieldsIn, numberIn } from '../../line/fields.ts'
import type { MessageFormat, Submission } from './format.ts'

/** <format> of ^HCMGR for UCS2; others are taken for ASCII. */
const unicode = '6'
const maxCharacters = 160

/**
 * Huawei's commands for CDMA (known from few reports). One part of ASCII, no reports:
 * `^HCMGR: <number>,<year>,<month>,<day>,<hour>,<minute>,<second>,<language>,<format>,<length>,…` and the text.
 */
export const cdmaFormat: MessageFormat = {
  name: 'cdma',
  mode: 'AT+CMGF=1',
  needs: [],
  setUp: [],
  list: 'AT^HCMGL=4',
  read: (index) => `AT^HCMGR=${index}`,
  listed: (lines) =>
    lines.flatMap((line) => {
      const index = numberIn(fieldsIn(line, '^HCMGL:')?.[0])
      return index === null ? [] : [{ index, stat: null, shown: null }]
    }),
  message: (lines) => {
    const at = lines.findIndex((line) => line.startsWith('^HCMGR:'))
    if (at < 0 || lines.slice(at + 1).some((line) => line.startsWith('^HCMGR:'))) return null
    const fields = fieldsIn(lines[at] as string, '^HCMGR:') as string[]
    if (fields.length < 10) return null
    const pdu = deliverOf(fields, lines.slice(at + 1).join('\n'))
    return { stat: null, pdu, doubt: pdu === null ? 'it can not be read' : null, raw: lines.slice(at).join('\n') }
  },
  direct: (line, body) => ({ stat: null, pdu: null, doubt: 'this form is unknown', raw: [line, ...body].join('\n') }),
  submission,
}

function submission({ to, content, concat }: Segment): Submission {
  const text = content.alphabet === 'data' ? null : content.text
  if (concat !== null || text === null || text.length > maxCharacters || !/^[\n\r -~]*$/.test(text))
    throw new Fault('encoding_error', `this CDMA modem sends up to ${maxCharacters} ASCII characters only`)
  return {
    before: [],
    command: `AT^HCMGS="${recipientOf(to).number}"`,
    prefix: '^HCMGSS:',
    reference: /^\^HCMGSS: *(\d+)/,
    okAccepts: false,
    body: text,
  }
}

function deliverOf(fields: readonly string[], body: string): string | null {
  const [number = '', year, month, day, hour, minute, second, , format] = fields
  const two = (value = '') => value.padStart(2, '0')
  const scts = `${(year ?? '').padStart(4, '20')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}+00:00`
  const text =
    format === unicode && /^(?:[0-9A-F]{4})+$/i.test(body)
      ? (body.match(/.{4}/g) ?? []).map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join('')
      : body
  const address = number.startsWith('+')
    ? ({ number: number.slice(1), ton: 'international', npi: 1 } as const)
    : ({ number, ton: 'unknown', npi: 1 } as const)
  try {
    return encodePdu({ type: 'deliver', address, scts, text, dcs: isGsm7(text) ? 0 : 8 }).pdu
  } catch {
    return null
  }
}
