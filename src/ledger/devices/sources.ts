import type { Values } from '../../message/values.ts'
import { document } from '../rows.ts'
import { upsert } from '../sql.ts'
import type { Tx } from '../tx.ts'

/** Known routes of a device's texts, and the last query to verify one. */
export interface TrustRecord {
  /** Number of answers by route. */
  readonly routes: Readonly<Record<string, number>>
  /** Times of queries in the last 24 hours, the latest first. */
  readonly askedAt: readonly number[]
  /** The values of the text that was last queried about; null once they were contradicted. */
  readonly claimed: Values | null
}

export interface Question {
  readonly at: number
  readonly claimed: Values
}

/** Stored routes of a device. */
const maxRoutes = 16
const dayMs = 86_400_000

export function trustRecord(tx: Tx, device: string, now: number): TrustRecord {
  const routes = tx.all<{ print: string; count: number }>('SELECT print, count FROM route WHERE device = ?', device)
  const questions = tx.all<{ at: number; claimed: string | null }>(
    'SELECT at, claimed FROM question WHERE device = ? AND at > ? AND at <= ? ORDER BY at DESC',
    device,
    now - dayMs,
    now,
  )
  return {
    routes: Object.fromEntries(routes.map(({ print, count }) => [print, count])),
    askedAt: questions.map(({ at }) => at),
    claimed: document<Values | null>(questions[0]?.claimed ?? null),
  }
}

/** Counts the route of an answer to an open command. */
export function learnRoute(tx: Tx, device: string, print: string, now: number): void {
  tx.run(
    `INSERT INTO route (device, print, count, first, last) VALUES (?, ?, 1, ?, ?)
     ON CONFLICT (device, print) DO UPDATE SET count = count + 1, last = excluded.last`,
    device,
    print,
    now,
    now,
  )
  // The most frequent routes are kept, however many others are tried, and so is the newest.
  tx.run(
    `DELETE FROM route WHERE device = ? AND print <> ? AND print NOT IN
       (SELECT print FROM route WHERE device = ? ORDER BY count DESC, last DESC LIMIT ?)`,
    device,
    print,
    device,
    maxRoutes,
  )
}

export function noteQuestion(tx: Tx, device: string, { at, claimed }: Question): void {
  tx.run('DELETE FROM question WHERE device = ? AND (at <= ? OR at > ?)', device, at - dayMs, at)
  tx.run(upsert('question', ['device', 'at'], ['claimed']), device, at, JSON.stringify(claimed))
}

/** The last query was contradicted: only one contradiction counts. */
export function noteContradiction(tx: Tx, device: string): void {
  tx.run('UPDATE question SET claimed = NULL WHERE device = ?', device)
}

export function forgetTrust(tx: Tx, device: string): void {
  tx.run('DELETE FROM route WHERE device = ?', device)
  tx.run('DELETE FROM question WHERE device = ?', device)
}
