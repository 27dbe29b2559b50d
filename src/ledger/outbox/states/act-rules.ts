import type { Change } from './change.ts'
import type { Move } from './rule.ts'
import type { Following, State } from './state.ts'

/** Time to live of a text that has become due: half a command is worse than a late one. */
const stepTtlMs = 120_000

/**
 * Proceeds to the next text of a command: one row and one result, whatever the number of texts. Once committed, the
 * previous text is never sent again, even after a crash.
 */
export function goOn({ row, following }: State, now: number, more: Change = {}): Move {
  const { goes, waitMs, segments, alphabet, expect, withinMs, spec } = following as Following
  const due = now + waitMs
  const change: Change = {
    step: row.step + 1,
    due,
    deadline: due + stepTtlMs,
    expiresAt: Math.max(row.expires_at ?? 0, due + stepTtlMs),
    alphabet,
    parts: segments.length,
    partsDelivered: 0,
    attempts: 0,
    returns: null,
    expect,
    within: withinMs,
    spec,
    writtenAt: null,
    sentAt: null,
    deliveredAt: null,
    inDoubt: false,
    error: null,
    reason: goes === 'then' ? `text ${row.step + 2} of ${row.last + 1}` : 'tried again',
    ...more,
  }
  return { change, effects: ['next_text', 'publish_result'] }
}
