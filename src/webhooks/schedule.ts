const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

/** The schedule that Standard Webhooks recommends: how long each attempt waits for the failure of the one before it. */
const waitsMs = [
  0,
  5 * secondMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
] as const

export const maxAttempts = waitsMs.length

/** Deliveries that failed together are not repeated together. */
const jitter = 0.2

/** A receiver can't ask for a longer wait. */
const maxRetryAfterMs = 24 * hourMs

/** How long until the next attempt, after so many; null when there is none. `random` is in [0, 1). */
export function nextWaitMs(attempts: number, random: number, retryAfterMs: number | null): number | null {
  const wait = waitsMs[attempts]
  if (wait === undefined) return null
  return Math.round(Math.max(wait * (1 - jitter + 2 * jitter * random), retryAfterMs ?? 0))
}

/** For how long a receiver that asks to be called less often gets nothing: twice as long each time it asks again. */
const slowMs = { first: 5 * secondMs, longest: 30 * minuteMs }

export function slowWaitMs(before: number, retryAfterMs: number | null): number {
  return Math.max(Math.min(slowMs.longest, slowMs.first * 2 ** Math.min(before, 20)), retryAfterMs ?? 0)
}

/** `Retry-After` (RFC 9110, 10.2.3): seconds, or a date. Null where it is absent or neither of them. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null
  const text = header.trim()
  const wait = /^\d{1,10}$/.test(text) ? Number(text) * secondMs : dateOf(text) - now
  return Number.isNaN(wait) ? null : Math.min(maxRetryAfterMs, Math.max(0, wait))
}

/** An HTTP date begins with its weekday: other words that `Date.parse` can read are none. */
const dateOf = (text: string): number => (/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN)
