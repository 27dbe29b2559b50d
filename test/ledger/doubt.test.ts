import { describe, expect, test } from '@jest/globals'
import type { NewStep } from '../../src/ledger/outbox/acts.ts'
import { day, hour, Ledger, minute, second } from '../support/ledger.ts'

const step: NewStep = { goes: 'then', waitMs: 0, segments: ['second'], expect: 'none', withinMs: minute, spec: null }

describe('a text in doubt', () => {
  test('to a person lets the next one to the same number leave at once', () => {
    const ledger = new Ledger()
    const first = ledger.queue()
    const next = ledger.queue()
    ledger.doubt(ledger.write())
    expect(ledger.row(first)).toMatchObject({ status: 'sending', in_doubt: 1, open: 0, final: 0 })
    expect(ledger.claim().commandId).toBe(next)
  })

  test('shows its reason and its error at once, to whoever watches the text', () => {
    const ledger = new Ledger()
    ledger.queue()
    ledger.doubt(ledger.write())
    expect(ledger.published('sms/status').at(-1)).toMatchObject({
      status: 'sending',
      in_doubt: true,
      reason: 'CMS 500',
      error: { code: 'modem_error', message: 'CMS 500' },
    })
  })

  test('ends in doubt when its validity is over, once', () => {
    const ledger = new Ledger()
    const id = ledger.queue()
    ledger.doubt(ledger.write())
    ledger.pass(day)
    expect(ledger.row(id)).toMatchObject({ status: 'sending', final: 0 })
    ledger.pass(2 * minute)
    expect(ledger.row(id)).toMatchObject({ status: 'in_doubt', sms_status: 'in_doubt', final: 1, open: 0 })
    expect(ledger.published('sms/status').filter(({ status }) => status === 'in_doubt')).toHaveLength(1)
  })

  test('is settled by its report although a newer one to the same number is out', () => {
    const ledger = new Ledger()
    const first = ledger.queue()
    const second = ledger.queue()
    ledger.doubt(ledger.write())
    ledger.now += 2_000
    ledger.sent(ledger.write(), 8)
    expect(ledger.report(7, { scts: ledger.now - 2_000 })).toBe(true)
    expect(ledger.row(first)).toMatchObject({ status: 'delivered', in_doubt: 0, final: 1, error: null, reason: null })
    expect(ledger.row(second)).toMatchObject({ status: 'sent', final: 0 })
    expect(ledger.report(8)).toBe(true)
    expect(ledger.row(second)).toMatchObject({ status: 'delivered', final: 1 })
  })

  test('does not take the report of the newer one that comes before its reference', () => {
    const ledger = new Ledger()
    const first = ledger.queue()
    const second = ledger.queue()
    ledger.doubt(ledger.write())
    const seq = ledger.write()
    expect(ledger.report(8)).toBe(false)
    expect(ledger.row(first)).toMatchObject({ status: 'sending', in_doubt: 1 })
    ledger.sent(seq, 8)
    expect(ledger.row(second)).toMatchObject({ status: 'delivered', final: 1 })
    expect(ledger.row(first)).toMatchObject({ status: 'sending', in_doubt: 1 })
  })

  test.each(['sent', 'refused', 'requeued', 'in doubt'] as const)(
    'takes its own report, which came while a newer one was handed over, when that is %s',
    (fate) => {
      const ledger = new Ledger()
      const first = ledger.queue()
      ledger.queue()
      ledger.doubt(ledger.write())
      ledger.now += 2 * second
      const seq = ledger.write()
      expect(ledger.report(7, { scts: ledger.now - 2 * second })).toBe(false)
      const refused = {
        seq,
        part: 1,
        gateway: 'home',
        account: 'home',
        now: ledger.now,
        error: { code: 'modem_error', message: 'no', retryable: true },
      } as const
      if (fate === 'sent') ledger.sent(seq, 8)
      if (fate === 'refused') ledger.run('giveUp', { ...refused, ...ledger.owner, status: 'failed' })
      if (fate === 'requeued') ledger.run('requeue', { ...refused, ...ledger.owner, retryAt: ledger.now + minute })
      if (fate === 'in doubt') ledger.doubt(seq)
      expect(ledger.row(first)).toMatchObject({ status: 'delivered', final: 1, in_doubt: 0 })
    },
  )

  test('is distinguished from others in doubt to the same number by the order of the references', () => {
    const ledger = new Ledger()
    const ids = Array.from({ length: 5 }, () => ledger.queue())
    for (const reference of [253, null, 255, null, 1]) {
      const seq = ledger.write()
      if (reference === null) ledger.doubt(seq)
      else ledger.sent(seq, reference)
      ledger.now += 10
    }
    // Time stamps have whole seconds: all five are the same.
    expect(ledger.report(0)).toBe(true)
    expect(ledger.row(ids[3] as string)).toMatchObject({ status: 'delivered' })
    expect(ledger.row(ids[1] as string)).toMatchObject({ status: 'sending', in_doubt: 1 })
    expect(ledger.report(254)).toBe(true)
    expect(ledger.row(ids[1] as string)).toMatchObject({ status: 'delivered' })
  })

  test('is not robbed of its report by a text of days ago that had the same reference', () => {
    const ledger = new Ledger()
    const old = ledger.queue()
    ledger.sent(ledger.write(), 7)
    ledger.pass(3 * day)
    const fresh = ledger.queue()
    ledger.doubt(ledger.write())
    expect(ledger.report(7)).toBe(true)
    expect(ledger.row(fresh)).toMatchObject({ status: 'delivered' })
    expect(ledger.row(old).sms_status).toBe('sent')
  })

  test('that has ended moves only the SMS when its report comes at last', () => {
    const ledger = new Ledger()
    const id = ledger.queue()
    ledger.doubt(ledger.write())
    const writtenAt = ledger.now
    ledger.pass(day + 2 * minute)
    expect(ledger.report(7, { scts: writtenAt })).toBe(true)
    expect(ledger.row(id)).toMatchObject({ status: 'in_doubt', sms_status: 'delivered', final: 1, in_doubt: 1 })
  })

  test('of several parts lets the next text leave when its middle part is in doubt, and is not sent again', () => {
    const ledger = new Ledger()
    const long = ledger.queue({ segments: ['one', 'two', 'three'] })
    const next = ledger.queue()
    ledger.doubt(ledger.write(2), 2)
    expect(ledger.row(long)).toMatchObject({ status: 'sending', in_doubt: 1, open: 0 })
    expect(ledger.claim().commandId).toBe(next)
    expect(ledger.claim().seq).toBeUndefined()
  })

  test('with a bare OK and no reference is settled by its report, too', () => {
    const ledger = new Ledger()
    const id = ledger.queue()
    ledger.sent(ledger.write(), null)
    expect(ledger.report(7)).toBe(true)
    expect(ledger.row(id)).toMatchObject({ status: 'delivered', final: 1 })
  })
})

describe('a command in doubt', () => {
  test.each(['optional', 'required'] as const)(
    'whose reply is %s holds its device for the time to reply',
    (expected) => {
      const ledger = new Ledger()
      const id = ledger.command({ expect: expected })
      const next = ledger.command()
      const seq = ledger.write()
      ledger.now += 20 * second
      ledger.doubt(seq)
      ledger.pass(39 * second)
      expect(ledger.claim().seq).toBeUndefined()
      ledger.pass(second)
      expect(ledger.claim().commandId).toBe(next)
      expect(ledger.row(id)).toMatchObject({ status: 'sending', in_doubt: 1, final: 0 })
      ledger.pass(day)
      expect(ledger.row(id)).toMatchObject({ status: 'in_doubt', final: 1 })
    },
  )

  test('that became doubtful behind its time to reply does not hold its device at all', () => {
    const ledger = new Ledger()
    ledger.command()
    const next = ledger.command()
    const seq = ledger.write()
    ledger.now += 2 * minute
    ledger.doubt(seq)
    expect(ledger.claim().commandId).toBe(next)
  })

  test('that expects no reply does not hold its device, but for the gap that the device wants', () => {
    const ledger = new Ledger()
    ledger.command({ expect: 'none', gapMs: 30 * second })
    const next = ledger.command()
    ledger.doubt(ledger.write())
    expect(ledger.claim().seq).toBeUndefined()
    ledger.pass(30 * second)
    expect(ledger.claim().commandId).toBe(next)
  })

  test('shows its reason and its error in its result at once', () => {
    const ledger = new Ledger()
    ledger.command()
    ledger.doubt(ledger.write())
    expect(ledger.published('gate/result').at(-1)).toMatchObject({
      status: 'sending',
      in_doubt: true,
      reason: 'CMS 500',
      error: { code: 'modem_error' },
    })
  })

  test('and those that share its text hold the device as long as one of them may be answered', () => {
    const ledger = new Ledger()
    const joins = { head: '', tail: '', separator: ';', max: null, maxLength: null }
    const quiet = ledger.command({ expect: 'none', joins: { ...joins, body: 'a' } })
    const asked = ledger.command({ joins: { ...joins, body: 'b' } })
    const alone = ledger.command()
    ledger.doubt(ledger.write())
    expect(ledger.row(quiet)).toMatchObject({ in_doubt: 1, open: 0 })
    expect(ledger.row(asked)).toMatchObject({ in_doubt: 1, open: 2 })
    expect(ledger.claim().seq).toBeUndefined()
    ledger.pass(minute)
    expect(ledger.row(asked)).toMatchObject({ in_doubt: 1, open: 0 })
    expect(ledger.claim().commandId).toBe(alone)
  })

  test('that is safe gives way to one of high priority at once, whichever came first', () => {
    for (const waits of [true, false]) {
      const ledger = new Ledger()
      ledger.command({ safe: true })
      const stop = () => ledger.command({ command: 'stop', priority: 2, expect: 'none' })
      const seq = ledger.write()
      const early = waits ? stop() : null
      ledger.doubt(seq)
      const urgent = early ?? stop()
      expect(ledger.claim().commandId).toBe(urgent)
    }
  })

  test('of two texts ends when its device is let go, and never sends the second', () => {
    const ledger = new Ledger()
    const id = ledger.command({ steps: [step] })
    const next = ledger.command()
    ledger.doubt(ledger.write())
    ledger.pass(minute)
    expect(ledger.row(id)).toMatchObject({ status: 'in_doubt', final: 1 })
    expect(ledger.claim().commandId).toBe(next)
    ledger.report(7, { recipient: '4915112345602', scts: ledger.now - minute })
    expect(ledger.row(id)).toMatchObject({ status: 'in_doubt', step: 0 })
  })

  test('of two texts goes on when the report of the first comes in time', () => {
    const ledger = new Ledger()
    const id = ledger.command({ steps: [{ ...step, goes: 'then' }], expect: 'optional' })
    ledger.doubt(ledger.write())
    ledger.report(7, { recipient: '4915112345602' })
    expect(ledger.row(id)).toMatchObject({ status: 'sending', in_doubt: 0, error: null, final: 0 })
    ledger.pass(minute)
    expect(ledger.row(id)).toMatchObject({ step: 1 })
  })

  test('may still be answered while the next one is out, and each gets its own answer', () => {
    const ledger = new Ledger()
    const spec = {
      command: 'open',
      params: {},
      afterPendingMs: 0,
      texts: 1,
      withinTextsMs: 0,
      sets: {},
      secrets: {},
      cancels: null,
    }
    const first = ledger.command({ spec })
    const second = ledger.command({ spec })
    ledger.doubt(ledger.write())
    ledger.pass(minute)
    ledger.sent(ledger.write(), 9)
    const { commands } = ledger.run('openCommands', {
      device: 'gate',
      stamp: { scts: null, receivedAt: ledger.now },
      centre: null,
      now: ledger.now,
    })
    expect(commands.map(({ commandId, released }) => ({ commandId, released }))).toEqual([
      { commandId: second, released: false },
      { commandId: first, released: true },
    ])
  })
})

describe('a hub that starts again', () => {
  test('lets go of the lane of what was handed over when it ended', () => {
    const ledger = new Ledger()
    const first = ledger.queue()
    const next = ledger.queue()
    ledger.write()
    ledger.restart({ gateways: ['home'] })
    expect(ledger.row(first)).toMatchObject({ status: 'sending', in_doubt: 1, reason: 'interrupted', open: 0 })
    expect(ledger.claim().commandId).toBe(next)
  })

  test('lets go of lanes that an older version held for a day', () => {
    const ledger = new Ledger()
    const first = ledger.queue()
    const next = ledger.queue()
    const seq = ledger.write()
    ledger.engine.run('UPDATE submission SET in_doubt = 1 WHERE seq = ?', seq)
    ledger.now += hour
    ledger.restart({ gateways: ['home'] })
    expect(ledger.row(first)).toMatchObject({ status: 'sending', in_doubt: 1, open: 0 })
    expect(ledger.claim().commandId).toBe(next)
  })

  test('takes back what rode in a text that never left, whatever it is', () => {
    const ledger = new Ledger()
    const joins = { head: '', tail: '', separator: ';', max: null, maxLength: null }
    const one = ledger.command({ joins: { ...joins, body: 'a' } })
    const two = ledger.command({ joins: { ...joins, body: 'b' } })
    ledger.claim()
    ledger.restart({ gateways: ['home'] })
    for (const id of [one, two]) expect(ledger.row(id)).toMatchObject({ status: 'queued', in_doubt: 0 })
  })
})
