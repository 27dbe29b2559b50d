import { beforeEach, expect, test } from '@jest/globals'
import { receive } from '../support/incoming.ts'
import { hour, Ledger, minute } from '../support/ledger.ts'

let ledger: Ledger

beforeEach(() => {
  ledger = new Ledger()
})

const traffic = (gateway = 'home') => ledger.read('gatewayTraffic', { gateway, now: ledger.now })
const busy = (gateway?: string) => traffic(gateway).filter(({ sent, received }) => sent + received > 0)

test('of a gateway that did nothing are 24 hours without any', () => {
  expect(traffic()).toHaveLength(24)
  expect(busy()).toEqual([])
  expect(traffic().at(-1)?.at).toBe(ledger.now - (ledger.now % hour))
})

test('is what it sent and received in each hour', () => {
  const begin = ledger.now
  for (const after of [5 * minute, 59 * minute, 61 * minute]) {
    ledger.now = begin + after
    ledger.queue({ lane: `n:${after}` })
    ledger.write()
  }
  receive(ledger)
  expect(busy()).toEqual([
    { at: begin, sent: 2, received: 0 },
    { at: begin + hour, sent: 1, received: 1 },
  ])
})

test('is that of this gateway alone', () => {
  receive(ledger, { gateway: 'other' })
  expect(busy()).toEqual([])
  expect(busy('other')).toEqual([{ at: ledger.now, sent: 0, received: 1 }])
})

test('ends after a day', () => {
  receive(ledger)
  ledger.queue()
  ledger.write()
  ledger.now += 23 * hour + 59 * minute
  expect(busy()).toHaveLength(1)
  ledger.now += minute
  expect(busy()).toEqual([])
})

test('of a clock that was ahead does not count', () => {
  ledger.now += 2 * hour
  receive(ledger)
  ledger.now -= 2 * hour
  expect(busy()).toEqual([])
})
