import { signal } from '@preact/signals'
import { remember, remembered } from '../browser-memory.ts'
import { marksIn, withMark } from './read-marks.ts'

const storageKey = 'seen'

/** What was read in this browser. */
export const seen = signal(marksIn(remembered(storageKey)))

export function markSeen(key: string, at: string): void {
  if ((seen.value[key] ?? '') >= at) return
  seen.value = withMark(seen.value, key, at)
  remember(storageKey, JSON.stringify(seen.value))
}
