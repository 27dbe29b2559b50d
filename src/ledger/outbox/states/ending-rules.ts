import { errorReport, Fault } from '../../../message/fault.ts'
import { isoTime, type Reply } from '../../../message/result.ts'
import { goOn } from './act-rules.ts'
import { type Change, ended } from './change.ts'
import type { Move, Rule } from './rule.ts'
import { doubted, leaveLane, takeBack } from './sending-rules.ts'
import type { Facts } from './state.ts'

/** The PDU was not written in time. */
export const expire: Rule<'lapsed'> = ({ row }, { now }) => {
  const seconds = Math.round(((row.expires_at ?? now) - (row.send_at ?? row.queued_at)) / 1000)
  const fault = new Fault('ttl_expired', `not sent within ${seconds} s`, {
    expired_at: isoTime(row.expires_at ?? now),
    ...(row.error !== null && { last_error: JSON.parse(row.error) }),
  })
  return { change: ended('expired', now, { sms: 'expired', ok: false, error: errorReport(fault) }) }
}

/** Its time has come: it takes its place in its lane, where its client may have been urgent. */
export const comeDue: Rule<'lapsed'> = (state, event) => {
  if ((state.row.expires_at ?? Number.POSITIVE_INFINITY) <= event.now) return expire(state, event)
  return { change: { due: null }, effects: ['make_way'] }
}

/** Interval of checking a submission at a gateway. */
const checkIntervalMs = 60_000

/** Still at the modem: the gateway's own deadline decides, this one only survives a crash. */
export const goesOnWaiting: Rule<'lapsed'> = (_, { now }) => ({ change: { deadline: now + checkIntervalMs } })

/** No answer to a text of a command: its alternative is sent, or the next text where no reply was required. */
export const missOutcome: Rule<'lapsed'> = (state, { now }) => {
  const { row, following } = state
  if (following !== null && (following.goes === 'else' || row.expect !== 'required')) return goOn(state, now)
  return { change: { ...silence(row, now), sms: 'sent' } }
}

export const letGo: Rule<'lapsed'> = (state, { now }) => leaveLane(state, now)

export const endInDoubt: Rule<'lapsed'> = (_, { now }) => ({
  change: ended('in_doubt', now, { sms: 'in_doubt', ok: null }),
})

export const endInSilence: Rule<'lapsed'> = ({ row }, { now }) => ({ change: silence(row, now) })

function silence(row: Facts, now: number): Change {
  if (row.reason === 'partial') {
    const reply = JSON.parse(row.reply as string) as Reply
    const ok = reply.matched_by === 'any_text' || row.unproven === 1 ? null : true
    return ended('replied', now, { ok, reason: 'incomplete', repliedAt: row.delivered_at ?? row.queued_at })
  }
  if (row.expect !== 'required') return ended(row.status === 'delivered' ? 'delivered' : 'sent', now, { ok: null })
  if (row.reason === 'reply_mismatch') return ended('unconfirmed', now, { ok: null })
  const reason = row.heard === null ? {} : { reason: 'not_understood' }
  return ended('unconfirmed', now, { ok: null, ...reason, error: errorReport(noAnswer(row)) })
}

function noAnswer({ within, spec, heard }: Facts): Fault {
  const seconds = Math.round(within / 1000)
  if (heard !== null) {
    const { text, hint } = JSON.parse(heard) as { readonly text: string; readonly hint: string }
    const message = `a text came within ${seconds} s and was not recognised: ${JSON.stringify(text)}; ${hint}`
    return new Fault('reply_timeout', message, { text, hint })
  }
  const { silence: why } = (JSON.parse(spec ?? '{}') ?? {}) as { readonly silence?: string }
  return new Fault('reply_timeout', `no answer within ${seconds} s${why === undefined ? '' : `. ${why}`}`)
}

export const cancel: Rule<'cancelled'> = (_, { reason, now }) => ({
  change: ended('cancelled', now, { sms: 'cancelled', ok: null, reason }),
})

/** A high-priority command does not wait for the answer of a safe one: that wait ends. */
export const giveWay: Rule<'overtaken'> = ({ row }, { now }) => {
  if (row.safe === 0 || row.open === 0) return null
  const sms = row.status === 'sending' ? ({ sms: 'sent' } as const) : {}
  return { change: ended('unconfirmed', now, { ...sms, ok: null, reason: 'overtaken' }) }
}

export const giveWayInDoubt: Rule<'overtaken'> = (state, { now }) =>
  state.row.safe === 0 ? null : leaveLane(state, now)

/** A part was never written: the incomplete message has no effect, and is sent again from its first part. */
export const pickUp: Rule<'interrupted'> = (state, { written, now }) => {
  if (!written) return takeBack(state, { type: 'returned', now })
  if (state.row.safe === 1) return takeBack(state, { type: 'returned', reason: 'interrupted', now })
  return doubted(state, { reason: 'interrupted' }, now)
}

/** Between two texts of a command the wait continues. */
export const goesOn = (): Move => ({ change: {}, effects: ['refresh_lane'] })

export const doubtAgain: Rule<'interrupted'> = (state, { now }) => doubted(state, {}, now)

export const cancelRestored: Rule<'restored'> = (_, { now }) => ({
  change: ended('cancelled', now, { sms: 'cancelled', ok: null, reason: 'restored' }),
})

export const doubtRestored: Rule<'restored'> = (_, { now }) => ({
  change: ended('in_doubt', now, { sms: 'in_doubt', ok: null, reason: 'restored' }),
})

export const endRestored: Rule<'restored'> = ({ row }, { now }) => ({
  change: ended(row.expect === 'required' ? 'unconfirmed' : row.status, now, { ok: null, reason: 'restored' }),
})

/**
 * The machine was off for an unknown time, and no gate may open because its power has returned. Texts to people may be
 * sent, and a command that was to be sent at a certain time may, as long as it lives: its life has begun then.
 */
export const dropUnsafe: Rule<'rebooted'> = ({ row }, { now }) => {
  if (row.safe === 1 || row.device === null) return null
  if (row.status === 'queued' && row.send_at !== null) return null
  const error = errorReport(new Fault('ttl_expired', 'the machine restarted while the command was queued'))
  return { change: ended('expired', now, { sms: 'expired', ok: false, error }) }
}
