import type { Segment } from '../../../../message/segment.ts'
import type { Listed, Shown } from '../../line/shown.ts'

/** A segment in the words of a format. */
export interface Submission {
  /** Commands in front of it, where they have changed since the last one. */
  readonly before: readonly string[]
  readonly command: string
  /** How the line with the reference begins, and its number. */
  readonly prefix: string
  readonly reference: RegExp
  /** OK alone means that the network has accepted it; else only the modem has. */
  readonly okAccepts: boolean
  /** What follows the prompt, without Ctrl-Z. */
  readonly body: string
}

/**
 * How messages are written to a modem and read from it. What is read is a PDU: a format that has none makes it.
 */
export interface MessageFormat {
  readonly name: 'pdu' | 'text' | 'plain' | 'cdma'
  /** Taken by the modem, this is the format; the rest may be refused. */
  readonly mode: string
  /** Spellings of a command, one of which must be taken, too: without it everything would be in another alphabet. */
  readonly needs: readonly string[]
  readonly setUp: readonly string[]
  readonly list: string
  read(index: number): string
  /** What a listing holds. */
  listed(lines: readonly string[]): readonly Listed[]
  /** The message in the answer to `read`; null for an empty slot. */
  message(lines: readonly string[]): Shown | null
  /** Direct delivery, by `+CMT` or `+CDS` and the lines after it. */
  direct(line: string, body: readonly string[]): Shown
  /** Fails with `encoding_error` where the format has no words for it. */
  submission(segment: Segment): Submission
}
