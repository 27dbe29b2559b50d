import type { Urc } from './urcs.ts'

/** How many other lines may come between a first line and its PDU, and within how many ms (facts: modems, T13). */
const mostBetween = 6
const patience = 5_000

/** The first line of `+CMT`, `+CDS` or `+CBM` that waits for its PDU. */
export interface FirstLine {
  readonly urc: Urc
  readonly line: string
  /** Octets that it announces; null for a text, which is whatever the next line is. */
  readonly length: number | null
  readonly until: number
  left: number
}

/** Null when the line announces no PDU: then the modem is in text mode. */
export function firstLine(urc: Urc, line: string, now: number, inTextMode: boolean): FirstLine | null {
  const length = inTextMode ? null : announcedLength(line)
  return length === null && !inTextMode ? null : { urc, line, length, until: now + patience, left: mostBetween }
}

/**
 * What a line is to the first one: its PDU, something else that came between, or a sign that the PDU is lost. While a
 * command runs whose answers hold PDUs themselves, only the exact length will do.
 */
export function secondLine(first: FirstLine, line: string, now: number, exact: boolean): 'pdu' | 'other' | 'lost' {
  if (now > first.until) return 'lost'
  if (first.length === null) return 'pdu'
  // A page of cell broadcast has no service centre in front (TS 23.041 clause 9.4.1).
  const length = first.urc.kind === 'broadcast' ? octetsOf(line) : tpduLengthOf(line)
  if (length !== null && (exact ? length === first.length : length >= first.length)) return 'pdu'
  first.left--
  return first.left > 0 ? 'other' : 'lost'
}

/** TPDU octets that `+CMT: [alpha],<length>`, `+CDS: <length>` or ZTE's `+CDS: ,<length>` announce. */
function announcedLength(line: string): number | null {
  const length = /^\+[A-Z]+: *(?:(?:"[^"]*"|[^",]*),)? *(\d{1,3})$/.exec(line)?.[1]
  return length === undefined ? null : Number(length)
}

/** Octets behind the SMSC field of a hex PDU; null for anything else. */
function tpduLengthOf(line: string): number | null {
  const octets = octetsOf(line)
  const length = octets === null ? 0 : octets - 1 - Number.parseInt(line.slice(0, 2), 16)
  return length > 0 ? length : null
}

function octetsOf(line: string): number | null {
  return /^(?:[0-9A-Fa-f]{2})+$/.test(line) ? line.length / 2 : null
}
