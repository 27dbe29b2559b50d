import { expect, test } from '@jest/globals'
import { hour, Ledger, minute, second } from '../support/ledger.ts'

test.each([
  ['in London', 0],
  ['in Delhi', 5.5],
  ['in Kathmandu', 5.75],
  ["in St. John's", -3.5],
  ['on the Marquesas', -9.5],
])('what was sent today begins at midnight %s', (_, offset) => {
  const ledger = new Ledger()
  const midnight = Date.parse('2026-11-23T00:00:00Z') - offset * hour
  for (const at of [-40 * minute, -second, 0, second, 20 * minute, 40 * minute, 23 * hour]) {
    ledger.now = midnight + at
    ledger.queue({ expiresAt: ledger.now + hour })
    ledger.sent(ledger.write(), 1)
    ledger.now += 3 * second
  }
  expect(ledger.run('gatewayFigures', { gateways: ['home'], since: midnight }).home?.sentToday).toBe(5)
})
