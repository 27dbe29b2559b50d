import type { Clock } from '../../util/clock.ts'

/** Minimum and maximum of a random value. */
export type Range = readonly [least: number, most: number]

/** Behaviour of a network. Times in milliseconds, probabilities from 0 to 1. */
export interface NetworkBehaviour {
  /** From the PDU to the answer of the service centre. */
  readonly acceptMs: Range
  /** The service centre refuses with cause 42 (congestion). */
  readonly congestion: number
  /** From acceptance to the first attempt to deliver. Texts for one recipient stay in order. */
  readonly deliverMs: Range
  /** A text is accepted and lost. */
  readonly loss: number
  /** A text is delivered twice. */
  readonly duplicates: number
  /** A text is held back for `reorderMs` more, while later ones pass. */
  readonly reordering: number
  readonly reorderMs: Range
  /** Time between attempts when the recipient is off or full; the end of either triggers one as well. */
  readonly retryMs: number
  /** Whether requested delivery reports are sent. */
  readonly reports: boolean
  /** From the end of a text to its report. */
  readonly reportMs: Range
  /** A report is lost on the way. */
  readonly reportLoss: number
  /** A text to an unassigned number: a report is sent, or the submission is refused (cause 1). */
  readonly unknownNumbers: 'report' | 'refuse'
  /** Validity of a text without TP-VP. */
  readonly defaultValidityMs: number
}

/** Delays of an LTE network, no errors. */
export const calm: NetworkBehaviour = {
  acceptMs: [500, 2000],
  congestion: 0,
  deliverMs: [500, 3000],
  loss: 0,
  duplicates: 0,
  reordering: 0,
  reorderMs: [5000, 60_000],
  retryMs: 300_000,
  reports: true,
  reportMs: [200, 2000],
  reportLoss: 0,
  unknownNumbers: 'report',
  defaultValidityMs: 72 * 3_600_000,
}

/** A random number of the range. */
export function within([least, most]: Range, clock: Clock): number {
  return least + (most - least) * clock.random()
}

/** Whether an event of this probability happens. Draws a number only if it is above 0. */
export function happens(probability: number, clock: Clock): boolean {
  return probability > 0 && clock.random() < probability
}
