import { messageOctets } from './message-body.ts'
import { characters } from './smpp-fields.ts'
import type { Pdu } from './smpp-pdu.ts'
import { numberIn, textIn } from './tlvs.ts'

/** `message_state` (SMPP 3.4 clause 5.2.28), by its value. */
export const messageStates = [
  'SCHEDULED',
  'ENROUTE',
  'DELIVERED',
  'EXPIRED',
  'DELETED',
  'UNDELIVERABLE',
  'ACCEPTED',
  'UNKNOWN',
  'REJECTED',
] as const
export type MessageState = (typeof messageStates)[number]

/** A delivery receipt (SMPP 3.4 appendix B), as far as it can be read. */
export interface DeliveryReceipt {
  /** Of the message, in the spelling of the receipt; empty where it has none. */
  readonly id: string
  /** Null where it is in neither the parameters nor the text. */
  readonly state: MessageState | null
  /** The word for the state, and the code of an error, as they are written. */
  readonly word: string
  readonly error: string
}

/** Bits 5 to 2 of `esm_class` in a message from an SMSC (clause 5.2.12). */
const kindMask = 0x3c
const receiptKind = 0x04
const intermediateKind = 0x20

/** Words for states beside those of appendix B, as SMSCs write them. */
const words: Readonly<Record<string, MessageState>> = {
  DELIVRD: 'DELIVERED',
  DELIVERED: 'DELIVERED',
  0: 'DELIVERED',
  EXPIRED: 'EXPIRED',
  DELETED: 'DELETED',
  UNDELIV: 'UNDELIVERABLE',
  UNDELIVERABLE: 'UNDELIVERABLE',
  FAILED: 'UNDELIVERABLE',
  NOROUTE: 'UNDELIVERABLE',
  ACCEPTD: 'ACCEPTED',
  ACCEPTED: 'ACCEPTED',
  ACKED: 'ACCEPTED',
  UNKNOWN: 'UNKNOWN',
  REJECTD: 'REJECTED',
  REJECTED: 'REJECTED',
  ENROUTE: 'ENROUTE',
  BUFFRED: 'ENROUTE',
  BUFFERD: 'ENROUTE',
  SCHEDULED: 'SCHEDULED',
}

/**
 * Whether a message is a receipt: by `esm_class`, or by both parameters of one. Its words do not count, as anybody can
 * send a text with them, unless `byText`: for an SMSC that marks its receipts in no other way.
 */
export function isReceipt(pdu: Pdu<'deliver_sm' | 'data_sm'>, byText: boolean): boolean {
  const kind = pdu.body.esm_class & kindMask
  if (kind === receiptKind || kind === intermediateKind) return true
  if (textIn(pdu.tlvs, 'receipted_message_id') !== null && numberIn(pdu.tlvs, 'message_state') !== null) return true
  return byText && kind === 0 && /^id:.*\bstat:/i.test(wordsOf(pdu))
}

/** Reads any dialect: fields in any order, in any case, with blanks, or missing; the parameters count before them. */
export function readReceipt(pdu: Pdu<'deliver_sm' | 'data_sm'>): DeliveryReceipt {
  // The text of the message itself may contain anything.
  const [text = ''] = wordsOf(pdu).split(/\btext:/i)
  const word = (fieldIn(text, 'stat') || (/done date: *\S* +([a-z]{5,})\b/i.exec(text)?.[1] ?? '')).toUpperCase()
  const state = messageStates[numberIn(pdu.tlvs, 'message_state') ?? -1] ?? words[word] ?? null
  return {
    id: (textIn(pdu.tlvs, 'receipted_message_id') ?? '').trim() || fieldIn(text, 'id'),
    state,
    word: word || (state ?? ''),
    error: fieldIn(text, 'err'),
  }
}

const labels = 'id|sub|dlvrd|submit date|done date|stat|err|text'

function fieldIn(text: string, label: string): string {
  return new RegExp(`(?<![a-z])${label}: {0,8}(?!(?:${labels}):)(\\S*)`, 'i').exec(text)?.[1] ?? ''
}

/** As ASCII, whatever `data_coding` claims; of UCS-2, every other octet is 0. */
function wordsOf(pdu: Pdu<'deliver_sm' | 'data_sm'>): string {
  return characters(messageOctets(pdu)).replaceAll('\0', '')
}

/** The words of appendix B. */
export const receiptWords: Readonly<Record<MessageState, string>> = {
  SCHEDULED: 'SCHEDLD',
  ENROUTE: 'ENROUTE',
  DELIVERED: 'DELIVRD',
  EXPIRED: 'EXPIRED',
  DELETED: 'DELETED',
  UNDELIVERABLE: 'UNDELIV',
  ACCEPTED: 'ACCEPTD',
  UNKNOWN: 'UNKNOWN',
  REJECTED: 'REJECTD',
}

/** A time in ms since 1970, to the minute or to the second. */
export const receiptDate = (ms: number, digits: 10 | 12): string =>
  new Date(ms)
    .toISOString()
    .replace(/\D/g, '')
    .slice(2, 2 + digits)

export interface WrittenReceipt {
  readonly id: string
  readonly state: MessageState
  /** Of the message, as far as it is shown. */
  readonly text: string
  /** ms since 1970. */
  readonly submittedAt: number
  readonly doneAt: number
}

/** The text of a receipt (appendix B). */
export function receiptText({ id, state, text, submittedAt, doneAt }: WrittenReceipt): string {
  const delivered = state === 'DELIVERED' ? 1 : 0
  const dates = `submit date:${receiptDate(submittedAt, 10)} done date:${receiptDate(doneAt, 10)}`
  const error = delivered === 1 ? '000' : '001'
  return `id:${id} sub:001 dlvrd:00${delivered} ${dates} stat:${receiptWords[state]} err:${error} text:${text.slice(0, 20)}`
}
