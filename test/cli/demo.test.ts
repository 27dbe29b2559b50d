import { expect, test } from '@jest/globals'
import { inShort } from '../../src/cli/demo.ts'

const shown = (topic: string, payload: unknown) =>
  inShort(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), 'homeassistant')

test('the demo shows first that its modem works, and never that it is offline while it is opened', () => {
  expect(shown('gateway/home/availability', 'offline')).toBeNull()
  expect(shown('gateway/home', { status: 'initializing' })).toBeNull()
  expect(shown('gateway/home/availability', 'online')).toBe('online')
})

test('it shows what devices say and how commands end, in short, and nothing that only programs read', () => {
  expect(shown('gate', { gate: 'open', signal: null })).toBe('{"gate":"open"}')
  expect(shown('gate', { gate: null })).toBeNull()
  expect(shown('gate/availability', 'offline')).toBe('offline')
  expect(shown('gate/result', { command_id: 'c1', client_id: 'x', status: 'replied', ok: true, error: null })).toBe(
    '{"command_id":"c1","status":"replied","ok":true}',
  )
  for (const topic of ['sms/received', 'bridge/health', 'homeassistant/device/x/config'])
    expect(shown(topic, { a: 1 })).toBeNull()
})
