import { describe, expect, test } from '@jest/globals'
import { segmentIdOf, segmentPlaceOf } from '../../src/message/segment.ts'
import { day, Ledger, minute, second } from '../support/ledger.ts'

const bare = { scts: null, centre: null } as const
/** What a carrier adds to a report that repeats our own name of a segment. */
const named = (commandId: string, part = 1, step = 0) => ({ ...bare, segment: segmentIdOf({ commandId, step, part }) })
const error = { code: 'carrier_error', message: 'no answer', retryable: true } as const

/** The history as the hub keeps it. */
function pruned(ledger: Ledger): void {
  const { now } = ledger
  ledger.run('prune', { now, before: now - 90 * day, rawBefore: now - 30 * day, limit: 100 })
}

describe('weeks later', () => {
  test('a report of a carrier still finds its text', () => {
    const ledger = new Ledger()
    const id = ledger.queue()
    ledger.sent(ledger.write(), 'id-1')
    ledger.pass(20 * day)
    pruned(ledger)
    expect(ledger.row(id)).toMatchObject({ status: 'sent', sms_status: 'sent', final: 1 })
    expect(ledger.report('id-1', bare)).toBe(true)
    expect(ledger.row(id)).toMatchObject({ status: 'sent', sms_status: 'delivered' })
    expect(ledger.published('sms/status').at(-1)).toMatchObject({ command_id: id, status: 'delivered' })
  })

  test('a TP-MR means another text', () => {
    const ledger = new Ledger()
    const id = ledger.queue()
    ledger.sent(ledger.write(), 7)
    ledger.pass(9 * day)
    expect(ledger.report(7)).toBe(false)
    expect(ledger.row(id).sms_status).toBe('sent')
  })
})

describe('a text whose id nobody learnt, as the carrier did not answer', () => {
  test('is settled by a report that repeats the hub’s own name of it', () => {
    const ledger = new Ledger()
    const id = ledger.queue()
    ledger.doubt(ledger.write())
    expect(ledger.row(id)).toMatchObject({ status: 'sending', in_doubt: 1 })
    expect(ledger.report('id-1', named(id))).toBe(true)
    expect(ledger.row(id)).toMatchObject({ status: 'delivered', final: 1, in_doubt: 0 })
  })

  test('is settled part by part', () => {
    const ledger = new Ledger()
    const id = ledger.queue({ segments: ['one', 'two'] })
    ledger.doubt(ledger.write(2), 2)
    expect(ledger.report('1', bare)).toBe(true)
    expect(ledger.row(id)).toMatchObject({ status: 'sending', in_doubt: 1, parts_delivered: 1 })
    expect(ledger.report('id-2', named(id, 2))).toBe(true)
    expect(ledger.row(id)).toMatchObject({ status: 'delivered', final: 1, parts_delivered: 2 })
  })

  test('has its SMS settled when the report comes behind its result', () => {
    const ledger = new Ledger()
    const id = ledger.queue()
    ledger.doubt(ledger.write())
    ledger.pass(5 * day)
    expect(ledger.row(id)).toMatchObject({ status: 'in_doubt', final: 1 })
    expect(ledger.report('id-1', named(id))).toBe(true)
    expect(ledger.row(id)).toMatchObject({ status: 'in_doubt', sms_status: 'delivered' })
  })

  test('is settled by a report that overtakes the answer, whatever the answer is', () => {
    const ledger = new Ledger()
    const [answered, silent] = [ledger.queue(), ledger.queue({ lane: 'n:2' })]
    const [first, second] = [ledger.write(), ledger.write()]
    expect(ledger.report('id-1', named(answered))).toBe(true)
    expect(ledger.report('id-2', named(silent))).toBe(true)
    ledger.sent(first, 'id-1')
    ledger.doubt(second)
    for (const id of [answered, silent]) expect(ledger.row(id)).toMatchObject({ status: 'delivered', final: 1 })
  })

  test('fails where it was handed over once: of several attempts nobody knows which one did', () => {
    const ledger = new Ledger()
    const failure = { outcome: 'failed', status: 0x46, meaning: 'expired' } as const
    const once = ledger.queue()
    ledger.doubt(ledger.write())
    expect(ledger.report('id-1', { ...named(once), ...failure })).toBe(true)
    expect(ledger.row(once)).toMatchObject({ status: 'undelivered', final: 1 })

    const twice = ledger.queue({ safe: true })
    const seq = ledger.write()
    const at = { seq, part: 1, gateway: 'home', account: 'home', now: ledger.now, ...ledger.owner }
    ledger.run('requeue', { ...at, retryAt: ledger.now + second, error })
    ledger.pass(minute)
    ledger.doubt(ledger.write())
    expect(ledger.report('id-2', { ...named(twice), ...failure })).toBe(false)
    expect(ledger.report('id-3', named(twice))).toBe(true)
    expect(ledger.row(twice)).toMatchObject({ status: 'delivered', final: 1 })
  })

  test.each<[string, object]>([
    ['another account', { account: 'another' }],
    ['another part', { segment: 'cmd_1.0.2' }],
    ['another text of the act', { segment: 'cmd_1.1.1' }],
    ['another command', { segment: 'cmd_2.0.1' }],
    ['no name of a segment', { segment: 'cmd_1' }],
    ['no name at all', { segment: '%.0.1' }],
  ])('is not the one of a report of %s', (_, over) => {
    const ledger = new Ledger()
    const id = ledger.queue()
    ledger.doubt(ledger.write())
    expect(ledger.report('id-1', { ...named(id), ...over })).toBe(false)
    expect(ledger.row(id)).toMatchObject({ status: 'sending', in_doubt: 1 })
  })
})

test('the carrier’s own id goes before our name of a text', () => {
  const ledger = new Ledger()
  const known = ledger.queue()
  ledger.sent(ledger.write(), 'id-1')
  const unknown = ledger.queue()
  ledger.doubt(ledger.write())
  expect(ledger.report('id-1', named(unknown))).toBe(true)
  expect(ledger.row(known).status).toBe('delivered')
  expect(ledger.row(unknown)).toMatchObject({ status: 'sending', in_doubt: 1 })
})

test('our name of a segment is read back, and fits what carriers take', () => {
  const place = { commandId: 'cmd_01JDXK3V8ZQ4N5T6R7W8X9Y0AB', step: 12, part: 255 }
  expect(segmentPlaceOf(segmentIdOf(place))).toEqual(place)
  expect(segmentIdOf(place).length).toBeLessThanOrEqual(40)
})

describe('a text that the carrier accepts after its time', () => {
  const accepted = (id: string) => ({ ...named(id), outcome: 'trying', status: 0x20 }) as const

  test('is in doubt no more, and its report finds it by the id', () => {
    const ledger = new Ledger()
    const id = ledger.queue()
    ledger.doubt(ledger.write())
    expect(ledger.report('late-1', accepted(id))).toBe(true)
    expect(ledger.row(id)).toMatchObject({ sms_status: 'sent', in_doubt: 0 })
    expect(ledger.report('late-1', bare)).toBe(true)
    expect(ledger.row(id)).toMatchObject({ status: 'delivered', final: 1 })
  })

  test('is what it is where it has gone once more meanwhile', () => {
    const ledger = new Ledger()
    const id = ledger.queue({ safe: true })
    const at = { seq: ledger.write(), part: 1, gateway: 'home', account: 'home', now: ledger.now }
    ledger.run('requeue', { ...at, ...ledger.owner, retryAt: ledger.now, error })
    expect(ledger.report('late-1', accepted(id))).toBe(true)
    expect(ledger.row(id)).toMatchObject({ status: 'queued', in_doubt: 0 })
  })

  test('finds the report that came before', () => {
    const ledger = new Ledger()
    const id = ledger.queue()
    ledger.doubt(ledger.write())
    expect(ledger.report('early', bare)).toBe(false)
    ledger.report('early', accepted(id))
    expect(ledger.row(id)).toMatchObject({ status: 'delivered', final: 1 })
  })
})

describe('a report without an id', () => {
  test('is of the one text for its recipient that has none either', () => {
    const ledger = new Ledger()
    const id = ledger.queue()
    ledger.sent(ledger.write(), null)
    ledger.pass(second)
    expect(ledger.report('', bare)).toBe(true)
    expect(ledger.row(id)).toMatchObject({ sms_status: 'delivered' })
  })

  test('is of none where there are two, or where texts have ids', () => {
    const ledger = new Ledger()
    ledger.queue()
    ledger.sent(ledger.write(), 'id-1')
    ledger.pass(second)
    expect(ledger.report('', bare)).toBe(false)
    for (let n = 0; n < 2; n++) {
      ledger.queue()
      ledger.sent(ledger.write(), null)
    }
    ledger.pass(second)
    expect(ledger.report('', bare)).toBe(false)
  })
})
