import type { SmsStatus } from '../../../message/status.ts'
import { goOn } from './act-rules.ts'
import { type Change, ended } from './change.ts'
import type { Rule } from './rule.ts'

/** A submission that expects no reply ends with its delivery report. */
export const arrive: Rule<'arrived'> = (state, { account, delivered, whole, now }) => {
  const { row, following } = state
  const seen: Change = { partsDelivered: delivered, account }
  if (!whole) return { change: seen }
  const settled: Change = row.in_doubt === 1 ? { inDoubt: false, reason: null, error: null } : {}
  if (following !== null) {
    if (following.goes === 'then' && row.expect === 'none') return goOn(state, now, { account })
    return { change: { ...seen, ...settled, sentAt: row.sent_at ?? now, deadline: now + row.within } }
  }
  const arrived: Change = { ...seen, ...settled, sms: 'delivered', deliveredAt: now, due: null }
  if (row.expect === 'none') return { change: ended('delivered', now, { ...arrived, ok: true }) }
  return { change: { ...arrived, status: 'delivered', reason: null, deadline: now + row.within } }
}

/** An earlier attempt was delivered while a repetition waits: it is not sent again. */
export const arriveUnasked: Rule<'arrived'> = (state, event) =>
  event.whole && state.following === null ? arrive(state, event) : null

/** A pending answer was faster than the report: its longer wait continues. */
export const arriveLate: Rule<'arrived'> = ({ row }, { account, delivered, whole, now }) => ({
  change: {
    partsDelivered: delivered,
    account,
    ...(whole && { sms: 'delivered' as const, deliveredAt: row.delivered_at ?? now }),
  },
})

/** The SMS statuses that a report may change after the command's end. */
const movable: Readonly<Record<'arrived' | 'undelivered', readonly SmsStatus[]>> = {
  arrived: ['sending', 'sent', 'undelivered', 'in_doubt'],
  undelivered: ['sending', 'sent', 'in_doubt'],
}

export const arriveEnded: Rule<'arrived'> = ({ row }, { account, delivered, whole, now }) =>
  movable.arrived.includes(row.sms_status)
    ? { change: { partsDelivered: delivered, account, ...(whole && { sms: 'delivered' as const, deliveredAt: now }) } }
    : null

export const miss: Rule<'undelivered'> = (_, { account, error, now }) => ({
  change: ended('undelivered', now, { sms: 'undelivered', account, ok: false, error }),
})

export const missEnded: Rule<'undelivered'> = ({ row }, { account }) =>
  movable.undelivered.includes(row.sms_status) ? { change: { sms: 'undelivered', account } } : null
