import type { ErrorReport } from '../../../message/fault.ts'
import type { Owner } from '../../../message/owner.ts'
import type { Reply } from '../../../message/result.ts'

/** A text that is tied to the command. */
interface Answer {
  readonly reply: Reply
  readonly messageId: string
}

/** Everything that can happen to a submission, with what is known then. */
interface Events {
  /** What it waits for is known. */
  readonly waits: { readonly reason: string }
  /** A gateway takes it; `carrier` is the submission in whose text it rides. */
  readonly claimed: Owner & { readonly gateway: string; readonly carrier: number | null }
  /** A part of it is about to leave: nobody may say any more that it never did. */
  readonly written: { readonly part: number; readonly validFor: number }
  /** The network has all its parts. `reports`: reports have come through this SIM before. */
  readonly accepted: { readonly account: string; readonly reports: boolean }
  /** Nothing left, or it may be repeated: it goes once more. */
  readonly returned: { readonly error?: ErrorReport | null; readonly reason?: string }
  /** The network or the modem will not have it, or its time was over at the prompt. */
  readonly refused: { readonly status: 'failed' | 'expired'; readonly error: ErrorReport }
  /** It may have been sent, and nobody knows. */
  readonly lost: { readonly account: string; readonly reason: string; readonly error: ErrorReport }
  /** Delivery report. `whole`: all its parts have arrived. */
  readonly arrived: { readonly account: string; readonly delivered: number; readonly whole: boolean }
  readonly undelivered: { readonly account: string; readonly error: ErrorReport }
  /** The device answers. `ok` is null where the words are not known well enough. */
  readonly answered: Answer & { readonly ok: boolean | null }
  readonly declined: Answer & { readonly error: ErrorReport }
  /** An answer that is proven less than the owner wants. */
  readonly unproven: Answer
  /** The device has begun: `pending`, or a first text of several. The wait goes on for `waitMs`. */
  readonly begun: Answer & { readonly verdict: 'pending' | 'partial'; readonly waitMs: number }
  /** A text may answer this command or another. */
  readonly mistakable: Answer & { readonly error: ErrorReport }
  /** It answers a command that had ended when it came. */
  readonly late: Answer
  /** The present wait is over. */
  readonly lapsed: object
  readonly cancelled: { readonly reason: string }
  /** Something of high priority stands behind it. */
  readonly overtaken: object
  /** The hub starts again. `written`: all parts have the mark. */
  readonly interrupted: { readonly written: boolean }
  /** The hub starts on a copy of the store: nothing acts again. */
  readonly restored: object
  /** The machine starts again, after nobody knows how long. */
  readonly rebooted: object
}

export type EventName = keyof Events
export type EventOf<E extends EventName> = Events[E] & { readonly type: E; readonly now: number }
export type Event = { [E in EventName]: EventOf<E> }[EventName]
