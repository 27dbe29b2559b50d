import type { Change } from './change.ts'
import { type Facts, phaseOf } from './state.ts'

/** Effects beside saving the row, in order. */
export const effects = [
  'stick_to_gateway', // the lane prefers the gateway that has sent it
  'end_change', // changed settings are settled, or in doubt
  'forget_text', // the text as sent contains secrets, and is needed no longer
  'next_text', // the segments of the next text replace the current ones
  'watch_deadline', // its deadline may be the next one
  'rest_lane', // the device needs a gap after it
  'leave_queue', // its client has one less queued
  'enter_queue',
  'leave_schedule', // and one less scheduled
  'join_lane', // behind what is queued now; it may be the first for a long time
  'refresh_lane', // others may be sent, or it may
  'publish_result',
  'publish_sms_status',
  'make_way', // a high-priority command may have waited for this
  'publish_late_reply',
] as const

export type Effect = (typeof effects)[number]

/** Whether something of it may still be handed to a gateway: what has left, or may have, is never sent again. */
function needsText(facts: Facts): boolean {
  if (facts.last > 0) return facts.final === 0
  const phase = phaseOf(facts)
  return phase === 'scheduled' || phase === 'queued' || phase === 'sending'
}

/** The effects that a change requires, and those that its rule adds. */
export function effectsOf(before: Facts, after: Facts, change: Change, added: readonly Effect[] = []): Effect[] {
  const ends = before.final === 0 && after.final === 1
  const moves = before.status !== after.status
  const doubts = before.in_doubt !== after.in_doubt
  const inLane = after.lane !== null
  const [from, to] = [phaseOf(before), phaseOf(after)]
  const necessary: Readonly<Partial<Record<Effect, boolean>>> = {
    end_change: ends,
    forget_text: needsText(before) && !needsText(after),
    // A submission at a gateway ends by the gateway's own deadline.
    watch_deadline: typeof change.deadline === 'number' && to !== 'sending',
    rest_lane: inLane && before.open === 1 && after.open === 0 && after.gap > 0 && after.written_at !== null,
    leave_queue: inLane && from === 'queued' && to !== 'queued',
    enter_queue: inLane && from !== 'queued' && to === 'queued',
    leave_schedule: from === 'scheduled' && to !== 'scheduled',
    join_lane: from === 'scheduled' && to === 'queued',
    refresh_lane: inLane && (moves || before.open !== after.open || before.due !== after.due),
    publish_result: moves || ends || doubts || change.reply !== undefined,
    publish_sms_status: before.sms_status !== after.sms_status || doubts,
  }
  return effects.filter((effect) => necessary[effect] === true || added.includes(effect))
}
