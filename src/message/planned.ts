import type { ErrorReport } from './fault.ts'

/** A text as it would be sent, to one number. */
export interface PlannedText {
  /** Of the intent in the request; a group has one for each of its members. */
  readonly place: number
  readonly to: string | null
  /** Why it would not be taken; null where it would. */
  readonly error: ErrorReport | null
  /** When; null is at once. */
  readonly sendAt: number | null
  readonly segments: readonly string[]
  /** Those that may send it; whose turn it is, is decided when it is sent. */
  readonly gateways: readonly string[]
}

/** What a request would queue. */
export interface Plan {
  readonly texts: readonly PlannedText[]
  /** Intents of which nothing is left, each with the earlier one that reaches the same number with the same text. */
  readonly doubles: ReadonlyMap<number, number>
}
