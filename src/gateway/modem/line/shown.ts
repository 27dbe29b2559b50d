import { fieldsIn, numberIn } from './fields.ts'
import { type Reading, readPdu } from './pdu-line.ts'
import { type Charset, deliverOf, reportOf, statusOf } from './text-shape.ts'

/** A message as an answer or an unsolicited line shows it. */
export interface Shown extends Reading {
  /** TS 27.005 clause 3.1 <stat>: 0 unread, 1 read, 2 unsent, 3 sent; null where it is left out. */
  readonly stat: number | null
  /** The lines as they came. */
  readonly raw: string
}

export interface Listed {
  readonly index: number
  readonly stat: number | null
  /** Null where the message must be read by itself. */
  readonly shown: Shown | null
}

/**
 * Whether the fields after the index are those of text mode (TS 27.005 clause 3.4) and not `<stat>,[<alpha>],<length>`
 * (clause 4). Some vendors' modems accept `AT+CMGF=0` and send text nevertheless.
 */
export function isTextShape([stat = '', second = '', third, ...rest]: readonly string[]): boolean {
  if (rest.length > 0) return true
  if (third === undefined && numberIn(second) !== null) return false
  if (stat !== '' && numberIn(stat) === null) return true
  // A text has an originator; an empty field is the <alpha> of a PDU, whatever its <length> is.
  if (second === '') return false
  return third !== undefined && numberIn(third) === null && (third !== '' || /^\+?\d{5,}$/.test(second))
}

/** Whether words of a message follow as they are: in text mode a line of them may be `OK` or `ERROR`. */
export function mayQuote(lines: readonly string[]): boolean {
  return lines.some((line) => {
    const fields = fieldsIn(line, '+CMGR:') ?? fieldsIn(line, '+CMGL:')?.slice(1)
    return fields !== undefined && isTextShape(fields)
  })
}

/**
 * The message in the answer to `AT+CMGR`; null for an empty slot, in the words of any vendor, and where two messages
 * come: one of them is another slot's.
 */
export function shownMessage(lines: readonly string[], charset: Charset): Shown | null {
  const at = lines.findIndex((line) => line.startsWith('+CMGR:'))
  const raw = lines.join('\n')
  if (at < 0) {
    const isHeadless = lines.some((line) => /^[0-9A-Fa-f]{20,}$/.test(line))
    return isHeadless ? { stat: null, pdu: null, doubt: 'the line in front of it is missing', raw } : null
  }
  const body = lines.slice(at + 1)
  if (body.some((line) => line.startsWith('+CMGR:'))) return null
  const fields = fieldsIn(lines[at] as string, '+CMGR:') as string[]
  if (!isTextShape(fields)) {
    // An empty slot in the words of some vendors: +CMGR: 0,,0
    if (body.length === 0 && !(lengthIn(fields) ?? 0)) return null
    return { stat: fields.length > 1 ? statusOf(fields[0]) : null, ...readHex(body, fields), raw }
  }
  const [stat, ...rest] = fields
  if (rest.length === 0) return null
  const report = reportOf(rest, charset)
  const reading = report === null ? deliverOf(rest, body, charset) : { pdu: report, doubt: null }
  return { stat: statusOf(stat), ...reading, raw }
}

/**
 * What `AT+CMGL` lists: `+CMGL: <index>,<stat>,[<alpha>],<length>` and a PDU each; in text mode the text of a message
 * could look like the next one's first line, so each is read by itself. So is what follows an index that is not above
 * the one before: a digit of it may be lost, and another slot would be deleted.
 */
export function listedMessages(lines: readonly string[]): Listed[] {
  const found: Listed[] = []
  let last = -1
  for (let i = 0; i < lines.length; i++) {
    const [first, ...fields] = fieldsIn(lines[i] as string, '+CMGL:') ?? []
    const index = numberIn(first)
    if (index === null) continue
    const end = lines.findIndex((line, at) => at > i && line.startsWith('+CMGL:'))
    const body = lines.slice(i + 1, end < 0 ? lines.length : end)
    // Qualcomm's leave <stat> out: two fields and not three.
    const stat = fields.length > 2 ? statusOf(fields[0]) : null
    const shows = index > last && !isTextShape(fields) && body.length > 0
    const raw = [lines[i], ...body].join('\n')
    found.push({ index, stat, shown: shows ? { stat, ...readHex(body, fields), raw } : null })
    last = Math.max(last, index)
  }
  return found
}

/** Direct delivery, by `+CMT` or `+CDS` and the lines after it. */
export function shownDirect(line: string, body: readonly string[], charset: Charset): Shown {
  const raw = [line, ...body].join('\n')
  const fields = fieldsIn(line, '+CDS:') ?? fieldsIn(line, '+CMT:') ?? []
  if (directShape(line) === 'pdu') return { stat: null, ...readHex(body, fields), raw }
  const report = line.startsWith('+CDS:') ? reportOf(fields, charset) : null
  const reading = report === null ? deliverOf(fields, body, charset) : { pdu: report, doubt: null }
  return { stat: null, ...reading, raw }
}

/**
 * What follows the name of a line that announces a message: `[<alpha>],<length>` or `<length>` for a PDU, ZTE's
 * `,<length>` too, and everything longer in text mode, where a report is one line (TS 27.005 clause 3.4.1).
 */
export function directShape(line: string): 'pdu' | 'text' | 'report' {
  const fields = fieldsIn(line, line.slice(0, line.indexOf(':') + 1)) ?? []
  const isPdu = fields.length < 3 && (fields.at(-1) === '' || numberIn(fields.at(-1)) !== null)
  if (isPdu) return 'pdu'
  return line.startsWith('+CDS:') ? 'report' : 'text'
}

/** `<length>` of a line that announces a PDU, or the number of characters in text mode with AT+CSDH=1; null without. */
export function announcedLength(line: string): number | null {
  const fields = fieldsIn(line, line.slice(0, line.indexOf(':') + 1)) ?? []
  if (directShape(line) !== 'pdu' && fields.length < 10) return null
  return numberIn(fields.at(-1))
}

/** Some vendors break the digits into lines; anything else between them is not part of the message. */
function readHex(body: readonly string[], fields: readonly string[]): Reading {
  const digits = body.filter((line) => /^[0-9A-Fa-f]+$/.test(line)).join('')
  if (digits.length > 0) return readPdu(digits, lengthIn(fields))
  return { pdu: null, doubt: body.length === 0 ? 'nothing follows its first line' : 'it is not hex' }
}

function lengthIn(fields: readonly string[]): number | null {
  return numberIn(fields.at(-1))
}
