import type { RecordedEvent } from '../../message/hub-event.ts'
import type { Tx } from '../tx.ts'

export interface WaitingEvent extends RecordedEvent {
  readonly seq: number
}

/** The oldest events behind `after` that the broker has not acknowledged, in the order in which they were recorded. */
export function waitingEvents(tx: Tx, { after, limit }: { after: number; limit: number }): WaitingEvent[] {
  return tx.all<WaitingEvent>(
    `SELECT seq, kind, subject, data, replaced, reply_to AS "replyTo" FROM event
     WHERE parked IS NULL AND seq > ? ORDER BY seq LIMIT ?`,
    after,
    limit,
  )
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
