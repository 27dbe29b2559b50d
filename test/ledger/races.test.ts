import { describe, expect, test } from '@jest/globals'
import type { NewStep } from '../../src/ledger/outbox/acts.ts'
import { Ledger, minute, second } from '../support/ledger.ts'

const step: NewStep = {
  goes: 'then',
  waitMs: 0,
  segments: ['second'],
  expect: 'required',
  withinMs: minute,
  spec: null,
}
const error = { code: 'modem_error', message: 'CMS 500', retryable: true } as const
const device = { recipient: '4915112345602' }

/** A safe command that was in doubt and waits to be repeated. */
function requeued(over: Parameters<Ledger['command']>[0] = {}): { ledger: Ledger; id: string; seq: number } {
  const ledger = new Ledger()
  const id = ledger.command({ safe: true, ...over })
  const seq = ledger.write()
  const at = { seq, part: 1, gateway: 'home', account: 'home', now: ledger.now }
  ledger.run('requeue', { ...ledger.owner, ...at, retryAt: ledger.now + minute, error })
  return { ledger, id, seq }
}

/** A safe command that was handed over when the hub ended. */
function interrupted(over: Parameters<Ledger['command']>[0] = {}): { ledger: Ledger; id: string; seq: number } {
  const ledger = new Ledger()
  const id = ledger.command({ safe: true, ...over })
  const seq = ledger.write()
  ledger.restart()
  return { ledger, id, seq }
}

describe('a command that waits to be repeated', () => {
  test.each([
    ['accepted', { status: 'replied', ok: 1, final: 1 }],
    ['refused', { status: 'replied', ok: 0, final: 1 }],
  ] as const)('and is answered after all (%s) has ended, and is not sent again', (verdict, expected) => {
    const { ledger, id, seq } = requeued()
    ledger.reply(seq, verdict)
    expect(ledger.row(id)).toMatchObject({ ...expected, sms_status: 'delivered', open: 0 })
    ledger.pass(2 * minute)
    expect(ledger.claim().seq).toBeUndefined()
    expect(ledger.published('gate/result').filter(({ final }) => final)).toHaveLength(1)
  })

  test.each(['pending', 'partial'] as const)(
    'and whose answer begins (%s) waits for the rest of it, and is not sent again',
    (verdict) => {
      const { ledger, id, seq } = requeued()
      const next = ledger.command({ expect: 'none' })
      ledger.reply(seq, verdict)
      expect(ledger.row(id)).toMatchObject({ status: 'delivered', sms_status: 'delivered', final: 0 })
      ledger.pass(2 * minute)
      expect(ledger.claim().commandId).toBe(next)
      ledger.reply(seq)
      expect(ledger.row(id)).toMatchObject({ status: 'replied', final: 1 })
    },
  )

  test('is sent again where a text proves too little, or may answer another', () => {
    for (const verdict of ['unverified', 'mismatch'] as const) {
      const { ledger, id, seq } = requeued()
      ledger.reply(seq, verdict)
      ledger.pass(2 * minute)
      expect(ledger.claim().commandId).toBe(id)
    }
  })

  test('is not sent again when the report of the attempt before comes', () => {
    const quiet = interrupted({ expect: 'none' })
    expect(quiet.ledger.report(7, device)).toBe(true)
    expect(quiet.ledger.row(quiet.id)).toMatchObject({ status: 'delivered', ok: 1, final: 1 })
    expect(quiet.ledger.claim().seq).toBeUndefined()
    const asked = interrupted()
    expect(asked.ledger.report(7, device)).toBe(true)
    expect(asked.ledger.row(asked.id)).toMatchObject({ status: 'delivered', final: 0 })
    expect(asked.ledger.claim().seq).toBeUndefined()
    asked.ledger.pass(minute)
    expect(asked.ledger.row(asked.id)).toMatchObject({ status: 'unconfirmed', final: 1 })
  })

  test('as the last text of an act is not sent again when its report comes, and its lane goes on', () => {
    const { ledger, id } = interrupted({ steps: [{ ...step, expect: 'none' }], expect: 'none' })
    // Both texts of the act leave; the hub ends with the second one.
    ledger.sent(ledger.write(), 1)
    ledger.write()
    ledger.restart()
    expect(ledger.row(id)).toMatchObject({ status: 'sending', step: 1 })
    expect(ledger.report(9, device)).toBe(true)
    expect(ledger.row(id)).toMatchObject({ status: 'delivered', final: 1 })
    const next = ledger.command()
    expect(ledger.claim().commandId).toBe(next)
  })

  test('goes on with its repetition when a part of the attempt before could not be delivered', () => {
    const ledger = new Ledger()
    const id = ledger.queue({ segments: ['one', 'two'] })
    const seq = ledger.write(2)
    ledger.run('requeue', {
      ...ledger.owner,
      seq,
      part: 2,
      gateway: 'home',
      account: 'home',
      now: ledger.now,
      retryAt: ledger.now,
      error,
    })
    expect(ledger.report(1, { outcome: 'failed', status: 0x46 })).toBe(true)
    expect(ledger.row(id)).toMatchObject({ status: 'queued', sms_status: 'queued' })
    expect(ledger.claim().commandId).toBe(id)
  })
})

test('a text that was given up stays as it ended when a part of it could not be delivered', () => {
  const ledger = new Ledger()
  const id = ledger.queue({ segments: ['one', 'two'] })
  const seq = ledger.write(2)
  ledger.run('giveUp', {
    ...ledger.owner,
    seq,
    part: 2,
    gateway: 'home',
    account: 'home',
    now: ledger.now,
    status: 'failed',
    error,
  })
  expect(ledger.report(1, { outcome: 'failed', status: 0x46 })).toBe(true)
  expect(ledger.row(id)).toMatchObject({ status: 'failed', sms_status: 'failed', final: 1 })
})

describe('a device that answers faster than the modem', () => {
  test('to the first text of an act gets the second one all the same', () => {
    const ledger = new Ledger()
    const id = ledger.command({ steps: [step] })
    const seq = ledger.write()
    ledger.reply(seq)
    ledger.sent(seq, 7)
    expect(ledger.row(id)).toMatchObject({ status: 'sending', step: 1, final: 0 })
    const claim = ledger.claim()
    expect([claim.commandId, claim.seq !== undefined && claim.segments]).toEqual([id, ['second']])
  })

  test.each(['in doubt', 'requeued', 'refused'] as const)(
    'to the first text of an act makes it not matter that this is %s',
    (fate) => {
      const ledger = new Ledger()
      const id = ledger.command({ steps: [step] })
      const seq = ledger.write()
      ledger.reply(seq)
      // The second text is with another gateway by then.
      ledger.claim('away')
      const at = { seq, part: 1, gateway: 'home', account: 'home', now: ledger.now, error }
      if (fate === 'in doubt') ledger.doubt(seq)
      if (fate === 'requeued') ledger.run('requeue', { ...ledger.owner, ...at, retryAt: ledger.now })
      if (fate === 'refused') ledger.run('giveUp', { ...ledger.owner, ...at, status: 'failed' })
      expect(ledger.row(id)).toMatchObject({ status: 'sending', step: 1, in_doubt: 0, gateway: 'away', final: 0 })
    },
  )

  test('shows its SMS as delivered, whatever the modem reports of it later', () => {
    for (const fate of ['sent', 'in doubt'] as const) {
      const ledger = new Ledger()
      const id = ledger.command()
      const seq = ledger.write()
      ledger.reply(seq)
      if (fate === 'sent') ledger.sent(seq, 7)
      else ledger.doubt(seq)
      expect(ledger.row(id)).toMatchObject({ status: 'replied', sms_status: 'delivered', final: 1 })
    }
  })

  test('with a pending answer keeps the longer time that it asked for', () => {
    const ledger = new Ledger()
    const id = ledger.command()
    const seq = ledger.write()
    ledger.reply(seq, 'pending', { waitMs: 10 * minute })
    ledger.sent(seq, 7)
    ledger.pass(5 * minute)
    expect(ledger.row(id)).toMatchObject({ status: 'delivered', reason: 'pending', final: 0 })
    ledger.pass(5 * minute)
    expect(ledger.row(id)).toMatchObject({ status: 'unconfirmed', final: 1 })
  })
})

describe('an act', () => {
  test('that ends with the refusal of its first text shows that text as delivered', () => {
    const ledger = new Ledger()
    const id = ledger.command({ steps: [step] })
    const seq = ledger.write()
    ledger.sent(seq, 7)
    ledger.reply(seq, 'refused')
    expect(ledger.row(id)).toMatchObject({ status: 'replied', ok: 0, sms_status: 'delivered' })
  })

  test('whose first text is in doubt and then answered as pending ends when the wait for the rest is over', () => {
    const ledger = new Ledger()
    const id = ledger.command({ steps: [step] })
    const seq = ledger.write()
    ledger.doubt(seq)
    ledger.reply(seq, 'pending', { waitMs: minute })
    ledger.pass(minute + second)
    ledger.pass(2 * minute)
    expect(ledger.row(id)).toMatchObject({ status: 'unconfirmed', final: 1 })
  })

  test('whose text expects no answer never sends what would go instead, and ends as sent', () => {
    const ledger = new Ledger()
    const id = ledger.command({ expect: 'none', report: false, steps: [{ ...step, goes: 'else' }] })
    ledger.sent(ledger.write(), 7)
    expect(ledger.row(id)).toMatchObject({ status: 'sent', sms_status: 'sent', final: 1 })
  })
})
