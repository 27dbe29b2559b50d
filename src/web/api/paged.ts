import { useEffect, useRef, useState } from 'preact/hooks'
import type { Page } from './answer-types.ts'
import { Problem } from './api-problem.ts'
import { ask } from './ask.ts'
import type { Call } from './hub-calls.ts'
import { useTurns } from './resource.ts'

/** A list that is read a page at a time. */
export interface Pages<T> {
  readonly rows: readonly T[] | null
  readonly problem: Problem | null
  readonly isLoading: boolean
  readonly hasMore: boolean
  /** Reads the next page. */
  more(): void
  reload(): void
}

/** Pages that are shown: beyond them, a filter finds more than scrolling does. */
const maxPages = 10

interface Paged {
  readonly cursor?: string | undefined
}

interface Read<T> {
  readonly rows: readonly T[]
  readonly pages: number
  readonly next: string | null
}

/** Reads as many pages as are shown, again after events: a row that moves to the next page is not lost between two. */
export function usePages<I extends Paged, T>(
  call: Call<I, Page<T>>,
  input: I,
  idOf: (row: T) => string,
  on: readonly string[] = [],
): Pages<T> {
  const [read, setRead] = useState<Read<T> | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isLoading, setLoading] = useState(true)
  const [turn, reload] = useTurns({ on })
  const key = JSON.stringify(input)
  const shown = useRef({ key, pages: 1 })
  if (shown.current.key !== key) shown.current = { key, pages: 1 }

  const start = (from: Read<T>, pages: number, ended: AbortSignal) => {
    setLoading(true)
    readOn(call, input, from, pages, ended)
      .then((found) => {
        setRead({ ...found, rows: distinct(found.rows, idOf) })
        setProblem(null)
        setLoading(false)
      })
      .catch((error: unknown) => {
        if (ended.aborted) return
        setProblem(Problem.from(error))
        setLoading(false)
      })
  }
  // The key stands for the input.
  useEffect(() => {
    const ended = new AbortController()
    start(nothing, shown.current.pages, ended.signal)
    return () => ended.abort()
  }, [call, key, turn])

  const more = () => {
    if (read === null || read.next === null || isLoading) return
    shown.current.pages = read.pages + 1
    start(read, read.pages + 1, new AbortController().signal)
  }
  const hasMore = read !== null && read.next !== null && read.pages < maxPages
  return { rows: read?.rows ?? null, problem, isLoading, hasMore, more, reload }
}

const nothing = { rows: [], pages: 0, next: null }

async function readOn<I extends Paged, T>(
  call: Call<I, Page<T>>,
  input: I,
  from: Read<T>,
  pages: number,
  ended: AbortSignal,
): Promise<Read<T>> {
  let read = from
  do {
    const page = await ask(call, { ...input, ...(read.next !== null && { cursor: read.next }) }, ended)
    read = { rows: [...read.rows, ...page.data], pages: read.pages + 1, next: page.next_cursor }
  } while (read.next !== null && read.pages < pages)
  return read
}

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
