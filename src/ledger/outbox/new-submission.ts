import type { AnswerSpec } from '../../message/answer-spec.ts'
import type { ErrorReport } from '../../message/fault.ts'
import type { ReplyTo } from '../../message/request.ts'
import type { NewStep } from './acts.ts'
import type { Joins } from './riders.ts'

/** The request of a command or refusal. */
interface Asked {
  readonly commandId: string
  readonly client: string
  readonly ref: string | null
  readonly response: ReplyTo | null
  readonly device: string | null
  readonly verb: string
  readonly command: string | null
  readonly property: string | null
  readonly value: unknown
  /** Parameters with secrets masked. */
  readonly args: Readonly<Record<string, unknown>> | null
  /** Its text is stored in its segments alone, and shown nowhere. */
  readonly private: boolean
}

/** The device or the contact for which something was scheduled, and what it was made with, both as hashes. */
export interface MadeFor {
  readonly subject: string
  readonly print: string
}

/** A composed command to be queued. */
export interface NewSubmission extends Asked {
  readonly error?: undefined
  readonly messageId: string
  readonly lane: string
  readonly recipient: string
  /** Key of the client's quota. */
  readonly clientQuota: string
  /** The command number, if the device has numbered commands. */
  readonly counter: number | null
  /** The texts of the segments as they will be sent. */
  readonly segments: readonly string[]
  /** The whole text with secrets masked; null where all of it is one. */
  readonly text: string | null
  /** Identity, to detect equal commands. */
  readonly digest: string
  readonly safe: boolean
  readonly unproven: boolean
  readonly priority: number
  readonly expect: 'none' | 'optional' | 'required'
  readonly withinMs: number
  readonly gapMs: number
  readonly report: boolean
  readonly route: string
  readonly spec: AnswerSpec | null
  /** When it is wanted; null is now. */
  readonly sendAt: number | null
  /** Of one for later; null for a number that was given as such. */
  readonly madeFor: MadeFor | null
  readonly expiresAt: number
  /** Time after its end in which the same unsafe command is refused; null disables the check (`force`). */
  readonly repeatWindowMs: number | null
  /** TS 23.038 clause 4: 0 is a flash message; null leaves it to the recipient. */
  readonly messageClass: 0 | null
  /** Seconds of ringing of a call, whose only segment is empty. */
  readonly ring: number | null
  /** Further texts of the command. */
  readonly steps: readonly NewStep[]
  /** How it may share a text with others; null when it may not. */
  readonly joins: Joins | null
  /** Sent in the device's window only. */
  readonly held: boolean
  /** The device's own limit per day; null is no limit. */
  readonly perDay: number | null
  /** Settings that it changes, with their new values. */
  readonly changes: Readonly<Record<string, string>>
  /** A state of a property, which supersedes queued ones of the same property. */
  readonly supersedes: boolean
}

/** A refused request, stored as durably as a command. */
export interface Refusal extends Asked {
  readonly error: ErrorReport
  /** `rejected`, or `expired` for a late one, or `cancelled` for a dry run. */
  readonly status: 'rejected' | 'expired' | 'cancelled'
  readonly reason: string | null
  readonly recipient: string | null
  readonly text: string | null
}

/** A TOGGLE of a device without a toggle command: the choice depends on the current value. */
export interface Toggle {
  readonly property: string
  readonly whenOn: NewSubmission | Refusal
  readonly whenOff: NewSubmission | Refusal
  readonly unknown: Refusal
}

export type Item = NewSubmission | Refusal | Toggle
