import type { WaitingEvent } from '../ledger/events/waiting.ts'
import type { ReceivedDocument } from '../message/received.ts'
import type { ReplyTo, SmppAddress, SmppReplyTo } from '../message/request.ts'
import type { ResultDocument } from '../message/result.ts'
import { addressTypeOf, digitsOf } from '../smpp/address-types.ts'
import { codings, inDefault, inUcs2 } from '../smpp/message-alphabet.ts'
import { bodyOf } from '../smpp/message-body.ts'
import type { Body } from '../smpp/pdu-table.ts'
import { type MessageState, messageStates, receiptText } from '../smpp/receipt-text.ts'
import { octetsOfCharacters } from '../smpp/smpp-fields.ts'
import { type Tlvs, tlvsOf } from '../smpp/tlvs.ts'
import { isGsm7 } from '../sms/gsm7.ts'
import { segmentText } from '../sms/segment-text.ts'
import { shownId } from './message-id.ts'
import { stateOf } from './message-state.ts'
import { clientOf, type SmppUser } from './smpp-user.ts'

/** A deliver_sm for a client. */
export interface Delivery {
  readonly body: Partial<Body<'deliver_sm'>>
  readonly tlvs: Tlvs
  /** The parameters repeat what is in the body: a client that knows none can do without. */
  readonly isComplete: boolean
}

/** `esm_class` of a receipt (SMPP 3.4 clause 5.2.12). */
const receiptClass = 0x04
/** Values of `registered_delivery`. */
const failuresOnly = 2
const successOnly = 3
/** `network_error_code` of GSM (clause 5.3.2.31). */
const gsmNetwork = 3
/** Longer texts are in `message_payload`. */
const maxShortOctets = 140
const maxReference = 256

/** What a client gets of an event: nothing, a receipt for each id, or the parts of a text. */
export function deliveriesOf(
  event: WaitingEvent,
  user: SmppUser,
  numberOf: (gateway: string) => string | null,
): readonly Delivery[] {
  const { kind, data, replyTo, seq, at } = event
  if (data === null) return []
  if (kind === 'received') {
    const text = JSON.parse(data) as ReceivedDocument
    return isFor(text, user) ? textOf(text, user, numberOf(text.gateway) ?? '', seq % maxReference) : []
  }
  const to = replyTo === null ? null : (JSON.parse(replyTo) as ReplyTo)
  if (kind !== 'result' || to?.kind !== 'smpp' || to.outlet !== clientOf(user.id)) return []
  return receiptsOf(JSON.parse(data) as ResultDocument, to, at)
}

/** A mail is no text of a gateway. */
function isFor({ gateway, device, via, text }: ReceivedDocument, { receives, deviceTexts }: SmppUser): boolean {
  if (via !== undefined || text === '' || (device !== null && !deviceTexts)) return false
  return receives === 'all' || receives.includes(gateway)
}

function receiptsOf(result: ResultDocument, to: SmppReplyTo, at: number): Delivery[] {
  const state = stateOf(result.status)
  const isSuccess = state === 'DELIVERED'
  if (to.wants === failuresOnly && (isSuccess || state === 'ACCEPTED')) return []
  if (to.wants === successOnly && !isSuccess) return []
  const own = result.sms?.message_id ?? result.command_id
  const doneAt = result.delivered_at === undefined ? at : Date.parse(result.delivered_at)
  const cause = result.error?.details?.status
  return [...to.parts, ...(to.own ? [own] : [])].map(shownId).map((id) => ({
    body: {
      // It comes from the recipient.
      ...sourceOf(to.destination),
      ...destinationOf(to.source),
      esm_class: receiptClass,
      short_message: octetsOfCharacters(
        receiptText({ id, state, text: '', submittedAt: Date.parse(result.queued_at), doneAt }),
      ),
    },
    tlvs: receiptTlvs(id, state, cause),
    isComplete: true,
  }))
}

function receiptTlvs(id: string, state: MessageState, cause: unknown): Tlvs {
  return tlvsOf({
    ...(typeof cause === 'number' && cause <= 0xff && { network_error_code: Uint8Array.of(gsmNetwork, 0, cause) }),
    message_state: [messageStates.indexOf(state), 1],
    receipted_message_id: id,
  })
}

const sourceOf = ({ ton, npi, number }: SmppAddress) => ({
  source_addr_ton: ton,
  source_addr_npi: npi,
  source_addr: digitsOf(number),
})
const destinationOf = ({ ton, npi, number }: SmppAddress) => ({
  dest_addr_ton: ton,
  dest_addr_npi: npi,
  destination_addr: digitsOf(number),
})

function textOf({ from, text }: ReceivedDocument, user: SmppUser, to: string, ref: number): Delivery[] {
  const { alphabet, longTexts } = user
  const addresses = {
    ...sourceOf({ ...addressTypeOf(from), number: from }),
    ...destinationOf({ ...addressTypeOf(to), number: to }),
  }
  const inAlphabet = isGsm7(text) ? inDefault(text, alphabet, 0) : null
  if (longTexts === 'payload') {
    const octets = inAlphabet ?? inUcs2(text)
    const isShort = octets.length <= maxShortOctets
    const data_coding = inAlphabet === null ? codings.ucs2 : codings.smscDefault
    const body = { ...addresses, data_coding, ...(isShort && { short_message: octets }) }
    return [{ body, tlvs: isShort ? new Map() : tlvsOf({ message_payload: octets }), isComplete: isShort }]
  }
  const { segments } = segmentText(text, { alphabet: inAlphabet === null ? 'ucs2' : 'gsm7' })
  return segments.map((segment, i) => {
    const concat = segments.length === 1 ? null : { ref, total: segments.length, seq: i + 1, bits: 8 as const }
    const content = { alphabet: inAlphabet === null ? ('ucs2' as const) : ('gsm7' as const), text: segment.text }
    const written = bodyOf({ content, concat, messageClass: null }, { alphabet, coding: 0, parts: longTexts })
    return { body: { ...addresses, ...written.body }, tlvs: written.tlvs, isComplete: false }
  })
}
