import type { EventKind } from '../../message/hub-event.ts'
import { publicKinds } from '../../message/public-event.ts'
import { upsert } from '../sql.ts'
import type { Rows, Tx } from '../tx.ts'

/** How long an event can be read after it was recorded. */
const maxAgeMs = 7 * 86_400_000
/** How many numbers back the log reaches, whatever their age. */
const maxKept = 100_000

/** The kinds that stay in the log once no outlet needs them. */
export const isLogged = `kind IN (${publicKinds.map((kind) => `'${kind}'`).join(', ')})`

/** An event of the log, its data as text. */
export interface LoggedEvent {
  readonly seq: number
  readonly at: number
  readonly kind: EventKind
  readonly subject: string
  readonly data: string | null
}

export interface LogPage {
  /** Whether everything behind that place is still there. */
  readonly isKnown: boolean
  readonly events: readonly LoggedEvent[]
  /** The last number in the log. */
  readonly newest: number
}

export interface AfterArgs {
  readonly after: number | null
  /** Only what concerns this one. */
  readonly device?: string | undefined
  readonly limit: number
}

/**
 * A page of the events behind a number; null begins with the oldest. Nothing behind the last number of a page can be
 * committed later with a lower one: numbers are given in the order of the commits, as there is one writer. With several
 * hubs on one store that ends, and a reader would have to stop at the oldest number that is given but not committed.
 */
export function eventsAfter(rows: Rows, { after, device, limit }: AfterArgs): LogPage {
  const from = pruned(rows)
  const newest = newestEvent(rows)
  if (after !== null && after !== from && !isPlace(rows, after, from)) return { isKnown: false, events: [], newest }
  return { isKnown: true, events: inOrder(rows, { above: after ?? from, device, limit }), newest }
}

export interface BeforeArgs {
  /** Null begins with the newest. */
  readonly before: number | null
  readonly device?: string | undefined
  readonly limit: number
}

/** The same before a number, the newest first. Any number is a place: what is below it stays as it is. */
export function eventsBefore(rows: Rows, { before, device, limit }: BeforeArgs): readonly LoggedEvent[] {
  return inOrder(rows, { above: pruned(rows), below: before ?? Number.MAX_SAFE_INTEGER, device, limit })
}

interface Span {
  readonly above: number
  /** With it, the newest first. */
  readonly below?: number
  readonly device?: string | undefined
  readonly limit: number
}

/** By the numbers of all, or by those of a device. */
function inOrder(rows: Rows, { above, below, device, limit }: Span): LoggedEvent[] {
  const where = [device === undefined ? [] : ['device = ?'], ['seq > ?'], below === undefined ? [] : ['seq < ?']].flat()
  const values = [device, above, below].filter((value) => value !== undefined)
  const order = below === undefined ? 'ASC' : 'DESC'
  return rows.all<LoggedEvent>(
    `SELECT seq, at, kind, subject, data FROM event WHERE ${where.join(' AND ')} AND ${isLogged}
     ORDER BY seq ${order} LIMIT ?`,
    ...values,
    limit,
  )
}

/** The number of an event that is there: others were erased, or given by a store of which this one is a backup. */
const isPlace = (rows: Rows, seq: number, from: number): boolean =>
  seq > from && rows.one(`SELECT seq FROM event WHERE seq = ? AND ${isLogged}`, seq) !== undefined

/** More events than are recorded between a backup and its restoring. */
const skippedCount = 10_000_000_000

/**
 * The store is a backup that was restored: the numbers that were given since it was made are not given again. A reader
 * that has one of them has to load everything again, instead of missing what happens now.
 */
export function skipGivenNumbers(tx: Tx, now: number): void {
  const last = tx.one<{ seq: number | null }>('SELECT MAX(seq) AS seq FROM event')?.seq ?? 0
  const seq = Math.max(last, newestEvent(tx)) + skippedCount
  tx.run(`INSERT INTO event (seq, kind, subject, at) VALUES (?, 'skipped', '', ?)`, seq, now)
  tx.run('DELETE FROM event WHERE seq = ?', seq)
}

/** The last number in the log. */
export function newestEvent(rows: Rows): number {
  const last = rows.one<{ seq: number }>(`SELECT seq FROM event WHERE ${isLogged} ORDER BY seq DESC LIMIT 1`)
  return Math.max(pruned(rows), last?.seq ?? 0)
}

/** Deletes the oldest events that no outlet needs, a batch at a time. Returns whether there are more. */
export function pruneLog(
  tx: Tx,
  { now, limit, isUnneeded }: { now: number; limit: number; isUnneeded: string },
): boolean {
  const end = endOfOld(tx, now)
  if (end > pruned(tx)) tx.run(upsert('meta', ['key'], ['value']), floorKey, String(end))
  const old = `SELECT seq FROM event WHERE seq <= ? AND ${isUnneeded} LIMIT ?`
  return tx.run(`DELETE FROM event WHERE seq IN (${old})`, end, limit).changes === limit
}

const floorKey = 'events_pruned_to'

/** The log begins behind this number. */
function pruned(rows: Rows): number {
  return Number(rows.one<{ value: string }>('SELECT value FROM meta WHERE key = ?', floorKey)?.value ?? '0')
}

/** The last number of those that are too old or too many: between the others by halves, as times follow the numbers. */
function endOfOld(tx: Tx, now: number): number {
  const last = tx.one<{ seq: number | null }>('SELECT MAX(seq) AS seq FROM event')?.seq ?? 0
  let low = Math.max(0, last - maxKept)
  for (let high = last; low < high; ) {
    const middle = Math.ceil((low + high) / 2)
    const next = 'SELECT seq, at FROM event WHERE seq >= ? AND seq <= ? ORDER BY seq LIMIT 1'
    const found = tx.one<{ seq: number; at: number }>(next, middle, high)
    if (found !== undefined && found.at < now - maxAgeMs) low = found.seq
    else high = middle - 1
  }
  return low
}
