import type { AnswerSpec } from '../../message/answer-spec.ts'
import { alphabetOf } from '../../sms/gsm7.ts'
import { document, type SubmissionRow } from '../rows.ts'
import type { Tx } from '../tx.ts'
import type { Following } from './states/state.ts'

/** A further text of a command. */
export interface NewStep extends Omit<Following, 'spec' | 'alphabet'> {
  readonly spec: AnswerSpec | null
}

interface StepRow {
  readonly goes: Following['goes']
  readonly wait: number
  readonly segments: string
  readonly expect: Following['expect']
  readonly within: number
  readonly spec: string | null
}

/** Parts of earlier texts of a command have negative numbers, with this offset per text. */
const partOffset = 1_000

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

/** The text after the current one of a command; null when that is the last. */
export function followingOf(tx: Tx, row: SubmissionRow): Following | null {
  if (row.final === 1 || row.step >= row.last) return null
  const step = tx.one<StepRow>('SELECT * FROM step WHERE submission = ? AND step = ?', row.seq, row.step + 1)
  if (step === undefined) return null
  const { goes, wait, expect, within, spec } = step
  const segments = document<string[]>(step.segments)
  return { goes, waitMs: wait, segments, alphabet: alphabetOf(segments), expect, withinMs: within, spec }
}

/** The segments of the previous text stay, for their reports; `row` is from before the move. */
export function placeNextText(tx: Tx, row: SubmissionRow): void {
  const { segments } = followingOf(tx, row) as Following
  tx.run(
    'UPDATE segment SET part = -(part + ?), text = NULL WHERE submission = ? AND part > 0',
    partOffset * row.step,
    row.seq,
  )
  segments.forEach((text, i) => {
    tx.run('INSERT INTO segment (submission, part, text) VALUES (?, ?, ?)', row.seq, i + 1, text)
  })
}

/** A part of a text of an act, as it is kept: only those of the present text are above 0. */
export const partOf = (row: Pick<SubmissionRow, 'step'>, step: number, part: number): number =>
  step === row.step ? part : -(part + partOffset * step)

/** The stored number of a part of the previous text. */
export const partBefore = (row: SubmissionRow, part: number): number => partOf(row, row.step - 1, part)
