import { reasonBehindWait } from '../../../message/wait-reasons.ts'
import { goOn } from './act-rules.ts'
import { type Change, ended, type Returned } from './change.ts'
import type { Move, Rule } from './rule.ts'
import { graceMs, reportMs, type State } from './state.ts'

export const note: Rule<'waits'> = (_, { reason }) => ({ change: { reason }, effects: ['publish_result'] })

export const claim: Rule<'claimed'> = ({ row }, { gateway, owner, epoch, carrier }) => ({
  change: {
    status: 'sending',
    sms: 'sending',
    open: carrier === null ? 1 : 2,
    carrier,
    due: null,
    deadline: null,
    gateway,
    owner,
    epoch,
    attempts: row.attempts + 1,
    reason: begun.includes(row.reason) ? null : reasonBehindWait(row.reason),
    error: null,
  },
})

export const mark: Rule<'written'> = ({ row }, { part, validFor, now }) => ({
  change: {
    writtenAt: part === 1 ? now : (row.written_at ?? now),
    validFor,
    deadline: now + validFor * 1000 + graceMs,
  },
})

/** Sent: the wait for its report or its answer begins. */
export const take: Rule<'accepted'> = (state, { account, reports, now }) => {
  const { row, following } = state
  if (following?.goes === 'then' && row.expect === 'none') {
    const { change, effects = [] } = goOn(state, now, { account })
    return { change, effects: [...effects, 'stick_to_gateway'] }
  }
  const written = row.written_at ?? now
  const left: Change = { account, sentAt: now, inDoubt: false }
  // With reports, the device's time to answer runs from the report; else from the writing of the PDU.
  const deadline = reports ? written + reportMs(row) : written + row.within
  // The device was faster than the modem, with a pending answer.
  if (begun.includes(row.reason))
    return { change: begunAlready(state, left), effects: ['stick_to_gateway', 'make_way'] }
  // A command stays `sending` until its last text is sent.
  if (following !== null)
    return { change: { ...left, deadline }, effects: ['stick_to_gateway', 'publish_result', 'make_way'] }
  const sent = { ...left, status: 'sent', sms: 'sent' } as const
  if (row.expect !== 'none') return { change: { ...sent, deadline }, effects: ['stick_to_gateway', 'make_way'] }
  const change = row.report === 0 ? ended('sent', now, { ...sent, ok: null }) : watched(sent, written + reportMs(row))
  return { change, effects: ['stick_to_gateway'] }
}

/** Reasons of a command with a partial or pending answer. */
const begun: readonly (string | null)[] = ['pending', 'partial']

function begunAlready({ row, following }: State, left: Change): Change {
  if (following !== null) return left
  const open = row.reason === 'partial' ? ({ open: 0 } as const) : {}
  return { ...left, ...open, status: 'delivered', sms: 'delivered', partsDelivered: row.parts }
}

const watched = (sent: Change, deadline: number): Change => ({ ...sent, open: 0, deadline })

/** The device's answer or the report was faster than the modem's. */
export const takeKnown: Rule<'accepted'> = ({ row }, { account, now }) => ({
  change: { account, sentAt: row.sent_at ?? now },
  effects: ['stick_to_gateway'],
})

/** Back to where it can be claimed again: the queue, or before the next text of a command in progress. */
export const takeBack: Rule<'returned'> = ({ row }, { error, reason, now }) => {
  const why: Change = { ...(error !== undefined && { error }), ...(reason !== undefined && { reason }) }
  const back: Change = { ...why, gateway: null, returns: returnsOf(row, error ?? null, now) }
  if (row.step > 0) return { change: { ...back, due: now, deadline: row.expires_at } }
  return { change: { ...back, status: 'queued', sms: 'queued', open: 0, carrier: null, deadline: null } }
}

/** Earlier attempts are not shown: a text with a long life may be handed over again and again. */
const mostReturns = 9

function returnsOf({ attempts, gateway, returns }: State['row'], error: Returned['error'], now: number): Returned[] {
  const earlier: readonly Returned[] = returns === null ? [] : JSON.parse(returns)
  return [...earlier, { number: attempts, gateway, at: now, error }].slice(-mostReturns)
}

export const giveUp: Rule<'refused'> = (_, { status, error, now }) => ({
  change: ended(status, now, { sms: status, ok: false, error }),
})

export const doubt: Rule<'lost'> = (state, { account, reason, error, now }) =>
  doubted(state, { account, reason, error }, now)

/**
 * It may have been sent: it stays `sending`, in doubt, until a report, an answer or its deadline. Its lane is held only
 * while its answer could be confused with that of the next command: for the time to reply, and not at all where no
 * reply is expected.
 */
export function doubted({ row, following }: State, why: Change, now: number): Move {
  const written = row.written_at ?? now
  const answerEnd = row.expect === 'none' ? now : written + row.within
  const reportEnd = written + reportMs(row)
  const flagged: Change = { ...why, inDoubt: true }
  const effects = ['make_way'] as const
  if (answerEnd > now) return { change: { ...flagged, deadline: answerEnd }, effects }
  // A command with texts left can't be continued from here.
  if (following === null && reportEnd > now) return { change: { ...flagged, open: 0, deadline: reportEnd }, effects }
  return { change: ended('in_doubt', now, { ...why, sms: 'in_doubt', ok: null }), effects }
}

/**
 * The time to reply is over, or a more urgent command waits: the lane is released. A report or an answer may still
 * settle the doubt; a command with texts left ends.
 */
export function leaveLane({ row, following }: State, now: number): Move {
  // The deadline was written + within, and was moved with the clock since.
  const end = (row.deadline ?? now) - row.within + reportMs(row)
  if (following === null && end > now) return { change: { open: 0, deadline: end } }
  return { change: ended('in_doubt', now, { sms: 'in_doubt', ok: null }) }
}
