import type { Reply } from '../../../message/result.ts'
import { goOn } from './act-rules.ts'
import { type Change, ended } from './change.ts'
import type { Move, Rule } from './rule.ts'
import type { Facts, State } from './state.ts'

/** The device has answered: the command continues with its next text, or ends. */
export const answer: Rule<'answered'> = (state, { reply, ok, now }) => {
  if (state.following?.goes === 'then') return goOn(state, now, { reply: merged(state.row, reply) })
  return replied(state, reply, { ok, reason: null, error: null }, now)
}

export const decline: Rule<'declined'> = (state, { reply, reason, error, now }) => {
  if (state.following?.goes === 'else') return goOn(state, now)
  return replied(state, reply, { ok: false, reason, error }, now)
}

export const answerUnproven: Rule<'unproven'> = (state, { reply, now }) =>
  replied(state, reply, { ok: null, reason: 'unverified', error: null }, now)

/** Answered in part: further texts are added, and the lane does not wait for them. */
export const begin: Rule<'begun'> = (state, { reply, verdict, ok, waitMs, now }) => {
  const { phase, row, following } = state
  // Should nothing more come, it is not known whether it worked.
  const isGuess = verdict === 'partial' && ok === null && reply.matched_by !== 'any_text'
  const unproven: Change = isGuess ? { unproven: true } : {}
  const waits: Change = { ...heard(row, reply, now), ...unproven, reason: verdict, deadline: now + waitMs }
  if (phase === 'sending') return { change: waits }
  if (following !== null) return { change: { ...waits, sentAt: row.sent_at ?? now } }
  return { change: { ...waits, status: 'delivered', ...(verdict === 'partial' && { open: 0 }) } }
}

/** The device answers an earlier attempt while a repetition waits: it is not sent again, if that was the last text. */
export const answerUnasked: Rule<'answered'> = (state, event) =>
  state.following?.goes === 'then' ? null : answer(state, event)

export const declineUnasked: Rule<'declined'> = (state, event) =>
  state.following?.goes === 'else' ? null : decline(state, event)

export const beginUnasked: Rule<'begun'> = (state, event) => {
  const move = state.following === null ? begin(state, event) : null
  return move && { change: { ...move.change, sms: 'delivered', partsDelivered: state.row.parts, due: null } }
}

/** A text that could answer two commands answers neither. */
export const mistake: Rule<'mistakable'> = (_, { error }) => ({ change: { reason: 'reply_mismatch', error } })

/** The command has ended: its answer is an event, never a second result. */
export const reportLate = (): Move => ({ change: {}, effects: ['publish_late_reply'] })

function replied(state: State, reply: Reply, how: Change, now: number): Move {
  const { row } = state
  const arrived = { ...heard(row, reply, now), sms: 'delivered', partsDelivered: row.parts, repliedAt: now } as const
  return { change: ended('replied', now, { ...arrived, ...how }) }
}

/** A reply implies that the text was delivered. */
function heard(row: Facts, reply: Reply, now: number): Change {
  return {
    reply: merged(row, reply),
    deliveredAt: row.delivered_at ?? now,
    ...((row.in_doubt === 1 || row.sms_status === 'sent') && { sms: 'delivered', partsDelivered: row.parts }),
    ...(row.in_doubt === 1 && { inDoubt: false, error: null }),
  }
}

/** Merges the texts of one answer. */
function merged(row: Facts, reply: Reply): Reply {
  if (row.reply === null || row.reason !== 'partial') return reply
  const before = JSON.parse(row.reply) as Reply
  return {
    ...reply,
    text: `${before.text}\n${reply.text}`,
    parsed: { ...before.parsed, ...reply.parsed },
    texts: (before.texts ?? 1) + 1,
  }
}
