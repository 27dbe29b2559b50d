import { useEffect, useState } from 'preact/hooks'
import type { Page } from './answer-types.ts'
import { ask } from './ask.ts'
import type { Call } from './hub-calls.ts'
import { Problem } from './api-problem.ts'
import { useResource } from './resource.ts'

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

/** Rows that are kept: beyond it, a filter finds more than scrolling does. */
const maxRows = 2_000

interface Paged {
  readonly cursor?: string | undefined
}

/** The first page follows the events; further ones are read on demand, below it. */
export function usePages<I extends Paged, T>(
  call: Call<I, Page<T>>,
  input: I,
  idOf: (row: T) => string,
  on: readonly string[] = [],
): Pages<T> {
  const first = useResource(call, input, { on })
  const key = JSON.stringify(input)
  const [older, setOlder] = useState<{ rows: readonly T[]; next: string | null } | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isLoading, setLoading] = useState(false)

  // Another input is another list
  useEffect(() => {
    setOlder(null)
    setProblem(null)
  }, [key])

  const next = older === null ? (first.data?.next_cursor ?? null) : older.next
  const more = () => {
    if (next === null || isLoading) return
    setLoading(true)
    ask(call, { ...input, cursor: next })
      .then((page) => setOlder({ rows: [...(older?.rows ?? []), ...page.data], next: page.next_cursor }))
      .catch((error: unknown) => setProblem(Problem.from(error)))
      .finally(() => setLoading(false))
  }
  const newer = first.data?.data ?? null
  const known = new Set(newer?.map(idOf))
  const rows = newer && [...newer, ...(older?.rows.filter((row) => !known.has(idOf(row))) ?? [])]
  return {
    rows,
    problem: first.problem ?? problem,
    isLoading: first.isLoading || isLoading,
    hasMore: next !== null && (rows?.length ?? 0) < maxRows,
    more,
    reload: first.reload,
  }
}
