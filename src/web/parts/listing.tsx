import type { ComponentChildren } from 'preact'
import type { Pages } from '../api/paged.ts'
import { words } from '../texts/language.ts'
import { Button } from './button.tsx'
import { Fault } from './fault.tsx'

interface ListingProps<T> {
  readonly pages: Pages<T>
  /** Where there is nothing: what to do next. */
  readonly empty: ComponentChildren
  readonly children: (rows: readonly T[]) => ComponentChildren
}

/** A list with its states: being read, failed, empty, and the button for more. */
export function Listing<T>({ pages, empty, children }: ListingProps<T>) {
  const { rows, problem, isLoading, hasMore, more } = pages
  return (
    <>
      <Fault problem={problem} />
      {rows === null ? problem === null && <Loading /> : rows.length === 0 ? empty : children(rows)}
      {rows !== null && hasMore && (
        <div class="more-rows">
          <Button onClick={more} disabled={isLoading}>
            {words().common.more}
          </Button>
        </div>
      )}
    </>
  )
}

export function Loading() {
  return (
    <div class="loading" role="status">
      <span class="unseen">{words().common.loading}</span>
    </div>
  )
}
