import { signal } from '@preact/signals'
import { hashOf, placeOf } from './page-place.ts'

/** Where the reader is. Places are in the hash, so that the page works below any path. */
export const place = signal(placeOf(location.hash))

let isArriving = false

/** Whether the reader has just come to another place: its title is focused then, so that it is read out. */
export function takeArrival(): boolean {
  const is = isArriving
  isArriving = false
  return is
}

export function followAddress(): void {
  addEventListener('hashchange', () => {
    const before = place.value.path.join('/')
    place.value = placeOf(location.hash)
    if (place.value.path.join('/') === before) return
    scrollTo(0, 0)
    isArriving = true
  })
}

export function go(...path: readonly string[]): void {
  location.hash = hashOf(path)
}

/** Changes parameters of this place, without a step in the history: filters, tabs. */
export function refine(change: Readonly<Record<string, string | undefined>>): void {
  const { path, query } = place.value
  const hash = hashOf(path, { ...query, ...change })
  history.replaceState(null, '', hash)
  place.value = placeOf(hash)
}
