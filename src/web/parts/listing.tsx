import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Problem } from '../api/api-problem.ts'
import type { Pages } from '../api/paged.ts'
import { words } from '../texts/language.ts'
import { Button } from './button.tsx'
import { Empty } from './empty.tsx'
import { Fault } from './fault.tsx'

interface ListingProps<T> {
  readonly pages: Pages<T>
  /** Where there is nothing: what to do next. */
  readonly empty: ComponentChildren
  readonly children: (rows: readonly T[]) => ComponentChildren
}

/** A list with its states: being read, failed, empty, and the way to its other pages. */
export function Listing<T>({ pages, empty, children }: ListingProps<T>) {
  const { rows, number, problem, isInOlder, hasPrevious, hasNext } = pages
  const w = words().common
  const page = useRef<HTMLElement>(null)
  const isTurned = useRef(false)
  const turn = (to: () => void) => {
    isTurned.current = true
    to()
  }
  // A page that is turned begins at its top, for eyes, keys and screen readers
  useLayoutEffect(() => {
    if (!isTurned.current) return
    isTurned.current = false
    page.current?.focus({ preventScroll: true })
    page.current?.scrollIntoView({ block: 'start' })
  }, [number])
  const isPaged = hasPrevious || hasNext
  // A page of a search is not the last one while there is more to be searched, whatever is found there.
  const none = hasPrevious ? <Empty icon="search" title={w.nothingMore} /> : empty
  const shown = rows === null ? problem === null && <Loading /> : rows.length === 0 ? none : children(rows)
  return (
    <>
      <Fault problem={problem} />
      {isInOlder && problem === null && (
        <p class="small muted" role="status">
          {w.inOlder}
        </p>
      )}
      {isPaged ? (
        <section ref={page} tabIndex={-1} aria-label={w.page(number)}>
          {shown}
        </section>
      ) : (
        shown
      )}
      {isPaged && (
        <nav class="pager" aria-label={w.pages}>
          <Button disabled={!hasPrevious} onClick={() => turn(pages.previous)}>
            {w.previous}
          </Button>
          <span class="small muted">{w.page(number)}</span>
          <Button disabled={!hasNext} onClick={() => turn(pages.next)}>
            {w.next}
          </Button>
        </nav>
      )}
    </>
  )
}

/** What stands where an answer will be: that it is being read, or why it is not there. */
export function Awaited({ problem }: { readonly problem: Problem | null }) {
  return problem === null ? <Loading /> : <Fault problem={problem} />
}

export function Loading() {
  return (
    <div class="loading" role="status">
      <span class="unseen">{words().common.loading}</span>
    </div>
  )
}
