import { announced } from './pdu-line.ts'
import { announcedLength, directShape } from './shown.ts'
import type { Urc } from './urcs.ts'

/** Other lines between a first line and its message. */
const maxLinesBetween = 6
/** Lines of one text. */
const maxTextLines = 20
/** For the rest of a message; what has come by then is all. */
const messageTimeoutMs = 5_000
/** Between two lines of a text whose length the modem does not announce. */
const lineTimeoutMs = 300

/** The first line of `+CMT`, `+CDS` or `+CBM`, with what has followed it. */
export interface FirstLine {
  readonly urc: Urc
  readonly line: string
  readonly shape: 'pdu' | 'text'
  /** Octets that it announces, or characters; null where it does not. */
  readonly length: number | null
  /** What has come of the message. */
  readonly body: string[]
  left: number
}

/** Null where the line is complete: a report in text mode. */
export function firstLine(urc: Urc, line: string): FirstLine | null {
  const shape = directShape(line)
  if (shape === 'report') return null
  return { urc, line, shape, length: announcedLength(line), body: [], left: maxLinesBetween }
}

/** The use of the line while a message is awaited. */
export interface Meanwhile {
  /** A command runs. */
  readonly isBusy: boolean
  /** Its answers hold PDUs themselves. */
  readonly holdsPdus: boolean
  /** The line is the final result of a command that runs, or known to be unsolicited. */
  readonly isOther: boolean
}

/**
 * Takes a line for the message if it is one: `whole` ends it, `part` waits for more, `other` is none of it, `over` is
 * none either and too many have come. While a command runs whose answers hold PDUs only the exact length will do.
 */
export function takeLine(first: FirstLine, line: string, meanwhile: Meanwhile): 'whole' | 'part' | 'other' | 'over' {
  const { shape, length, body } = first
  if (shape === 'text') {
    if (body.length > 0 && meanwhile.isOther) return other(first)
    body.push(line)
    // Without a length it is over when nothing more comes; while a command runs that could be its answer.
    const isAll = length === null ? meanwhile.isBusy : body.join('\n').length >= length
    return isAll || body.length >= maxTextLines ? 'whole' : 'part'
  }
  if (isWhole(first, line)) {
    body.splice(0, body.length, line)
    return 'whole'
  }
  if (meanwhile.holdsPdus || meanwhile.isOther || !isPart(line, meanwhile)) return other(first)
  body.push(line)
  if (!isWhole(first, body.join(''))) return body.length < maxTextLines ? 'part' : 'whole'
  body.splice(0, body.length, body.join(''))
  return 'whole'
}

/** For the next line, in ms. */
export function timeoutFor({ shape, length, body }: FirstLine): number {
  return shape === 'text' && length === null && body.length > 0 ? lineTimeoutMs : messageTimeoutMs
}

function other(first: FirstLine): 'other' | 'over' {
  return --first.left > 0 ? 'other' : 'over'
}

/** A page of cell broadcast has no service centre in front (TS 23.041 clause 9.4.1). */
function isWhole({ urc, length }: FirstLine, hex: string): boolean {
  if (length === null) return false
  return urc.kind === 'broadcast'
    ? hex.length === 2 * length && /^[0-9A-F]+$/i.test(hex)
    : announced(hex, length) !== null
}

/** Digits that are too few or too many; a command may wait for shorter ones (an IMSI, the number of a card). */
function isPart(line: string, { isBusy }: Meanwhile): boolean {
  return !isBusy || /^[0-9A-Fa-f]{24,}/.test(line)
}
