import type { ErrorReport } from './fault.ts'
import type { Message } from './message-document.ts'
import type { ResultDocument } from './result.ts'

/** What became of a part of a request, for those who are answered part by part. */
export interface Answer {
  /** Of the intent in the request; a group has an answer for each of its members. */
  readonly place: number
  /** Why it was not taken; null where it was. */
  readonly error: ErrorReport | null
  /** A text to a person. */
  readonly message: Message | null
  /** A command of a device. */
  readonly result: ResultDocument | null
}

/** What became of a request that is on the disk. */
export interface Submitted {
  /** The request is a repetition: nothing new is sent. */
  readonly repeated: boolean
  /** The name of its texts together, where they are several; null for one alone, and for commands. */
  readonly batch: string | null
  readonly commands: readonly { readonly id: string; readonly status: string }[]
  /** Where they were wanted. */
  readonly answers: readonly Answer[]
  /** Intents of which nothing is left, each with the earlier one that reaches the same number with the same text. */
  readonly doubles: ReadonlyMap<number, number>
}
