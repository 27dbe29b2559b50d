import type { SubmissionRow } from '../../rows.ts'

/** The phase of a submission, exactly one for each row. */
export type Phase =
  | 'scheduled' // waits for the time at which it is wanted, in no lane
  | 'queued' // waits in its lane
  | 'sending' // a gateway has it
  | 'between' // the next text of a command waits for its time, or for a gateway again
  | 'outcome' // a text of a command is sent; its outcome decides about the next one
  | 'doubtful' // it may have been sent, and holds its lane while answers could be confused
  | 'released' // it may have been sent; others have the lane
  | 'unreported' // sent; no reply is expected, the delivery report is
  | 'unanswered' // sent; a reply is expected
  | 'delivered' // delivered by its report, or a pending answer; the reply is still expected
  | 'final' // its final result is published; reports change the SMS status only

/** The columns that decisions and changes depend on. */
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
  | 'unproven'
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
  | 'gateway'
  | 'returns'
  | 'report'
  | 'valid_for'
  | 'queued_at'
  | 'send_at'
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

/** The next text of a command. */
export interface Following {
  /** Sent after the outcome of the previous text, or only when that failed. */
  readonly goes: 'then' | 'else'
  readonly waitMs: number
  readonly segments: readonly string[]
  /** That of all segments, TS 23.038 clause 4. */
  readonly alphabet: 'gsm7' | 'ucs2'
  readonly expect: 'none' | 'optional' | 'required'
  readonly withinMs: number
  /** JSON, as in the row. */
  readonly spec: string | null
}

export interface State {
  readonly phase: Phase
  readonly row: Facts
  readonly following: Following | null
}

export function phaseOf(row: Facts): Phase {
  if (row.final === 1) return 'final'
  if (row.status === 'queued') return row.due === null ? 'queued' : 'scheduled'
  if (row.status === 'delivered') return 'delivered'
  if (row.status === 'sent') return row.expect === 'none' ? 'unreported' : 'unanswered'
  if (row.in_doubt === 1) return row.open > 0 ? 'doubtful' : 'released'
  if (row.due !== null) return 'between'
  return row.step < row.last && row.sent_at !== null ? 'outcome' : 'sending'
}

/** `following` is the next step, where the row has one. */
export function stateOf(row: Facts, following: Following | null = null): State {
  // Without a reply nothing shows that the text failed: its alternative is never sent.
  const never = following?.goes === 'else' && row.expect === 'none'
  return { phase: phaseOf(row), row, following: never ? null : following }
}

/** A report or an answer may still arrive within this time after the end of TP-VP. */
export const graceMs = 60_000

/** Time from the writing in which the network may deliver a submission and report it. */
export function reportMs(row: Pick<Facts, 'valid_for'>): number {
  return (row.valid_for ?? 0) * 1000 + graceMs
}
