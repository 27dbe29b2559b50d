import { expect, test } from '@jest/globals'
import { Access } from '../../src/mqtt/embedded/access.ts'
import { Refusals } from '../../src/mqtt/refusals.ts'
import { FakeClock } from '../fake-clock.ts'

/** Without users: whoever reaches the broker. */
const nobody = (baseTopic: string, aliases: Readonly<Record<string, string>>) =>
  new Access(null, {
    operations: {},
    baseTopic,
    aliases,
    discovery: { prefix: 'homeassistant', objectOf: (device) => device },
    isRecipient: () => false,
  })

test('a number with its plus in a topic is refused with the remedy', () => {
  const reasons: string[] = []
  const refusals = new Refusals(new FakeClock(), ({ reason }) => reasons.push(reason))
  refusals.addError('panel', new Error('+ is not allowed in PUBLISH'))
  expect(reasons).toEqual(['a topic may not contain +: write the number without it'])
})

test.each([
  ['smshub/gate\u0000/set', 'U+0000'],
  ['$SYS/x', 'topics with $ in front'],
  ['smshub/gate', 'only the hub publishes here'],
  ['smshub/as/admin/gate/command/open', 'only the hub publishes here'],
  ['smshub/reply/me', 'only the hub publishes here'],
])('a publish to %j is refused for its own reason', (topic, reason) => {
  expect(nobody('smshub', {}).refusesPublish(null, topic, '')).toContain(reason)
})

test('an alias below the base topic is the command that it stands for', () => {
  const access = nobody('home', { 'home/dialect/send': 'compat/sms2mqtt/send' })
  expect(access.below('home/dialect/send')).toBe('compat/sms2mqtt/send')
  expect(access.below('home/gate/send')).toBe('gate/send')
})
