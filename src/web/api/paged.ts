import { useRef, useState } from 'preact/hooks'
import type { Page } from './answer-types.ts'
import type { Problem } from './api-problem.ts'
import { ask } from './ask.ts'
import { filledPage } from './filled-page.ts'
import type { Call } from './hub-calls.ts'
import { type Following, useReading } from './use-reading.ts'

/** A list of any length, of which a page is shown, or a few that follow each other. */
export interface Pages<T> {
  readonly rows: readonly T[] | null
  /** All that there are, where the hub counts them. */
  readonly total: number | null
  /** The number of the first page that is shown, from 1. */
  readonly number: number
  readonly problem: Problem | null
  /** Nothing was found so far, and older messages are searched. */
  readonly isInOlder: boolean
  readonly hasPrevious: boolean
  readonly hasNext: boolean
  previous(): void
  next(): void
  reload(): void
}

interface Paged {
  readonly cursor?: string | undefined
}

interface PagesOptions extends Pick<Following, 'on'> {
  /** Pages that are shown at once. */
  readonly shown?: number
}

/** Where the reader is: the first and the last page that are shown, from 0, and where each page begins. */
interface Span {
  readonly key: string
  first: number
  last: number
  cursors: (string | null)[]
}

const startOf = (key: string): Span => ({ key, first: 0, last: 0, cursors: [null] })

interface Read<T> {
  readonly rows: readonly T[]
  readonly total: number | null
  readonly first: number
  readonly hasNext: boolean
}

/** Reads what is shown, again after events; whatever the length of the list, no more than that is kept. */
export function usePages<I extends Paged, T>(
  call: Call<I, Page<T>>,
  input: I,
  idOf: (row: T) => string,
  { on, shown = 1 }: PagesOptions = {},
): Pages<T> {
  const key = `${call.path} ${JSON.stringify(input)}`
  const span = useRef(startOf(key))
  if (span.current.key !== key) span.current = startOf(key)

  const [isInOlder, setInOlder] = useState(false)

  const read = async (ended: AbortSignal): Promise<Read<T>> => {
    setInOlder(false)
    const { first, last, cursors } = span.current
    const rows: T[] = []
    let total: number | null = null
    for (let at = first; at <= last; at++) {
      const cursor = cursors[at]
      if (cursor === undefined) break
      const page = await filledPage(
        (from) => ask(call, { ...input, ...(from !== null && { cursor: from }) }, ended),
        cursor,
        () => setInOlder(true),
      )
      rows.push(...page.data)
      total = page.total ?? total
      cursors.splice(at + 1)
      if (page.next_cursor !== null) cursors.push(page.next_cursor)
    }
    setInOlder(false)
    return { rows: distinct(rows, idOf), total, first, hasNext: cursors.length > last + 1 }
  }
  const { data, problem, reload } = useReading(read, key, on === undefined ? {} : { on })

  const move = (by: 1 | -1) => {
    const { current } = span
    const at = by === 1 ? current.last + 1 : current.first - 1
    if (at < 0 || current.cursors[at] === undefined) return
    if (by === 1) {
      current.last = at
      current.first = Math.max(current.first, at - shown + 1)
    } else {
      current.first = at
      current.last = Math.min(current.last, at + shown - 1)
    }
    reload()
  }
  return {
    rows: data?.rows ?? null,
    total: data?.total ?? null,
    number: (data?.first ?? 0) + 1,
    problem,
    isInOlder,
    hasPrevious: (data?.first ?? 0) > 0,
    hasNext: data?.hasNext ?? false,
    previous: () => move(-1),
    next: () => move(1),
    reload,
  }
}

/** The same without a way to other pages, for where that is elsewhere. */
export const unpaged = <T>(pages: Pages<T>): Pages<T> => ({ ...pages, number: 1, hasPrevious: false, hasNext: false })

/** A row that has moved while the pages were read is in two of them. */
function distinct<T>(rows: readonly T[], idOf: (row: T) => string): T[] {
  const seen = new Set<string>()
  return rows.filter((row) => {
    const id = idOf(row)
    const isNew = !seen.has(id)
    seen.add(id)
    return isNew
  })
}
