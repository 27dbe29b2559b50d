/** Part `seq` (from 1) of `total` of the message `ref`; `bits` is the width of the reference. */
export interface Concat {
  readonly ref: number
  readonly total: number
  readonly seq: number
  readonly bits: 8 | 16
}

/** Content of a segment: a text in one of the alphabets of TS 23.038, or octets for a program. */
export type SegmentContent =
  | { readonly alphabet: 'gsm7' | 'ucs2'; readonly text: string }
  /** Hex. */
  | { readonly alphabet: 'data'; readonly data: string }

/**
 * An outbound segment, in a form common to all kinds of gateways: a modem makes an SMS-SUBMIT of it, an SMPP bind a
 * `submit_sm`, a carrier the body of a request.
 */
export interface Segment {
  /** The hub's own name of it, in every attempt: a carrier that takes one is given it, and repeats it in its report. */
  readonly id: string
  /** As it is dialled: with a plus it is international. */
  readonly to: string
  readonly content: SegmentContent
  /** Which part of which message this is; null for a message of one segment. */
  readonly concat: Concat | null
  /** How long the network may try to deliver it. */
  readonly validitySeconds: number
  /** Requests a delivery report. */
  readonly report: boolean
  /** TS 23.038 clause 4: 0 shows the text at once and keeps nothing (flash); null leaves it to the recipient. */
  readonly messageClass: 0 | 1 | 2 | 3 | null
}

/** A segment of a command: part `part` (from 1) of its text `step` (from 0). */
export interface SegmentPlace {
  readonly commandId: string
  readonly step: number
  readonly part: number
}

/** At most 40 characters: no carrier that takes a name is known to take fewer, except for BulkSMS (20). */
export function segmentIdOf({ commandId, step, part }: SegmentPlace): string {
  return `${commandId}.${step}.${part}`
}

/** Null for what is no such name. */
export function segmentPlaceOf(id: string): SegmentPlace | null {
  const [, commandId, step, part] = /^(\w{1,40})\.(\d{1,3})\.(\d{1,3})$/.exec(id) ?? []
  return commandId === undefined ? null : { commandId, step: Number(step), part: Number(part) }
}

/** Whether more segments of the same message follow at once. */
export function hasMore({ concat }: Segment): boolean {
  return concat !== null && concat.seq < concat.total
}
