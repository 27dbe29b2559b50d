import { describe, expect, test } from '@jest/globals'
import { changeState } from '../../src/ledger/devices/devices.ts'
import type { NewSubmission, Refusal } from '../../src/ledger/outbox/new-submission.ts'
import { Ledger, minute } from '../support/ledger.ts'

const limits = { perLane: 1_000, perClient: 10_000, clientPerHour: null, devicePerDay: null }

const refusal = (id: string, client = 'fool'): Refusal => ({
  commandId: id,
  client,
  ref: null,
  response: null,
  device: 'gate',
  verb: 'command',
  command: 'opn',
  property: null,
  value: null,
  args: null,
  private: false,
  error: { code: 'unknown_command', message: 'x', retryable: false },
  status: 'rejected',
  reason: null,
  recipient: null,
  text: null,
})

describe('refused commands', () => {
  test('are kept up to sixty an hour of a client, and each is answered and named all the same', () => {
    const ledger = new Ledger()
    for (let i = 0; i < 200; i++) {
      const key = { client: 'fool', messageId: i + 1, connection: 'c', duplicate: false, hash: String(i) }
      const { commands, refused } = ledger.run('enqueue', {
        key,
        ref: null,
        items: [refusal(`r${i}`)],
        limits,
        now: ledger.now,
      })
      expect(commands).toEqual([{ id: `r${i}`, status: 'rejected' }])
      expect(refused).toEqual(['gate opn: rejected: x (unknown_command)'])
    }
    expect(ledger.engine.one('SELECT COUNT(*) AS n FROM submission')).toEqual({ n: 60 })
    expect(ledger.engine.one('SELECT COUNT(*) AS n FROM publish_key')).toEqual({ n: 60 })
    const answered = `SELECT COUNT(*) AS n FROM event WHERE kind LIKE '%result' AND subject = 'gate'`
    expect(ledger.engine.one(answered)).toEqual({ n: 200 })
    // Programs see what is kept: a client that is rejected without end pushes nothing out of the log.
    const { events } = ledger.read('eventsAfter', { after: null, limit: 1_000 })
    expect(events.map(({ kind }) => kind)).toEqual(Array.from({ length: 60 }, () => 'result'))
  })

  test('leave the target of the command that is under way', () => {
    const ledger = new Ledger()
    const known = { device: 'gate', at: 1, seenAt: 1, fields: ['gate', 'gate_target'] }
    changeState(ledger.engine, { ...known, values: { gate: 'CLOSED' } })
    ledger.command({ device: 'gate', lane: 'd:gate', verb: 'set', property: 'gate', value: 'OPEN' })
    ledger.write()
    const target = () => JSON.parse(ledger.retained().get('gate') ?? '{}').gate_target
    expect(target()).toBe('OPEN')
    const item = { ...refusal('late'), verb: 'set', command: null, property: 'gate', value: 'OPEN' } as const
    ledger.run('enqueue', { key: null, ref: null, items: [item], limits, now: ledger.now })
    expect(target()).toBe('OPEN')
  })

  test('of texts to people are kept, answered and seen by programs as those of devices are', () => {
    const ledger = new Ledger()
    for (let i = 0; i < 70; i++) {
      const item = { ...refusal(`r${i}`), device: null, verb: 'text', command: null, recipient: '+4915112345601' }
      ledger.run('enqueue', { key: null, ref: null, items: [item as Refusal], limits, now: ledger.now })
    }
    expect([ledger.count('event', "kind = 'sms_status'"), ledger.count('event', "kind = 'unkept_sms_status'")]).toEqual(
      [60, 10],
    )
  })

  test('of many clients are kept up to a bound too', () => {
    const ledger = new Ledger()
    for (let i = 0; i < 1_000; i++)
      ledger.run('enqueue', { key: null, ref: null, items: [refusal(`r${i}`, `c${i}`)], limits, now: ledger.now })
    expect(ledger.engine.one('SELECT COUNT(*) AS n FROM submission')).toEqual({ n: 600 })
  })
})

describe('numbered commands', () => {
  test('a number that was used is never used again, over a restart too', () => {
    const ledger = new Ledger()
    ledger.queue({ device: 'tracker', counter: 7 })
    expect(ledger.run('counters', undefined)).toEqual([['tracker', 7]])
    expect(() => ledger.queue({ device: 'tracker', counter: 7 })).toThrow('used already')
    expect(() => ledger.queue({ device: 'tracker', counter: 3 })).toThrow('used already')
    ledger.queue({ device: 'tracker', counter: 8 })
    ledger.queue({ device: 'other', counter: 1 })
    expect(ledger.run('counters', undefined)).toEqual([
      ['other', 1],
      ['tracker', 8],
    ])
  })
})

describe('a toggle', () => {
  const turn = (ledger: Ledger, value: 'on' | 'off', id: string) =>
    ({
      ...ledger.item(),
      commandId: id,
      messageId: `m_${id}_${value}`,
      device: 'lamp',
      lane: 'd:lamp',
      safe: true,
      digest: value,
    }) as NewSubmission
  const toggle = (ledger: Ledger, id: string) => {
    const unknown = { ...refusal(id), device: 'lamp' }
    const item = { property: 'light', whenOn: turn(ledger, 'off', id), whenOff: turn(ledger, 'on', id), unknown }
    ledger.run('enqueue', { key: null, ref: null, items: [item], limits, now: ledger.now })
    return ledger.engine.one<{ digest: string | null }>('SELECT digest FROM submission WHERE command_id = ?', id)
      ?.digest
  }

  test('goes by the value that is known, and is refused without one', () => {
    const ledger = new Ledger()
    expect(toggle(ledger, 'a')).toBeNull()
    const known = { device: 'lamp', at: 1, seenAt: 1, fields: ['light'] }
    changeState(ledger.engine, { ...known, values: { light: 'ON' } })
    expect(toggle(ledger, 'b')).toBe('off')
  })

  test('depends on what is queued before it, rather than on the last text of the device', () => {
    const ledger = new Ledger()
    changeState(ledger.engine, { device: 'lamp', at: 1, seenAt: 1, fields: ['light'], values: { light: 'ON' } })
    const seen = ['a', 'b', 'c'].map((id) => toggle(ledger, id))
    expect(seen).toEqual(['off', 'on', 'off'])
  })

  test('depends on what came due last, rather than on what was asked for last', () => {
    const ledger = new Ledger()
    changeState(ledger.engine, { device: 'lamp', at: 1, seenAt: 1, fields: ['light'], values: { light: 'ON' } })
    ledger.queue({ ...turn(ledger, 'on', 'evening'), sendAt: ledger.now + minute })
    expect(toggle(ledger, 'a')).toBe('off')
    ledger.pass(minute)
    expect(toggle(ledger, 'b')).toBe('off')
  })
})
