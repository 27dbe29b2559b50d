import type { Range } from '../network/behaviour.ts'
import type { ReceiptDialect } from './receipt-dialects.ts'

/** What may go wrong with a submission. */
export const submitFaults = {
  silence: 'it is taken and never answered',
  late: 'it is answered after lateMs',
  twice: 'it is answered twice',
  cut: 'it is taken, and the connection ends before the answer',
  cut_within: 'it is taken, and the connection ends within the answer',
  throttled: 'it is refused with 58 (ESME_RTHROTTLED)',
  full: 'it is refused with 14 (ESME_RMSGQFUL)',
  failed: 'it is refused with 08 (ESME_RSYSERR)',
  barred: 'it is refused with 0B (ESME_RINVDSTADR)',
  nack: 'it is refused by a generic_nack',
  bare: 'it is accepted by an answer without a body',
  wrong_length: 'it is taken, and the answer has a length that can not be',
  unknown: 'an unknown PDU comes before the answer',
} as const
export type SubmitFault = keyof typeof submitFaults

/** Behaviour of an SMSC. Times in milliseconds, probabilities from 0 to 1. */
export interface SmscBehaviour {
  /** From a submission to its answer, and from that to the receipt; below zero the receipt comes first. */
  readonly answerMs: Range
  readonly receiptMs: Range
  /** The delay of answers that are late. */
  readonly lateMs: number
  /** Submissions that a session may have unanswered; more are refused with 58 (ESME_RTHROTTLED). */
  readonly window: number
  /** Probabilities of the faults of a submission. */
  readonly faults: Readonly<Partial<Record<SubmitFault, number>>>
  /** A receipt is lost. */
  readonly receiptLoss: number
  readonly dialect: ReceiptDialect
  /** `command_status` of the answers to binds. */
  readonly bindStatus: number
  /** Nothing is answered any more, and nothing sent: a connection whose other end is gone. */
  readonly deaf: boolean
  /** Everything is written an octet at a time. */
  readonly piecemeal: boolean
}

/** Answers at once, and a receipt soon after. */
export const calmSmsc: SmscBehaviour = {
  answerMs: [0, 0],
  receiptMs: [10, 10],
  lateMs: 90_000,
  window: Number.POSITIVE_INFINITY,
  faults: {},
  receiptLoss: 0,
  dialect: 'standard',
  bindStatus: 0,
  deaf: false,
  piecemeal: false,
}
