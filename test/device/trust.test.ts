import { expect, test } from '@jest/globals'
import { deviceOf, faultOf, makeProfile } from './library.ts'

test.each(['secret', 'route'])('a device that asks for trust: %s is refused, as nothing would keep it', (level) => {
  expect(faultOf(() => deviceOf('diy/sim800l-relay', `{ trust: ${level} }`))).toMatch(
    new RegExp(`${level} is not available: every text from the device's number is believed`),
  )
})

test('so is a message of a profile', () => {
  const message = 'messages:\n  opened: { label: Opened, text: "Relay ON", source: manual, trust: secret }\n'
  expect(faultOf(() => makeProfile(message))).toMatch(/secret is not available/)
})

test('trust: number is what holds without it', () => {
  expect(deviceOf('diy/sim800l-relay', '{ trust: number }').trust).toBe('number')
})
