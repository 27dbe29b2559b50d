import * as z from 'zod'
import { spanMs } from './spans.ts'

/** An age like `7d`, or a time. */
export const moment = z
  .string()
  .max(40)
  .refine(
    (text) => momentOf(text, 0) !== null,
    'must be an age like 12h or 7d, or a time like 2026-12-24 or 2026-12-24T18:00:00Z',
  )

/** The time in ms since 1970; null where it is none. */
export function momentOf(text: string, now: number): number | null {
  const age = spanMs(text)
  if (age !== null) return now - age
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : time
}
