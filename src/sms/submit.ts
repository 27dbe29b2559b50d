import type { Address } from '../message/address.ts'
import { Fault } from '../message/fault.ts'
import type { Concat, SegmentContent } from '../message/segment.ts'
import { codingOf, dcsOf } from './dcs.ts'
import { decodePdu } from './decode-pdu.ts'
import { destinationOf, recipientOf } from './destination.ts'
import type { EncodedPdu } from './encode-pdu.ts'
import { elementsOf } from './header.ts'
import { frameSubmit } from './node-pdu.ts'
import type { Submit } from './tpdu.ts'
import { userDataOf } from './userdata.ts'
import { relativeValidity } from './validity.ts'

/** One segment to one number. */
export type SubmitRequest = SubmitFrame & SegmentContent

interface SubmitFrame {
  /** An address, or a number: with a plus it is international. */
  readonly to: Address | string
  /** Which part of which message this is; `null` for a message of one segment. */
  readonly concat: Concat | null
  /** TP-MR, 0 to 255; most modems replace it by their own. */
  readonly messageReference: number
  /** How long the network may try, rounded up to a value of TP-VP; `null` leaves it to the service centre. */
  readonly validitySeconds: number | null
  /** Requests a delivery report. */
  readonly statusReport: boolean
  /** 0 shows the text at once and keeps nothing (flash). */
  readonly messageClass?: 0 | 1 | 2 | 3 | null
  readonly rejectDuplicates?: boolean
  readonly smsc?: Address | null
  /** An empty text is refused without this. */
  readonly allowEmpty?: boolean
}

/**
 * The SMS-SUBMIT of one segment (TS 23.040 clause 9.2.2.2). The PDU from node-pdu is decoded again and compared: one
 * with another recipient or another text is `internal` and never sent.
 *
 * Fails with `encoding_error` (number, characters, empty text), `text_too_long` and `internal`.
 */
export function encodeSubmit(request: SubmitRequest): EncodedPdu {
  const { alphabet, concat, statusReport, rejectDuplicates = false } = request
  const content = request.alphabet === 'data' ? { data: request.data } : { text: request.text }
  if (content.text === '' && !request.allowEmpty) throw new Fault('encoding_error', 'the text is empty')
  const address = recipientOf(request.to)
  const smsc = request.smsc ? destinationOf(request.smsc) : null
  const dcs = dcsOf({ alphabet, cls: request.messageClass ?? null })
  const vp = request.validitySeconds === null ? null : relativeValidity(request.validitySeconds)
  const udh = concat ? elementsOf({ concat }) : []
  const { udl, body } = userDataOf({ ...content, ...(concat && { concat }) }, codingOf(dcs))
  const pdu = frameSubmit({
    smsc,
    to: address,
    statusReportRequest: statusReport,
    rejectDuplicates,
    messageReference: request.messageReference,
    dcs,
    validity: vp?.value ?? null,
    udl,
    udh,
    body,
  })
  return verified(pdu, {
    type: 'submit',
    smsc,
    udhi: udh.length > 0,
    rejectDuplicates,
    replyPath: false,
    statusReportRequest: statusReport,
    mr: request.messageReference,
    address,
    pid: 0,
    dcs,
    vp,
    ...(concat && { udh, concat: { ref: concat.ref, total: concat.total, seq: concat.seq, bits: concat.bits } }),
    ...content,
    trailingOctets: undefined,
  })
}

/** Fields expected in the decoded PDU, `undefined` for one that must be absent. */
type Intended = { readonly [Name in keyof Submit]?: Submit[Name] | undefined }

function verified(pdu: string, intended: Intended): EncodedPdu {
  const decoded: Intended & Pick<Submit, 'tpduLength'> = decodedSubmit(pdu)
  for (const name of Object.keys(intended) as (keyof Submit)[]) {
    if (!isSame(decoded[name], intended[name])) {
      throw new Fault('internal', `the framed PDU differs in ${name}`, { field: name })
    }
  }
  return { pdu, tpduLength: decoded.tpduLength }
}

/** Both are plain data with their fields in the same order. */
function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

function decodedSubmit(pdu: string): Submit {
  try {
    return decodePdu(pdu) as Submit
  } catch (error) {
    throw new Fault('internal', 'the framed PDU is malformed', {}, error)
  }
}
