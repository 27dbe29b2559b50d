import type { Change } from './change.ts'
import { type Facts, phaseOf } from './state.ts'

/** What the ledger does beside saving the row, in this order. */
export const effects = [
  'stick_to_gateway', // the gateway that served the lane serves it again
  'end_change', // the settings that it was to change are settled, or in doubt
  'forget_text', // the text as sent holds secrets
  'next_text', // the segments of the next text of an act take the place of the present ones
  'watch_deadline', // its wait may be the next that ends
  'rest_lane', // the device wants a gap behind it
  'leave_queue', // one less queued of its client
  'enter_queue',
  'refresh_lane', // others may go, or it may
  'publish_result',
  'publish_sms_status',
  'make_way', // something of high priority may have waited for this
  'publish_late_reply',
] as const

export type Effect = (typeof effects)[number]

/** What a move makes necessary by itself, with what its rule adds. */
export function effectsOf(before: Facts, after: Facts, change: Change, added: readonly Effect[] = []): Effect[] {
  const ends = before.final === 0 && after.final === 1
  const moves = before.status !== after.status
  const doubts = before.in_doubt !== after.in_doubt
  const inLane = after.lane !== null
  const necessary: Readonly<Partial<Record<Effect, boolean>>> = {
    end_change: ends,
    forget_text: ends,
    // What a gateway has ends by the gateway's own deadline.
    watch_deadline: typeof change.deadline === 'number' && phaseOf(after) !== 'sending',
    rest_lane: inLane && before.open === 1 && after.open === 0 && after.gap > 0 && after.written_at !== null,
    leave_queue: inLane && moves && before.status === 'queued',
    enter_queue: inLane && moves && after.status === 'queued',
    refresh_lane: inLane && (moves || before.open !== after.open || before.due !== after.due),
    publish_result: moves || ends || doubts || change.reply !== undefined,
    publish_sms_status: before.sms_status !== after.sms_status || doubts,
  }
  return effects.filter((effect) => necessary[effect] === true || added.includes(effect))
}
