import type { Change } from './change.ts'
import type { Move } from './rule.ts'
import type { Following, State } from './state.ts'

/** A text that became due may be sent for so long, in ms: half an act is worse than a late one. */
const stepLifeMs = 120_000

/**
 * Goes on to the next text of an act: one row, one result, whatever the number of texts. The commit is the wall: after
 * a crash the text before is never sent again.
 */
export function goOn({ row, following }: State, now: number, more: Change = {}): Move {
  const { goes, waitMs, segments, expect, withinMs, spec } = following as Following
  const due = now + waitMs
  const change: Change = {
    step: row.step + 1,
    due,
    deadline: due + stepLifeMs,
    expiresAt: Math.max(row.expires_at ?? 0, due + stepLifeMs),
    parts: segments.length,
    partsDelivered: 0,
    attempts: 0,
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
