import type { Tx } from '../tx.ts'

export interface WaitingPublication {
  readonly seq: number
  readonly topic: string
  readonly payload: string
  readonly retain: number
  readonly absolute: number
  readonly correlation: string | null
}

/** The oldest publications behind `after` that the broker has not acknowledged, in the order they were made. */
export function waitingPublications(tx: Tx, { after, limit }: { after: number; limit: number }): WaitingPublication[] {
  return tx.all<WaitingPublication>(
    `SELECT seq, topic, payload, retain, absolute, correlation FROM publication WHERE parked IS NULL AND seq > ? ORDER BY seq LIMIT ?`,
    after,
    limit,
  )
}

/** How many wait for the broker, counted no further than `most`. */
export function countWaiting(tx: Tx, { most }: { most: number }): number {
  const counted = 'SELECT COUNT(*) AS n FROM (SELECT 1 FROM publication WHERE parked IS NULL LIMIT ?)'
  return tx.one<{ n: number }>(counted, most)?.n ?? 0
}

/** The broker has them. */
export function published(tx: Tx, { seqs }: { seqs: readonly number[] }): void {
  for (const seq of seqs) tx.run('DELETE FROM publication WHERE seq = ?', seq)
}

/** The broker refused it for good: it stays as a row, counted, and blocks nothing behind it. */
export function parkPublication(tx: Tx, { seq, reason }: { seq: number; reason: string }): void {
  tx.run('UPDATE publication SET parked = ? WHERE seq = ?', reason, seq)
}

/**
 * What a broker that forgot its retained messages has to be told again, a page at a time by topic. A slash in front
 * marks a whole topic; all others are behind the base topic.
 */
export function retainedTopics(
  tx: Tx,
  { after, limit }: { after: string; limit: number },
): { topic: string; payload: string }[] {
  return tx.all('SELECT topic, payload FROM retained WHERE topic > ? ORDER BY topic LIMIT ?', after, limit)
}
