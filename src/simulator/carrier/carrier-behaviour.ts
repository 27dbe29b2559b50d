import type { Range } from '../network/behaviour.ts'

/** What may go wrong with a request that sends a text. */
export const carrierFaults = {
  silence: 'it is taken and never answered',
  late: 'it is taken and answered after lateMs',
  cut: 'it is taken, and the connection ends before the answer',
  failed: 'it is taken and answered with 500',
  unavailable: 'it is not taken and answered with 503',
  limited: 'it is not taken: too many requests',
  refused: 'it is not taken: this text is refused',
  unpaid: 'it is not taken: the account may not send',
} as const
export type CarrierFault = keyof typeof carrierFaults

/** Behaviour of a carrier. Times in milliseconds, probabilities from 0 to 1. */
export interface CarrierBehaviour {
  /** From a request to its answer, and from the acceptance to the first report. */
  readonly answerMs: Range
  readonly reportMs: Range
  /** The delay of answers that are late. */
  readonly lateMs: number
  /** Probabilities of the faults of a request. */
  readonly faults: Readonly<Partial<Record<CarrierFault, number>>>
  /** A report is lost. */
  readonly reportLoss: number
  /** How often each webhook is sent, and the delay of each copy: they come in any order. */
  readonly webhookTimes: number
  readonly webhookMs: Range
  /** A webhook with a wrong signature comes before the right one. */
  readonly forged: number
}

/** Answers at once, and reports soon after. */
export const calmCarrier: CarrierBehaviour = {
  answerMs: [0, 0],
  reportMs: [10, 10],
  lateMs: 90_000,
  faults: {},
  reportLoss: 0,
  webhookTimes: 1,
  webhookMs: [0, 0],
  forged: 0,
}
