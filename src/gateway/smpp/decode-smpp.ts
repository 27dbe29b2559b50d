import { createHash } from 'node:crypto'
import { type Address, typesOfNumber } from '../../message/address.ts'
import { Fault } from '../../message/fault.ts'
import type { Incoming } from '../../message/incoming.ts'
import type { DeliveryReport } from '../../message/report.ts'
import type { DefaultAlphabet } from '../../smpp/message-alphabet.ts'
import { readBody } from '../../smpp/message-body.ts'
import { isReceipt, type MessageState, readReceipt } from '../../smpp/receipt-text.ts'
import { type Pdu, readPdu } from '../../smpp/smpp-pdu.ts'
import { wapPushPort } from '../../sms/mms-notification.ts'
import { hexOf, octetsOf } from '../../sms/octets.ts'

/** The form in which SMPP brings messages: JSON of `Brought`. */
export const smppForm = 'smpp'

/** How the SMSC sends texts, which the PDU does not show. */
export interface Reading {
  readonly alphabet: DefaultAlphabet
  readonly receiptsByText: boolean
  /** Texts were submitted as a whole: a receipt is about all of one. */
  readonly isWhole?: true
}

interface LateAnswer {
  readonly id: string
  readonly segment: string
  readonly to: string
  readonly isWhole?: true
}

/** What is stored of a message: a PDU as it came, in hex; or the answer to a submission that came after its time. */
type Brought = (Reading & { readonly pdu: string }) | { readonly late: LateAnswer }

export function storedPdu(pdu: Uint8Array, { alphabet, receiptsByText, isWhole }: Reading): string {
  return JSON.stringify({ alphabet, receiptsByText, ...(isWhole && { isWhole }), pdu: hexOf(pdu) } satisfies Brought)
}

export function storedAnswer(late: LateAnswer): string {
  return JSON.stringify({ late } satisfies Brought)
}

/** `sequence_number` distinguishes nothing: a PDU that is repeated gets another one. */
const sequenceOctets = [12, 16] as const

/**
 * The hash of a PDU, and of its place among equal ones of its connection: an SMSC repeats what was not acknowledged on
 * the next connection, while equal texts on one connection are texts of their own.
 */
export function hashOf(account: string, pdu: Uint8Array, place: number): string {
  const [from, until] = sequenceOctets
  const hash = createHash('sha256').update(`${account} ${place} `)
  return hash.update(pdu.subarray(0, from)).update(pdu.subarray(until)).digest('base64url')
}

/** Reads a stored message. What can't be read is kept, not dropped. */
export function decodeSmpp(body: string): Incoming {
  const brought = JSON.parse(body) as Brought
  if ('late' in brought) return { kind: 'report', report: lateReport(brought.late) }
  try {
    return sorted(readPdu(octetsOf(brought.pdu)) as Pdu<'deliver_sm' | 'data_sm'>, brought)
  } catch (error) {
    const { message, detail } = Fault.from(error)
    return { kind: 'undecodable', reason: message, detail }
  }
}

function sorted(pdu: Pdu<'deliver_sm' | 'data_sm'>, { alphabet, receiptsByText, isWhole }: Reading): Incoming {
  if (isReceipt(pdu, receiptsByText))
    return { kind: 'report', report: { ...reportOf(pdu), ...(isWhole && { isWhole }) } }
  const { text, data, encoding, concat, port, damaged } = readBody(pdu, alphabet)
  return {
    kind: 'text',
    segment: {
      from: originatorOf(pdu.body),
      ...(text !== undefined && { text }),
      ...(data !== undefined && { data }),
      encoding,
      mayBeText: data !== undefined && port === null,
      isWapPush: data !== undefined && port === wapPushPort,
      concat,
      damaged,
      ...unstamped,
      route: null,
    },
  }
}

/** SMPP brings no time stamp of a service centre. */
const unstamped = { scts: null, centre: null } as const

/** The types of number are those of TS 23.040, in the same order. */
function originatorOf({
  source_addr: address,
  source_addr_ton: ton,
  source_addr_npi: npi,
}: Pdu<'deliver_sm' | 'data_sm'>['body']): Address {
  const isNumber = /^\+?[\d*#]+$/.test(address)
  const type = address.startsWith('+') && isNumber ? 'international' : (typesOfNumber[ton] ?? 'unknown')
  return {
    number: isNumber ? address.replace(/^\+/, '') : address,
    ton: isNumber ? type : 'alphanumeric',
    npi: npi & 15,
  }
}

/** The equivalents of TP-ST (TS 23.040 clause 9.2.3.15); what is not final is being tried. */
const endings: Readonly<Partial<Record<MessageState, Pick<DeliveryReport, 'outcome' | 'status'>>>> = {
  DELIVERED: { outcome: 'delivered', status: 0x00 },
  EXPIRED: { outcome: 'failed', status: 0x46 },
  DELETED: { outcome: 'failed', status: 0x48 },
  UNDELIVERABLE: { outcome: 'failed', status: 0x43 },
  REJECTED: { outcome: 'failed', status: 0x42 },
}

const trying = { outcome: 'trying', status: 0x20 } as const

/** The recipient of a message is the sender of its receipt. */
function reportOf(pdu: Pdu<'deliver_sm' | 'data_sm'>): DeliveryReport {
  const { id, state, word, error } = readReceipt(pdu)
  const code = /^0*$/.test(error) ? '' : `, error ${error}`
  return {
    matching: 'message_id',
    reference: id,
    recipient: pdu.body.source_addr.replace(/\D/g, ''),
    ...unstamped,
    ...((state === null ? undefined : endings[state]) ?? trying),
    meaning: word === '' ? 'a receipt without a state' : `${word}${code}`,
  }
}

/** The SMSC has accepted it, and nothing more is known. */
function lateReport({ id, segment, to, isWhole }: LateAnswer): DeliveryReport {
  const recipient = to.replace(/\D/g, '')
  return {
    matching: 'message_id',
    reference: id,
    segment,
    ...(isWhole && { isWhole }),
    recipient,
    ...unstamped,
    ...trying,
    meaning: 'accepted late',
  }
}
