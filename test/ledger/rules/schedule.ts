import { expect } from '@jest/globals'
import type { NewSubmission } from '../../../src/ledger/outbox/new-submission.ts'
import { day, hour, type Ledger, minute, second } from '../../support/ledger.ts'
import type { Promises } from './rule.ts'

const limits = { perLane: 1, perClient: 2, clientPerHour: null, devicePerDay: null }

/** A text or a command that is wanted in so long. */
const later = (ledger: Ledger, ms: number, over: Partial<NewSubmission> = {}) =>
  ledger.queue({ sendAt: ledger.now + ms, ...over })

/** An unsafe command that is wanted in so long, for two minutes. */
const opening = (ledger: Ledger, ms: number, over: Partial<NewSubmission> = {}) =>
  ledger.command({
    sendAt: ledger.now + ms,
    expiresAt: ledger.now + ms + 2 * minute,
    repeatWindowMs: 30 * second,
    ...over,
  })

const statuses = (ledger: Ledger, ids: readonly string[]) => ids.map((id) => ledger.row(id).status)
/** What is claimed, in its order; each has ended before the next. */
const left = (ledger: Ledger) => {
  const ids: string[] = []
  for (let one = ledger.claim(); one.commandId !== undefined; one = ledger.claim()) {
    ids.push(one.commandId)
    const at = { seq: one.seq as number, part: 1, gateway: 'home', account: 'home', now: ledger.now }
    const error = { code: 'modem_error', message: '', retryable: true } as const
    ledger.run('giveUp', { ...ledger.owner, ...at, status: 'failed', error })
  }
  return ids
}
const of = (ledger: Ledger) =>
  ledger.engine.one<{ queued: number; scheduled: number }>('SELECT queued, scheduled FROM client')

/** What holds of a text or a command for later. */
export const scheduleRules: Promises = {
  'it leaves at its time and not before, which the sweep knows': (ledger) => {
    const id = later(ledger, hour)
    expect(left(ledger)).toEqual([])
    expect(ledger.run('sweep', { now: ledger.now, hold: false }).next).toBe(ledger.now + hour)
    ledger.pass(hour - 1)
    expect(left(ledger)).toEqual([])
    ledger.pass(1)
    expect(left(ledger)).toEqual([id])
  },
  'its results and the queue say when': (ledger) => {
    const at = ledger.now + hour
    const [id, command] = [later(ledger, hour), opening(ledger, 2 * hour)]
    const now = ledger.queue()
    expect(ledger.published('sms/status')[0]).toMatchObject({ status: 'queued', send_at: new Date(at).toISOString() })
    expect(ledger.published('gate/result')[0]).toMatchObject({ status: 'queued', send_at: '2026-11-22T14:00:00.000Z' })
    const shown = ledger.run('queueOverview', { device: null, limit: 9 })
    expect(shown.map((one) => [one.command_id, one.send_at])).toEqual([
      [now, null],
      [id, at],
      [command, at + hour],
    ])
    expect(ledger.run('queueOverview', { device: null, limit: 1 })).toHaveLength(1)
  },
  'later texts of its lane pass it; then it is behind those that could be sent before': (ledger) => {
    const id = later(ledger, hour)
    const passing = ledger.queue()
    expect(left(ledger)).toEqual([passing])
    ledger.pass(hour - minute)
    const before = ledger.queue()
    ledger.pass(2 * minute)
    const behind = ledger.queue()
    expect(left(ledger)).toEqual([before, id, behind])
  },
  'a lane keeps the order in which it was queued or came due, however the clock is set': (ledger) => {
    const [afterwards, sooner] = [later(ledger, 2 * minute), later(ledger, minute)]
    const on = ledger.queue()
    ledger.now -= 20 * second
    const off = ledger.queue()
    ledger.pass(hour)
    ledger.now -= 50 * minute
    const last = ledger.queue()
    expect(left(ledger)).toEqual([on, off, sooner, afterwards, last])
  },
  'its life begins at its time': (ledger) => {
    const id = later(ledger, day, { expiresAt: ledger.now + day + minute })
    ledger.pass(day)
    expect(ledger.row(id).status).toBe('queued')
    ledger.pass(minute)
    expect(ledger.row(id)).toMatchObject({ status: 'expired', error: expect.stringContaining('not sent within 60 s') })
    const late = later(ledger, minute, { expiresAt: ledger.now + 2 * minute })
    // The hub was off in the meantime.
    ledger.pass(hour)
    expect(ledger.row(late).status).toBe('expired')
  },
  'what it took is counted from its time': (ledger) => {
    opening(ledger, hour)
    ledger.pass(hour)
    ledger.reply(ledger.write())
    expect(ledger.published('gate/result').at(-1)).toMatchObject({ status: 'replied', elapsed_ms: 0 })
  },
  'it is cancelled, purged, erased, and goes with its device': (ledger) => {
    const { now } = ledger
    const ids = [1, 2, 3, 4].map((i) => later(ledger, hour, { lane: `n:${i}`, recipient: `+49151123456${i}` }))
    const commands = [opening(ledger, hour), opening(ledger, 2 * hour)] as const
    ledger.run('cancelCommand', { id: ids[0] as string, now })
    ledger.run('erase', { device: null, numbers: ['+491511234562'], address: null, fields: null, now })
    expect(ledger.run('purgeQueue', { device: 'gate', until: now, limit: 1, now })).toBe(1)
    ledger.run('dropDevices', { ids: ['gate'], held: {}, now })
    expect(statuses(ledger, commands)).toEqual(['cancelled', 'cancelled'])
    expect(ledger.run('purgeQueue', { device: null, until: now, limit: 9, now })).toBe(2)
    expect(ledger.count('submission', `status <> 'cancelled'`)).toBe(0)
    expect(of(ledger)).toEqual({ queued: 0, scheduled: 0 })
    ledger.pass(3 * hour)
    expect(left(ledger)).toEqual([])
  },
  'it waits where the queue is paused, and its time to live runs': (ledger) => {
    const id = opening(ledger, hour)
    ledger.run('pauseQueue', { device: 'gate', now: ledger.now })
    ledger.pass(hour)
    expect(left(ledger)).toEqual([])
    ledger.pass(2 * minute)
    expect(ledger.row(id).status).toBe('expired')
  },
  'is counted apart, of a lane and of a client, and leaves room for what is wanted now': (ledger) => {
    const ask = (lane: string, sendAt: number | null) => ledger.queue({ lane, sendAt }, { limits })
    const at = ledger.now + hour
    const ids = [ask('n:1', at), ask('n:1', at), ask('n:2', at), ask('n:3', at), ask('n:1', null), ask('n:2', null)]
    expect(statuses(ledger, ids)).toEqual(['queued', 'rejected', 'queued', 'rejected', 'queued', 'queued'])
    expect(ledger.row(ids[3] as string).error).toContain('already scheduled')
    expect(of(ledger)).toEqual({ queued: 2, scheduled: 2 })
    expect(ledger.run('counts', undefined)).toMatchObject({ queued: 2, scheduled: 2 })
    expect(ledger.run('gatewayFigures', { gateways: ['home'], since: 0 }).home?.queue).toBe(2)
    ledger.pass(hour)
    expect(of(ledger)).toEqual({ queued: 4, scheduled: 0 })
  },
  'the machine may restart before its time, and within its life': (ledger) => {
    const booted = (machineBoot: string) => ledger.restart({ machineBoot })
    booted('a')
    const [future, due, queued] = [opening(ledger, hour), opening(ledger, minute), opening(ledger, second)]
    const now = ledger.command({ sendAt: null })
    ledger.pass(second)
    ledger.now += minute
    booted('b')
    expect(statuses(ledger, [future, due, queued, now])).toEqual(['queued', 'queued', 'queued', 'expired'])
    ledger.pass(0)
    expect(left(ledger)).toEqual([queued, due])
    ledger.now += 2 * hour
    booted('c')
    ledger.pass(0)
    expect(ledger.row(future).status).toBe('expired')
  },
  'a restored store does not send it': (ledger) => {
    const id = later(ledger, hour)
    ledger.engine.run(`INSERT INTO meta (key, value) VALUES ('backup', '1')`)
    ledger.restart()
    expect(ledger.row(id)).toMatchObject({ status: 'cancelled', reason: 'restored' })
  },
  'its time is that of the wall clock: it stays where the clock is set, and its life with it': (ledger) => {
    const at = ledger.now + hour
    const id = later(ledger, hour, { expiresAt: at + hour })
    ledger.restart()
    const step = (delta: number) => {
      ledger.run('rebase', { delta, epoch: ledger.owner.epoch, since: ledger.now - minute })
      ledger.now += delta
      ledger.pass(0)
    }
    step(-day)
    expect(ledger.row(id)).toMatchObject({ due: at, expires_at: at + hour })
    step(day + hour)
    // In its lane it lives as long as it would have.
    expect(ledger.row(id)).toMatchObject({ due: null, expires_at: at + hour })
    step(12 * hour)
    expect(ledger.row(id)).toMatchObject({ status: 'queued', expires_at: at + 13 * hour })
  },
  'a clock that was ahead before the start moves neither its time nor its life': (ledger) => {
    ledger.now += 365 * day
    const at = ledger.now - 300 * day
    const id = ledger.queue({ sendAt: at + 365 * day, expiresAt: at + 366 * day })
    ledger.engine.run('UPDATE submission SET send_at = ?, due = ?, expires_at = ?', at, at, at + day)
    ledger.now -= 365 * day
    ledger.restart()
    expect(ledger.row(id)).toMatchObject({ due: at, expires_at: at + day, queued_at: ledger.now })
  },
  'the same unsafe command may be wanted at another time, not twice at about the same': (ledger) => {
    const same = { digest: 'open' }
    const [now, tonight] = [ledger.command({ ...same, repeatWindowMs: 30 * second }), opening(ledger, hour, same)]
    const again = [opening(ledger, hour + 29 * second, same), opening(ledger, 20 * second, same)]
    const tomorrow = opening(ledger, day, same)
    expect(statuses(ledger, [now, tonight, tomorrow])).toEqual(['queued', 'queued', 'queued'])
    for (const id of again) expect(ledger.row(id)).toMatchObject({ status: 'rejected' })
    expect(ledger.row(again[0] as string).error).toContain(`already scheduled as ${tonight}`)
    expect(statuses(ledger, [opening(ledger, hour, { ...same, repeatWindowMs: null })])).toEqual(['queued'])
  },
  'a state supersedes those for the same time only': (ledger) => {
    const state = { verb: 'set', property: 'light', safe: true, supersedes: true }
    const [on, off] = [opening(ledger, hour, state), opening(ledger, 2 * hour, state)]
    const now = ledger.command(state)
    const instead = opening(ledger, hour, state)
    const at = [on, off, now, instead]
    expect(statuses(ledger, at)).toEqual(['cancelled', 'queued', 'queued', 'queued'])
    ledger.command(state)
    expect(statuses(ledger, at)).toEqual(['cancelled', 'queued', 'cancelled', 'queued'])
  },
  'one of high priority makes way for itself when it is due, not before': (ledger) => {
    const open = ledger.command({ safe: true })
    ledger.sent(ledger.write(), 7)
    const urgent = opening(ledger, second, { priority: 2 })
    expect(ledger.row(open).final).toBe(0)
    ledger.pass(second)
    expect(ledger.row(open)).toMatchObject({ status: 'unconfirmed', reason: 'overtaken' })
    expect(ledger.claim().commandId).toBe(urgent)
  },
  'no setting is changed beside it, as its text was made with what holds now': (ledger) => {
    opening(ledger, hour)
    const change = ledger.command({ changes: { password: '1234' } })
    expect(ledger.row(change).error).toContain('when they have been sent or cancelled')
  },
  'it is kept as long as others after its end, and its lane is there when it is needed': (ledger) => {
    const prune = () =>
      ledger.run('prune', { now: ledger.now, before: ledger.now - 90 * day, rawBefore: ledger.now, limit: 99 })
    const id = later(ledger, 200 * day)
    for (let i = 0; i < 2; i++) {
      ledger.pass(100 * day - i * hour)
      prune()
    }
    expect(of(ledger)).toEqual({ queued: 0, scheduled: 1 })
    ledger.pass(hour)
    ledger.sent(ledger.write(), 7)
    ledger.report(7)
    prune()
    expect(ledger.row(id)).toMatchObject({ status: 'delivered' })
    ledger.pass(91 * day)
    prune()
    expect(ledger.count('submission')).toBe(0)
  },
  'nothing unsafe ends while the clock is not to be trusted, and what is due joins its lane': (ledger) => {
    const [safe, unsafe, due] = [{ safe: true }, { safe: false }, { expiresAt: ledger.now + day }].map((over, i) =>
      opening(ledger, minute, { lane: `d:${i}`, ...over }),
    ) as [string, string, string]
    ledger.now += hour
    expect(ledger.run('sweep', { now: ledger.now, hold: true })).toEqual({ more: false, next: null })
    expect(statuses(ledger, [safe, unsafe, due])).toEqual(['expired', 'queued', 'queued'])
    expect([unsafe, due].map((id) => ledger.row(id).due === null)).toEqual([false, true])
  },
  'a flood of them joins in bites': (ledger) => {
    for (let i = 0; i < 201; i++) later(ledger, minute, { lane: `n:${i}` })
    ledger.now += minute
    expect(ledger.run('sweep', { now: ledger.now, hold: false }).more).toBe(true)
    expect(of(ledger)).toEqual({ queued: 200, scheduled: 1 })
  },
}
