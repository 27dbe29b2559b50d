import { expect, test } from '@jest/globals'
import { floodOf, keepNewest } from '../../src/ledger/inbox/strangers.ts'
import { hour, Ledger, start } from '../support/ledger.ts'

const of = (sender: string) => ({ device: 'gate', sender })

function filed(count: number, { gateway = 'mail', trust = 'stranger', device = 'gate' } = {}): Ledger {
  const ledger = new Ledger()
  for (let i = 0; i < count; i++)
    ledger.engine.run(
      `INSERT INTO incoming (message_id, device, sender, gateway, text, document, received_at, trust)
       VALUES (?, ?, ?, ?, '', '{}', ?, ?)`,
      `m${i}`,
      device,
      `x${i}@y.lan`,
      gateway,
      start - 1,
      trust,
    )
  return ledger
}

test('all unproven mails to a device share a limit of an hour', () => {
  expect([59, 60, 61].map((count) => floodOf(filed(count).engine, of('new@y.lan'), start))).toEqual([null, true, false])
  expect(floodOf(filed(60).engine, of('new@y.lan'), start + hour)).toBeNull()
})

test.each([{ trust: 'route' }, { gateway: 'home' }, { device: 'camera' }])('in which %j is not counted', (other) => {
  expect(floodOf(filed(60, other).engine, of('new@y.lan'), start)).toBeNull()
})

test('of them the newest hundred are kept, and all others', () => {
  const kept = (ledger: Ledger) => {
    keepNewest(ledger.engine, of('new@y.lan'))
    return ledger.engine.all<{ message_id: string }>('SELECT message_id FROM incoming ORDER BY id')
  }
  const left = kept(filed(110))
  expect([left.length, left[0]]).toEqual([100, { message_id: 'm10' }])
  expect(kept(filed(110, { trust: 'route' }))).toHaveLength(110)
})
