import { segmentText } from '../../sms/segment-text.ts'
import { isInLane, laneOrder } from '../lanes/scheduled.ts'
import { document, type SubmissionRow } from '../rows.ts'
import type { Tx } from '../tx.ts'
import { happen } from './moves.ts'

/** How a command may share a text with others of its device, with a common head and tail. */
export interface Joins {
  readonly head: string
  readonly body: string
  readonly tail: string
  readonly separator: string
  /** Limits of commands and of characters in a text; null is the capacity of one SMS. */
  readonly max: number | null
  readonly maxLength: number | null
}

/** A submission with those that share its text. Only unfinished ones can have any. */
export function withRiders(tx: Tx, row: SubmissionRow): SubmissionRow[] {
  if (row.joins === null && row.final === 0) return [row]
  const riders = 'SELECT * FROM submission WHERE carrier = ? AND final = 0 ORDER BY seq'
  return [...tx.all<SubmissionRow>(riders, row.seq), row]
}

/**
 * Claims the commands queued right after a command that may share its text. Each keeps its own row, result and answer.
 * Returns the common text; null when there are none.
 */
export function takeRiders(tx: Tx, row: SubmissionRow, now: number): string | null {
  const joins = document<Joins>(row.joins)
  const queued = tx.all<SubmissionRow>(
    `SELECT * FROM submission WHERE lane = ? AND ${isInLane} ORDER BY ${laneOrder} LIMIT 20`,
    row.lane,
  )
  const bodies = [joins.body]
  for (const other of queued) {
    const theirs = document<Joins | null>(other.joins)
    if (theirs === null || other.route !== row.route || !fits(joins, [...bodies, theirs.body], theirs)) break
    bodies.push(theirs.body)
    const { gateway, owner, epoch } = row as SubmissionRow & { gateway: string; owner: string }
    happen(tx, other, { type: 'claimed', gateway, owner, epoch, carrier: row.seq, now })
  }
  return bodies.length === 1 ? null : joined(joins, bodies)
}

function fits(joins: Joins, bodies: readonly string[], theirs: Joins): boolean {
  const { head, tail, separator, max, maxLength } = joins
  if (theirs.head !== head || theirs.tail !== tail || theirs.separator !== separator) return false
  if (max !== null && bodies.length > max) return false
  const text = joined(joins, bodies)
  return text.length <= (maxLength ?? Number.POSITIVE_INFINITY) && segmentText(text).segments.length === 1
}

const joined = ({ head, tail, separator }: Joins, bodies: readonly string[]): string =>
  head + bodies.join(separator) + tail
