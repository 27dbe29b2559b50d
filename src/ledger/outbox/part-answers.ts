import { type ErrorReport, errorReport, Fault } from '../../message/fault.ts'
import { resultOf } from '../../message/result.ts'
import type { Answer } from '../../message/submitted.ts'
import { sentMessage } from '../message-of.ts'
import { document, record, type SubmissionRow } from '../rows.ts'
import type { Item } from './new-submission.ts'

export function answerOf(row: SubmissionRow, place: number, now: number): Answer {
  return {
    place,
    error: isRefused(row) ? document<ErrorReport>(row.error) : null,
    message: row.device === null ? sentMessage(row) : null,
    result: row.device === null ? null : resultOf(record(row, now)),
  }
}

/** What was too late from the beginning was never a message. */
const isRefused = ({ status, message_id: id }: SubmissionRow): boolean =>
  status === 'rejected' || (status === 'expired' && id === null)

/** The answers of a request that is repeated: refusals beyond those that are kept have no row. */
export function answersAgain(
  items: readonly Item[],
  places: readonly number[],
  rows: readonly SubmissionRow[],
  now: number,
): Answer[] {
  const left = [...rows]
  return items.map((one, i) => {
    const at = left.findIndex((row) => rows.length === items.length || isOf(row, one))
    const [row] = at < 0 ? [] : left.splice(at, 1)
    const place = places[i] ?? i
    if (row !== undefined) return answerOf(row, place, now)
    const words = 'it was refused when the request was first made, for a reason that is no longer stored'
    return { place, error: errorReport(new Fault('conflict', words)), message: null, result: null }
  })
}

const isOf = (row: SubmissionRow, item: Item): boolean => 'whenOn' in item || row.recipient === item.recipient

/** All or none: fails where an item is refused, so that nothing of the request is stored. */
export function assertAll(answers: readonly Answer[]): void {
  const refused = answers.filter(({ error }) => error !== null)
  const [first] = refused
  if (first === undefined) return
  const { code, message, details } = first.error as ErrorReport
  throw new Fault(code, `${refused.length} of ${answers.length} can't be taken, so none was: ${message}`, {
    ...details,
    refused: refused.map(({ place, error }) => ({ place, error })),
  })
}
