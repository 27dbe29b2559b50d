import type { SubmissionRow } from '../../rows.ts'

/** Where a submission is. Each row of the store is in exactly one of these. */
export type Phase =
  | 'queued' // waits in its lane
  | 'sending' // a gateway has it
  | 'between' // the next text of an act waits for its time, or for a gateway once more
  | 'outcome' // a text of an act has left; how it ends decides about the next one
  | 'doubtful' // it may have been sent, and holds its lane as long as an answer must be told apart
  | 'released' // it may have been sent; others have the lane
  | 'unreported' // sent; no reply is expected, the delivery report is
  | 'unanswered' // sent; a reply is expected
  | 'delivered' // the report came, or a first word of the device; the reply is still waited for
  | 'final' // its one result is published; reports move the SMS status only

/** What of a row decides, and what the changes build on. */
export type Facts = Pick<
  SubmissionRow,
  | 'command_id'
  | 'device'
  | 'lane'
  | 'status'
  | 'sms_status'
  | 'final'
  | 'open'
  | 'safe'
  | 'in_doubt'
  | 'reason'
  | 'error'
  | 'reply'
  | 'expect'
  | 'within'
  | 'spec'
  | 'gap'
  | 'parts'
  | 'attempts'
  | 'report'
  | 'valid_for'
  | 'queued_at'
  | 'expires_at'
  | 'written_at'
  | 'sent_at'
  | 'delivered_at'
  | 'deadline'
  | 'step'
  | 'last'
  | 'due'
  | 'heard'
>

/** The next text of an act. */
export interface Following {
  /** Behind the outcome of the text before, or when that failed. */
  readonly goes: 'then' | 'else'
  readonly waitMs: number
  readonly segments: readonly string[]
  readonly expect: 'none' | 'optional' | 'required'
  readonly withinMs: number
  /** JSON, as the row has it. */
  readonly spec: string | null
}

export interface State {
  readonly phase: Phase
  readonly row: Facts
  readonly following: Following | null
}

export function phaseOf(row: Facts): Phase {
  if (row.final === 1) return 'final'
  if (row.status === 'queued') return 'queued'
  if (row.status === 'delivered') return 'delivered'
  if (row.status === 'sent') return row.expect === 'none' ? 'unreported' : 'unanswered'
  if (row.in_doubt === 1) return row.open > 0 ? 'doubtful' : 'released'
  if (row.due !== null) return 'between'
  return row.step < row.last && row.sent_at !== null ? 'outcome' : 'sending'
}

/** `following` is the step behind the present one, where the row has one. */
export function stateOf(row: Facts, following: Following | null = null): State {
  // Without a reply nothing shows that the text failed: what would go instead never goes.
  const never = following?.goes === 'else' && row.expect === 'none'
  return { phase: phaseOf(row), row, following: never ? null : following }
}

/** ms after the end of TP-VP until which a report or an answer may still come. */
export const graceMs = 60_000

/** ms after the writing until which the network may still deliver a submission and report that. */
export function reportMs(row: Pick<Facts, 'valid_for'>): number {
  return (row.valid_for ?? 0) * 1000 + graceMs
}
