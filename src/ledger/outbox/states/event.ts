import type { ErrorReport } from '../../../message/fault.ts'
import type { Owner } from '../../../message/owner.ts'
import type { Reply } from '../../../message/result.ts'

/** A text or a call that was matched to the command. */
interface Answer {
  readonly reply: Reply
  /** null for a call. */
  readonly messageId: string | null
}

/** All events of a submission, with their data. */
interface Events {
  /** The reason of its wait is known. */
  readonly waits: { readonly reason: string }
  /** A gateway claims it; `carrier` is the submission whose text it shares. */
  readonly claimed: Owner & { readonly gateway: string; readonly carrier: number | null }
  /** A part is about to be written: from now on it may have been sent. */
  readonly written: { readonly part: number; readonly validFor: number }
  /** The network has accepted all parts. `reports`: reports have been received through this SIM before. */
  readonly accepted: { readonly account: string; readonly reports: boolean }
  /** Not sent, or safe to repeat: it is sent again. */
  readonly returned: { readonly error?: ErrorReport | null; readonly reason?: string }
  /** Rejected by the network or the modem, or expired at the prompt. */
  readonly refused: { readonly status: 'failed' | 'expired'; readonly error: ErrorReport }
  /** It may have been sent. */
  readonly lost: { readonly account: string; readonly reason: string; readonly error: ErrorReport }
  /** Delivery report. `whole`: all its parts have arrived. */
  readonly arrived: { readonly account: string; readonly delivered: number; readonly whole: boolean }
  readonly undelivered: { readonly account: string; readonly error: ErrorReport }
  /** The device answers. `ok` is null where the wording does not show success or failure. */
  readonly answered: Answer & { readonly ok: boolean | null }
  readonly declined: Answer & { readonly reason: string | null; readonly error: ErrorReport }
  /** An answer with less trust than required. */
  readonly unproven: Answer
  /** A pending answer, or the first text of several. The wait continues for `waitMs`. `ok` as in `answered`. */
  readonly begun: Answer & {
    readonly verdict: 'pending' | 'partial'
    readonly ok: boolean | null
    readonly waitMs: number
  }
  /** A text may answer this command or another. */
  readonly mistakable: Answer & { readonly error: ErrorReport }
  /** An answer to a command that had ended before. */
  readonly late: Answer
  /** The current wait is over. */
  readonly lapsed: object
  readonly cancelled: { readonly reason: string }
  /** A high-priority command waits for it. */
  readonly overtaken: object
  /** The hub restarts. `written`: all parts have the mark. */
  readonly interrupted: { readonly written: boolean }
  /** The hub starts on a copy of the store: nothing is sent again. */
  readonly restored: object
  /** The machine has restarted after an unknown time. */
  readonly rebooted: object
}

export type EventName = keyof Events
export type EventOf<E extends EventName> = Events[E] & { readonly type: E; readonly now: number }
export type Event = { [E in EventName]: EventOf<E> }[EventName]
