import { describe, expect, test } from '@jest/globals'
import { type OperationName, operations } from '../../src/ledger/operations.ts'
import { Ledger } from '../support/ledger.ts'
import { accessRules } from './rules/access.ts'
import { brokerRules } from './rules/broker.ts'
import { choreRules } from './rules/chores.ts'
import { deviceRules } from './rules/devices.ts'
import { eventRules } from './rules/events.ts'
import { gatewayRules } from './rules/gateways.ts'
import { inboxRules } from './rules/inbox.ts'
import { outboxRules } from './rules/outbox.ts'
import type { Promises } from './rules/rule.ts'
import { scheduleRules } from './rules/schedule.ts'
import { smppRules } from './rules/smpp.ts'
import { webhookRules } from './rules/webhooks.ts'

/** What each operation of the store promises. A new one does not compile without its rule here. */
const rules: Readonly<Record<OperationName, Promises>> = {
  ...outboxRules,
  ...inboxRules,
  ...deviceRules,
  ...eventRules,
  ...brokerRules,
  ...gatewayRules,
  ...accessRules,
  ...choreRules,
  ...webhookRules,
  ...smppRules,
}

describe.each(Object.entries(rules))('%s', (_, promises) => {
  test.each(Object.entries(promises))('%s', (_sentence, shows) => shows(new Ledger()))
})

describe('what is for later', () => {
  test.each(Object.entries(scheduleRules))('%s', (_sentence, shows) => shows(new Ledger()))
})

test('every operation of the store has a rule of its own', () => {
  expect(Object.keys(rules).sort()).toEqual(Object.keys(operations).sort())
  expect(Object.entries(rules).filter(([, promises]) => Object.keys(promises).length === 0)).toEqual([])
})
