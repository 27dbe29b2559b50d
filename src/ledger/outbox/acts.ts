import type { AnswerSpec } from '../../message/answer-spec.ts'
import { refreshLane } from '../lanes/lanes.ts'
import { document, type SubmissionRow, submission } from '../rows.ts'
import type { Tx } from '../tx.ts'
import { publishResult } from './moves.ts'

/** A further text of one act. */
export interface NewStep {
  /** Behind the outcome of the text before, or when that failed. */
  readonly goes: 'then' | 'else'
  readonly waitMs: number
  readonly segments: readonly string[]
  readonly expect: 'none' | 'optional' | 'required'
  readonly withinMs: number
  readonly spec: AnswerSpec | null
}

interface StepRow {
  readonly goes: 'then' | 'else'
  readonly wait: number
  readonly segments: string
  readonly expect: string
  readonly within: number
  readonly spec: string | null
}

/** A text that became due may be sent for so long, in ms: half an act is worse than a late one. */
const stepLifeMs = 120_000
/** Parts of earlier texts of an act are kept below 0, this far apart. */
const apart = 1_000

export function insertSteps(tx: Tx, seq: number, steps: readonly NewStep[]): void {
  steps.forEach(({ goes, waitMs, segments, expect, withinMs, spec }, i) => {
    tx.run(
      'INSERT INTO step (submission, step, goes, wait, segments, expect, within, spec) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      seq,
      i + 1,
      goes,
      waitMs,
      JSON.stringify(segments),
      expect,
      withinMs,
      JSON.stringify(spec),
    )
  })
}

/** How the text after the present one of an act follows it; null when the present one is the last. */
export function follows(tx: Tx, row: SubmissionRow): 'then' | 'else' | null {
  return row.step < row.last ? (stepOf(tx, row)?.goes ?? null) : null
}

/** The present text of an act has left, others stand behind it, and its outcome is waited for. */
export const awaitsOutcome = (row: SubmissionRow): boolean =>
  row.status === 'sending' && row.step < row.last && row.sent_at !== null && row.due === null

/**
 * Goes on to the next text of an act: one row, one result, whatever the number of texts. The commit is the wall: after
 * a crash the text before is never sent again.
 */
export function advance(tx: Tx, row: SubmissionRow, now: number): void {
  const next = stepOf(tx, row) as StepRow
  const due = now + next.wait
  const texts = document<string[]>(next.segments)
  tx.run(
    'UPDATE segment SET part = -(part + ?), text = NULL WHERE submission = ? AND part > 0',
    apart * row.step,
    row.seq,
  )
  texts.forEach((text, i) => {
    tx.run('INSERT INTO segment (submission, part, text) VALUES (?, ?, ?)', row.seq, i + 1, text)
  })
  tx.run(
    `UPDATE submission SET step = step + 1, due = ?, parts = ?, parts_delivered = 0, attempts = 0, expect = ?, within = ?,
       spec = ?, sent_at = NULL, delivered_at = NULL, written_at = NULL, deadline = ?, in_doubt = 0, error = NULL,
       reason = ?, expires_at = ? WHERE seq = ?`,
    due,
    texts.length,
    next.expect,
    next.within,
    next.spec,
    due + stepLifeMs,
    next.goes === 'then' ? `text ${row.step + 2} of ${row.last + 1}` : 'tried again',
    Math.max(row.expires_at ?? 0, due + stepLifeMs),
    row.seq,
  )
  tx.ring('deadlines')
  refreshLane(tx, row.lane as string, now)
  publishResult(tx, submission(tx, row.seq) as SubmissionRow, now)
}

function stepOf(tx: Tx, row: SubmissionRow): StepRow | undefined {
  return tx.one<StepRow>('SELECT * FROM step WHERE submission = ? AND step = ?', row.seq, row.step + 1)
}
