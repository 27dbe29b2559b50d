import type { RecordedEvent } from '../../message/hub-event.ts'
import { joinInOrder } from '../sql.ts'
import type { Tx } from '../tx.ts'
import { dismiss } from './outlets.ts'

export interface WaitingEvent extends RecordedEvent {
  readonly seq: number
  /** When it was recorded, ms since 1970. */
  readonly at: number
}

/**
 * The oldest events that an outlet has not passed on and that are not `known` to be under way, in the order in which
 * they were recorded. Asked for by what they are, not by what was read last: a number that was given earlier can be
 * committed later.
 */
export function waitingEvents(
  tx: Tx,
  { outlet, known, limit }: { outlet: string; known: readonly number[]; limit: number },
): readonly WaitingEvent[] {
  const passed = new Set(known)
  const first = firstUnknown(tx, outlet, passed)
  if (first === null) return []
  return tx
    .all<WaitingEvent>(
      `SELECT event.seq, at, kind, subject, data, replaced, reply_to AS "replyTo"
       FROM event_waiting ${joinInOrder} event
       WHERE event_waiting.outlet = ? AND event_waiting.seq >= ? AND event.seq = event_waiting.seq
       ORDER BY event_waiting.seq LIMIT ?`,
      outlet,
      first,
      limit + passed.size,
    )
    .filter(({ seq }) => !passed.has(seq))
    .slice(0, limit)
}

/** Where the search begins, so that the data of known events is not read. */
function firstUnknown(tx: Tx, outlet: string, known: ReadonlySet<number>): number | null {
  if (known.size === 0) return 0
  const seqs = tx.all<{ seq: number }>(
    'SELECT seq FROM event_waiting WHERE outlet = ? ORDER BY seq LIMIT ?',
    outlet,
    known.size + 1,
  )
  return seqs.find(({ seq }) => !known.has(seq))?.seq ?? null
}

/** How many wait for an outlet, counted no further than `most`. */
export function countWaiting(tx: Tx, { outlet, most }: { outlet: string; most: number }): number {
  const counted = 'SELECT COUNT(*) AS n FROM (SELECT 1 FROM event_waiting WHERE outlet = ? LIMIT ?)'
  return tx.one<{ n: number }>(counted, outlet, most)?.n ?? 0
}

/** An outlet has passed them on. */
export function acknowledge(tx: Tx, passedOn: { outlet: string; seqs: readonly number[] }): void {
  dismiss(tx, 'event_waiting', passedOn)
}

/** An outlet has refused it for good: it stays as a row, is counted, and blocks nothing behind it. */
export function parkEvent(tx: Tx, { outlet, seq, reason }: { outlet: string; seq: number; reason: string }): void {
  // Nothing stays of an event that was erased meanwhile.
  if (tx.run('DELETE FROM event_waiting WHERE outlet = ? AND seq = ?', outlet, seq).changes === 0) return
  tx.run('INSERT INTO event_parked (outlet, seq, reason) VALUES (?, ?, ?)', outlet, seq, reason)
}

/**
 * Gives up what an outlet has not passed on since `before`, and the oldest beyond `most`. A later time than now was set
 * by a clock that was wrong. Returns the number.
 */
export function lapseWaiting(
  tx: Tx,
  { outlet, before, now, most }: { outlet: string; before: number; now: number; most: number },
): number {
  const old = `SELECT event.seq FROM event_waiting ${joinInOrder} event
    WHERE event_waiting.outlet = ? AND event.seq = event_waiting.seq AND (at < ? OR at > ?)`
  const surplus = 'SELECT seq FROM event_waiting WHERE outlet = ? ORDER BY seq DESC LIMIT ? OFFSET ?'
  const found = [
    ...tx.all<{ seq: number }>(old, outlet, before, now + (now - before)),
    ...tx.all<{ seq: number }>(surplus, outlet, maxLapsed, most),
  ]
  const seqs = [...new Set(found.map(({ seq }) => seq))]
  dismiss(tx, 'event_waiting', { outlet, seqs })
  return seqs.length
}

/** In one transaction; the rest follows in the next. */
const maxLapsed = 10_000

/** Parked events of each outlet that are kept for inspection. */
const maxParked = 1_000

/** Deletes the oldest parked events. Returns whether there are more. */
export function pruneParked(tx: Tx, limit: number): boolean {
  let more = false
  for (const { name } of tx.all<{ name: string }>('SELECT name FROM outlet')) {
    const surplus = tx.all<{ seq: number }>(
      'SELECT seq FROM event_parked WHERE outlet = ? ORDER BY seq DESC LIMIT ? OFFSET ?',
      name,
      limit,
      maxParked,
    )
    dismiss(tx, 'event_parked', { outlet: name, seqs: surplus.map(({ seq }) => seq) })
    if (surplus.length === limit) more = true
  }
  return more
}
