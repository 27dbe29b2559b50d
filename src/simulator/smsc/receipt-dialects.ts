import type { Body } from '../../smpp/pdu-table.ts'
import { type MessageState, messageStates, receiptDate, receiptText, receiptWords } from '../../smpp/receipt-text.ts'
import { octetsOfCharacters } from '../../smpp/smpp-fields.ts'
import { type Tlvs, tlvsOf } from '../../smpp/tlvs.ts'

/** The end of a message. */
export interface Ended {
  readonly id: bigint
  readonly state: MessageState
  readonly text: string
  /** Wall time in ms. */
  readonly submittedAt: number
  readonly doneAt: number
}

interface Written {
  readonly body: Partial<Body<'deliver_sm'>>
  readonly tlvs?: Tlvs
  /** data_sm instead of deliver_sm. */
  readonly asData?: true
}

interface Dialect {
  readonly meaning: string
  /** The spelling of ids in answers. */
  id(id: bigint): string
  write(ended: Ended): Written
}

const receiptClass = 0x04

const hex = (id: bigint) => id.toString(16).toUpperCase()
const decimal = (id: bigint) => id.toString(10)

const standardText = (ended: Ended, id: string) => receiptText({ ...ended, id })

const marked = (text: string) => ({ esm_class: receiptClass, short_message: octetsOfCharacters(text) })
const parameters = ({ state }: Ended, id: string) =>
  tlvsOf({ receipted_message_id: id, message_state: [messageStates.indexOf(state), 1] })

/** The text alone. */
const textual =
  (write: (ended: Ended) => string): Dialect['write'] =>
  (ended) => ({ body: marked(write(ended)) })

/** How SMSCs write receipts. */
export const dialects = {
  standard: {
    meaning: 'the text of the specification, and its parameters',
    id: hex,
    write: (ended) => ({ body: marked(standardText(ended, hex(ended.id))), tlvs: parameters(ended, hex(ended.id)) }),
  },
  text: { meaning: 'the text alone', id: hex, write: textual((ended) => standardText(ended, hex(ended.id))) },
  parameters: {
    meaning: 'the parameters alone',
    id: hex,
    write: (ended) => ({ body: { esm_class: receiptClass }, tlvs: parameters(ended, hex(ended.id)) }),
  },
  decimal: {
    meaning: 'answers have hexadecimal ids, receipts decimal ones',
    id: hex,
    write: textual((ended) => standardText(ended, decimal(ended.id))),
  },
  hexadecimal: {
    meaning: 'answers have decimal ids, receipts hexadecimal ones',
    id: decimal,
    write: textual((ended) => standardText(ended, hex(ended.id))),
  },
  zeros: {
    meaning: 'ids in receipts have leading zeros',
    id: decimal,
    write: textual((ended) => standardText(ended, decimal(ended.id).padStart(24, '0'))),
  },
  case: {
    meaning: 'answers have ids in upper case, receipts in lower case',
    id: hex,
    write: textual((ended) => standardText(ended, hex(ended.id).toLowerCase())),
  },
  both: {
    meaning: 'the parameter has the id in hexadecimal, the text in decimal',
    id: decimal,
    write: (ended) => ({
      body: marked(standardText(ended, decimal(ended.id))),
      tlvs: parameters(ended, hex(ended.id)),
    }),
  },
  terse: {
    meaning: 'few fields, long dates, lower case',
    id: hex,
    write: textual(
      ({ id, state, doneAt }) =>
        `id: ${hex(id)} done date:${receiptDate(doneAt, 12)} stat:${receiptWords[state].toLowerCase()} err: 0 Text:`,
    ),
  },
  payload: {
    meaning: 'the text in message_payload',
    id: hex,
    write: (ended) => ({
      body: { esm_class: receiptClass },
      tlvs: tlvsOf({ message_payload: octetsOfCharacters(standardText(ended, hex(ended.id))) }),
    }),
  },
  data: {
    meaning: 'a data_sm',
    id: hex,
    write: (ended) => ({
      asData: true,
      body: { esm_class: receiptClass },
      tlvs: tlvsOf({ message_payload: octetsOfCharacters(standardText(ended, hex(ended.id))) }),
    }),
  },
  ucs2: {
    meaning: 'ASCII that claims to be UCS-2',
    id: hex,
    write: (ended) => ({ body: { ...marked(standardText(ended, hex(ended.id))), data_coding: 8 } }),
  },
  unmarked: {
    meaning: 'esm_class 0, like a text',
    id: hex,
    write: (ended) => ({ body: { short_message: octetsOfCharacters(standardText(ended, hex(ended.id))) } }),
  },
  nameless: { meaning: 'no id', id: hex, write: textual((ended) => standardText(ended, '')) },
} as const satisfies Readonly<Record<string, Dialect>>

export type ReceiptDialect = keyof typeof dialects
