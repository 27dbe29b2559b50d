import { expect, test } from '@jest/globals'
import { hour, Ledger } from '../support/ledger.ts'
import { addHook, deliveriesOf, dies, dueOf, happens } from '../support/webhook-ledger.ts'

test('webhooks are shown, all or one of them, with what waits and what was given up, without secrets', () => {
  const ledger = new Ledger()
  addHook(ledger)
  ledger.now++
  addHook(ledger, 'a')
  dies(ledger, 'gate')
  happens(ledger, 'gate')
  dueOf(ledger)
  const all = ledger.read('webhooks', { id: null, now: ledger.now })
  expect(all.map(({ id, waiting, dead }) => ({ id, waiting, dead }))).toEqual([
    { id: 'one', waiting: 1, dead: 1 },
    { id: 'a', waiting: 1, dead: 1 },
  ])
  expect(JSON.stringify(all)).not.toContain('whsec')
  expect(ledger.read('webhooks', { id: 'a', now: ledger.now })).toHaveLength(1)
})

test('deliveries are listed a page at a time, the newest first, by status and time', () => {
  const ledger = new Ledger()
  addHook(ledger)
  dies(ledger, 'a')
  ledger.now += hour
  const since = ledger.now
  happens(ledger, 'b', 'c')
  dueOf(ledger)
  const devices = (over: Parameters<typeof deliveriesOf>[1]) => deliveriesOf(ledger, over).map(({ device }) => device)
  expect(devices({})).toEqual(['c', 'b', 'a'])
  expect(devices({ limit: 2 })).toEqual(['c', 'b'])
  expect(devices({ before: deliveriesOf(ledger)[1]?.seq ?? 0 })).toEqual(['a'])
  expect(devices({ state: 'dead' })).toEqual(['a'])
  expect(devices({ since })).toEqual(['c', 'b'])
  expect(devices({ until: since })).toEqual(['a'])
})

test('those of a webhook that is not known are an error', () => {
  expect(() => deliveriesOf(new Ledger())).toThrow('there is no webhook "one"; there is none')
})
