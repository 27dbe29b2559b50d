import { byIndex } from '../sql.ts'
import type { Rows } from '../tx.ts'
import {
  all,
  type Condition,
  condition,
  type Filter,
  filterConditions,
  subjectConditions,
  type Table,
} from './condition.ts'
import { hasCases } from './letter-cases.ts'

/** A place in both tables: the keys before which the next page begins; 0 where a table has no more. */
export interface Place {
  readonly out: number
  readonly in: number
}

export interface Query {
  readonly filter: Filter
  readonly limit: number
  /** Null for the first page. */
  readonly place: Place | null
}

/** A page, the newest first. It may be short, or empty, though there is more: `next` is null only at the end. */
export interface Page<T> {
  readonly entries: readonly T[]
  readonly next: Place | null
}

/** How the rows of a table become entries. */
export interface Rendering<Row, T> {
  readonly table: Table
  readonly columns: readonly string[]
  /** The column of its status; null where all rows are alike. */
  readonly status: string | null
  entryOf(row: Row): T
}

/**
 * Rows of a table that are looked at in one call, so that a search among many does not hold up other lists: in the order
 * of the table; where letters are compared in every case; one by one, where an index has those of a subject.
 */
const maxLookedAt = { inOrder: 20_000, inEveryCase: 8_000, ofSubject: 5_000 } as const

const beyondAll = Number.MAX_SAFE_INTEGER

/** Two tables as one list, by time; within each table the order is that of its keys. */
export function newest<T>(
  rows: Rows,
  { filter, limit, place }: Query,
  renderings: readonly Rendering<never, T>[],
): Page<T> {
  const streams = renderings
    .filter(({ table, status }) => isWanted(table, status, filter))
    .map((rendering) => new Stream(rows, rendering as Rendering<unknown, T>, filter, limit, place))
  const entries: T[] = []
  for (;;) {
    for (const stream of streams) stream.fill()
    const isUnknown = streams.some((stream) => stream.time === null && !stream.isEnded)
    const [next] = streams.filter(({ time }) => time !== null).sort((a, b) => (b.time as number) - (a.time as number))
    if (next === undefined && !isUnknown) return { entries, next: null }
    if (next === undefined || isUnknown || entries.length === limit) break
    entries.push(next.take())
  }
  const before = (direction: 'out' | 'in') => streams.find((one) => one.direction === direction)?.before ?? 0
  return { entries, next: { out: before('out'), in: before('in') } }
}

/** Received texts have one status, and are in no batch. */
function isWanted({ direction }: Table, column: string | null, { direction: asked, status, batch }: Filter): boolean {
  if ((asked !== null && asked !== direction) || (batch !== null && direction === 'in')) return false
  return status === null || (column === null) === (status === 'received')
}

interface Found {
  readonly key_: number
  readonly time_: number
}

/** The rows of one table, read a window at a time. */
class Stream<T> {
  readonly direction: 'out' | 'in'
  readonly #rows: Rows
  readonly #rendering: Rendering<unknown, T>
  readonly #limit: number
  readonly #subjects: readonly Condition[] | null
  readonly #conditions: readonly Condition[]
  readonly #search: string | null
  #found: Found[] = []
  #below: number
  #mayRead = true

  constructor(rows: Rows, rendering: Rendering<unknown, T>, filter: Filter, limit: number, place: Place | null) {
    const { table, status } = rendering
    this.direction = table.direction
    this.#rows = rows
    this.#rendering = rendering
    this.#limit = limit + 1
    this.#subjects = subjectConditions(table, filter)
    this.#conditions = filterConditions(table, filter, status)
    this.#search = filter.search
    this.#below = place === null ? beyondAll : place[table.direction]
  }

  get isEnded(): boolean {
    return this.#found.length === 0 && this.#below <= 0
  }

  /** The time of its first row; null where none is known. */
  get time(): number | null {
    return this.#found[0]?.time_ ?? null
  }

  /** Where a later page goes on. */
  get before(): number {
    const [first] = this.#found
    return first === undefined ? Math.max(0, this.#below) : first.key_ + 1
  }

  take(): T {
    return this.#rendering.entryOf(this.#found.shift())
  }

  /** Reads the next rows, once. */
  fill(): void {
    if (this.#found.length > 0 || this.isEnded || !this.#mayRead) return
    this.#mayRead = false
    const lowest = this.#lowest()
    this.#found = this.#read(lowest)
    this.#below = this.#found.length === this.#limit ? (this.#found.at(-1) as Found).key_ : lowest
  }

  /** The key down to which rows are looked at. Without conditions, all that are read are found. */
  #lowest(): number {
    if (this.#conditions.length === 0) return 0
    const { name, key } = this.#rendering.table
    if (this.#subjects !== null) return Math.max(0, ...this.#subjects.map((subject) => this.#lowestOf(subject)))
    if (this.#below === beyondAll) {
      const newestKey = this.#rows.one<{ key_: number | null }>(`SELECT MAX(${key}) AS key_ FROM ${name}`)?.key_ ?? 0
      this.#below = newestKey + 1
    }
    const isSlow = this.#search !== null && hasCases(this.#search)
    return Math.max(0, this.#below - (isSlow ? maxLookedAt.inEveryCase : maxLookedAt.inOrder))
  }

  /** The same of what an index has of a subject; 0 where that is all of it. */
  #lowestOf({ sql, values }: Condition): number {
    const { name, key } = this.#rendering.table
    const last = `SELECT ${key} AS key_ FROM ${name} WHERE ${sql} AND ${key} < ? ORDER BY ${key} DESC LIMIT 1 OFFSET ?`
    return this.#rows.one<{ key_: number }>(last, ...values, this.#below, maxLookedAt.ofSubject - 1)?.key_ ?? 0
  }

  #read(lowest: number): Found[] {
    const { table, columns } = this.#rendering
    const { name, key, time, words } = table
    const isSearch = this.#search !== null && this.#subjects === null
    const from = isSearch ? `${name} ${byIndex(words)}` : name
    const span = condition(`${key} < ? AND ${key} >= ?`, this.#below, lowest)
    const parts = (this.#subjects ?? [condition('1 = 1')]).map((subject) => all([subject, span, ...this.#conditions]))
    const one = ({ sql }: Condition) =>
      `SELECT * FROM (SELECT ${key} AS key_, ${time} AS time_, ${columns.join(', ')} FROM ${from}
         WHERE ${sql} ORDER BY ${key} DESC LIMIT ?) AS part`
    return this.#rows.all<Found>(
      `${parts.map(one).join(' UNION ALL ')} ORDER BY key_ DESC LIMIT ?`,
      ...parts.flatMap(({ values }) => [...values, this.#limit]),
      this.#limit,
    )
  }
}
