import type { Page } from './answer-types.ts'

interface AllRows<T> {
  readonly rows: readonly T[]
  /** There are no others. */
  readonly isWhole: boolean
}

/** The rows of every page, the first of them where there are too many. */
export async function allRows<T>(
  read: (cursor: string | undefined) => Promise<Page<T>>,
  maxRows: number,
): Promise<AllRows<T>> {
  const rows: T[] = []
  let cursor: string | undefined
  do {
    const page = await read(cursor)
    rows.push(...page.data)
    cursor = page.next_cursor ?? undefined
    // A further page may be empty: only a further row proves that there are more.
  } while (cursor !== undefined && rows.length <= maxRows)
  return { rows: rows.slice(0, maxRows), isWhole: rows.length <= maxRows }
}
