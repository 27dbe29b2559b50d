import type { Clock } from '../../util/clock.ts'

/** From the least to the most; where in between is left to chance. */
export type Range = readonly [least: number, most: number]

/** How a network treats texts. Milliseconds, and probabilities from 0 to 1. */
export interface NetworkBehaviour {
  /** From the PDU to the answer of the service centre. */
  readonly acceptMs: Range
  /** The service centre refuses with cause 42 (congestion). */
  readonly congestion: number
  /** From acceptance to the first attempt to deliver. Texts for one recipient stay in order. */
  readonly deliverMs: Range
  /** A text is accepted and never seen again. */
  readonly loss: number
  /** A text is delivered twice. */
  readonly duplicates: number
  /** A text is held back for `reorderMs` more, while later ones pass. */
  readonly reordering: number
  readonly reorderMs: Range
  /** Time between attempts when the recipient is off or full; both are also noticed when they end. */
  readonly retryMs: number
  /** Whether delivery reports are given to those who ask. */
  readonly reports: boolean
  /** From the end of a text to its report. */
  readonly reportMs: Range
  /** A report is lost on the way. */
  readonly reportLoss: number
  /** What happens to a text for a number that nobody has: a report says so, or the submission is refused (cause 1). */
  readonly unknownNumbers: 'report' | 'refuse'
  /** How long a text without TP-VP is kept. */
  readonly defaultValidityMs: number
}

/** A good day: the delays of an LTE modem, no trouble. */
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

/** A number of the range. */
export function within([least, most]: Range, clock: Clock): number {
  return least + (most - least) * clock.random()
}

/** Whether something of this probability happens now. Asks for chance only where there is any. */
export function happens(probability: number, clock: Clock): boolean {
  return probability > 0 && clock.random() < probability
}
