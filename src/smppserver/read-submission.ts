import { maxTtlSeconds } from '../message/meta.ts'
import type { Concat } from '../message/segment.ts'
import { numberIn as written } from '../smpp/address-types.ts'
import type { DefaultAlphabet } from '../smpp/message-alphabet.ts'
import { readBody } from '../smpp/message-body.ts'
import type { Pdu } from '../smpp/smpp-pdu.ts'
import { timeIn } from '../smpp/smpp-time.ts'
import { numberIn, tags } from '../smpp/tlvs.ts'
import { codingOf } from '../sms/dcs.ts'
import { Refusal, statuses } from './command-status.ts'

/** An address in a PDU. */
export interface PduAddress {
  readonly ton: number
  readonly npi: number
  readonly address: string
}

/** What a submit_sm or data_sm asks for. */
export interface SubmissionRead {
  readonly source: PduAddress
  readonly destination: PduAddress
  /** The number, or as it was given where it has no type. */
  readonly to: string
  readonly text: string
  /** Of a long text; null for a whole one. */
  readonly part: Concat | null
  readonly flash: boolean
  readonly priority: 'normal' | 'high'
  /** ms since 1970; null is at once. */
  readonly sendAt: number | null
  /** Seconds from `sendAt`; null where the hub decides. */
  readonly ttl: number | null
  /** `registered_delivery`, bits 0 and 1 (clause 5.2.17): 0 none, 1 any end, 2 failures, 3 successes. */
  readonly wants: number
}

/** Bits 5 to 2 of `esm_class` (clause 5.2.12): what a client sends that is no text. */
const kindMask = 0x3c
const maxAheadMs = 366 * 86_400_000
const maxTextLength = 10_000
/** The first group of TS 23.038 in `data_coding`: below it, values are those of SMPP. */
const firstDcs = 0x10
/** Priorities 2 and 3 of GSM and others (clause 5.2.14). */
const urgent = 2

/** Reads a submission, or throws the `Refusal` with which it is answered. */
export function readSubmission(
  pdu: Pdu<'submit_sm' | 'data_sm'>,
  alphabet: DefaultAlphabet,
  now: number,
): SubmissionRead {
  const { body } = pdu
  const source = { ton: body.source_addr_ton, npi: body.source_addr_npi, address: body.source_addr }
  const destination = { ton: body.dest_addr_ton, npi: body.dest_addr_npi, address: body.destination_addr }
  const to = written(destination)
  if (!/^\+?[\d*#]{1,20}$/.test(to)) throw new Refusal(statuses.invalidDestination, 'destination_addr is no number')
  if ((body.esm_class & kindMask) !== 0)
    throw new Refusal(statuses.invalidEsmClass, `esm_class ${body.esm_class}: it is no text`)
  return {
    source,
    destination,
    to,
    ...textIn(pdu, alphabet),
    priority: 'priority_flag' in body && body.priority_flag >= urgent ? 'high' : 'normal',
    ...timesIn(pdu, now),
    wants: body.registered_delivery & 3,
  }
}

function textIn(
  pdu: Pdu<'submit_sm' | 'data_sm'>,
  alphabet: DefaultAlphabet,
): Pick<SubmissionRead, 'text' | 'part' | 'flash'> {
  const { body, tlvs } = pdu
  if ('short_message' in body) {
    if (body.short_message.length > 0 && tlvs.has(tags.message_payload))
      throw new Refusal(statuses.invalidMessageLength, 'it has short_message and message_payload')
    if (body.replace_if_present_flag !== 0)
      throw new Refusal(statuses.invalidReplaceFlag, 'replace_if_present_flag is not supported')
    if (body.sm_default_msg_id !== 0) throw new Refusal(statuses.invalidDefaultMessage, 'there are no default messages')
  }
  const { text, concat, port, damaged } = readBody(pdu, alphabet)
  if (damaged) throw new Refusal(statuses.invalidEsmClass, 'its user data header can not be read')
  if (text === undefined)
    throw new Refusal(statuses.submitFailed, `data_coding ${body.data_coding}: octets that are no text are not sent`)
  if (port !== null) throw new Refusal(statuses.submitFailed, `texts to application ports (${port}) are not sent`)
  if (text === '' || (concat === null && text.trim() === '') || text.length > maxTextLength)
    throw new Refusal(statuses.invalidMessageLength, `a text has 1 to ${maxTextLength} characters`)
  const isFlash = body.data_coding >= firstDcs && codingOf(body.data_coding).cls === 0
  return { text, part: concat !== null && concat.total > 1 ? concat : null, flash: isFlash }
}

function timesIn({ body, tlvs }: Pdu<'submit_sm' | 'data_sm'>, now: number): Pick<SubmissionRead, 'sendAt' | 'ttl'> {
  if (!('validity_period' in body)) {
    const seconds = numberIn(tlvs, 'qos_time_to_live')
    return { sendAt: null, ttl: seconds === null || seconds === 0 ? null : Math.min(seconds, maxTtlSeconds) }
  }
  const { schedule_delivery_time: schedule, validity_period: validity } = body
  const at = schedule === '' ? now : timeIn(schedule, now)
  if (at === null || at > now + maxAheadMs)
    throw new Refusal(statuses.invalidSchedule, `schedule_delivery_time "${schedule.slice(0, 20)}"`)
  const sendAt = at > now ? at : null
  const end = validity === '' ? null : timeIn(validity, now)
  if (validity !== '' && (end === null || end <= (sendAt ?? now)))
    throw new Refusal(statuses.invalidExpiry, `validity_period "${validity.slice(0, 20)}"`)
  const ttl = end === null ? null : Math.min(Math.ceil((end - (sendAt ?? now)) / 1000), maxTtlSeconds)
  return { sendAt, ttl }
}
