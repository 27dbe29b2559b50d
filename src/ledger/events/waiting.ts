import type { RecordedEvent } from '../../message/hub-event.ts'
import type { Tx } from '../tx.ts'

export interface WaitingEvent extends RecordedEvent {
  readonly seq: number
}

/**
 * The oldest events that the broker has not acknowledged and that are not `known` to be under way, in the order in which
 * they were recorded. Asked for by what they are, not by what was read last: a number that was given earlier can be
 * committed later.
 */
export function waitingEvents(
  tx: Tx,
  { known, limit }: { known: readonly number[]; limit: number },
): readonly WaitingEvent[] {
  const passed = new Set(known)
  const first = firstUnknown(tx, passed)
  if (first === null) return []
  return tx
    .all<WaitingEvent>(
      `SELECT seq, kind, subject, data, replaced, reply_to AS "replyTo" FROM event
       WHERE parked IS NULL AND seq >= ? ORDER BY seq LIMIT ?`,
      first,
      limit + passed.size,
    )
    .filter(({ seq }) => !passed.has(seq))
    .slice(0, limit)
}

/** Where the search begins: their documents need not be read of those that are known. */
function firstUnknown(tx: Tx, known: ReadonlySet<number>): number | null {
  if (known.size === 0) return 0
  const seqs = tx.all<{ seq: number }>(
    'SELECT seq FROM event WHERE parked IS NULL ORDER BY seq LIMIT ?',
    known.size + 1,
  )
  return seqs.find(({ seq }) => !known.has(seq))?.seq ?? null
}

/** How many wait for the broker, counted no further than `most`. */
export function countWaiting(tx: Tx, { most }: { most: number }): number {
  const counted = 'SELECT COUNT(*) AS n FROM (SELECT 1 FROM event WHERE parked IS NULL LIMIT ?)'
  return tx.one<{ n: number }>(counted, most)?.n ?? 0
}

/** The broker has them. */
export function published(tx: Tx, { seqs }: { seqs: readonly number[] }): void {
  for (const seq of seqs) tx.run('DELETE FROM event WHERE seq = ?', seq)
}

/** The broker refused it for good: it stays as a row, counted, and blocks nothing behind it. */
export function parkEvent(tx: Tx, { seq, reason }: { seq: number; reason: string }): void {
  tx.run('UPDATE event SET parked = ? WHERE seq = ?', reason, seq)
}
