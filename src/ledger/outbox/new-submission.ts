import type { AnswerSpec } from '../../message/answer-spec.ts'
import type { ErrorReport } from '../../message/fault.ts'
import type { ReplyTo } from '../../message/request.ts'
import type { NewStep } from './acts.ts'
import type { Joins } from './riders.ts'

/** What every command that reaches the store has: who asked for what. */
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
}

/** A composed command on its way into the queue. */
export interface NewSubmission extends Asked {
  readonly error?: undefined
  readonly messageId: string
  readonly lane: string
  readonly recipient: string
  /** What the quota of the client is counted under. */
  readonly clientQuota: string
  /** The number that this command of the device has, where it has one. */
  readonly counter: number | null
  /** The texts of the segments as they will be sent. */
  readonly segments: readonly string[]
  /** The whole text with secrets masked. */
  readonly text: string
  /** Tells whether two commands are the same one. */
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
  readonly expiresAt: number
  /** ms after its end in which the same unsafe command is refused; null switches the check off (`force`). */
  readonly repeatWindowMs: number | null
  /** Seconds of ringing, where the act is a call; its one segment is empty then. */
  readonly ring: number | null
  /** Further texts of the same act. */
  readonly steps: readonly NewStep[]
  /** How it may share a text with others; null when it may not. */
  readonly joins: Joins | null
  /** The device takes it in its window only. */
  readonly held: boolean
  /** What the device itself takes a day; null is no limit. */
  readonly perDay: number | null
  /** Settings that it changes, with their new values. */
  readonly changes: Readonly<Record<string, string>>
  /** A state of a property: what is still queued for the same property is overtaken by it. */
  readonly supersedes: boolean
}

/** A request that never reaches the queue. Its refusal is as durable as a command. */
export interface Refusal extends Asked {
  readonly error: ErrorReport
  /** `rejected`, or `expired` for one that came too late, or `cancelled` for a dry run. */
  readonly status: 'rejected' | 'expired' | 'cancelled'
  readonly reason: string | null
  readonly recipient: string | null
  readonly text: string | null
}

/** A TOGGLE of a device that has no toggle of its own: what it comes to goes by the value that it finds. */
export interface Toggle {
  readonly property: string
  readonly whenOn: NewSubmission | Refusal
  readonly whenOff: NewSubmission | Refusal
  readonly unknown: Refusal
}

export type Item = NewSubmission | Refusal | Toggle
