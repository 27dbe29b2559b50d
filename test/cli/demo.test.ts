import { expect, test } from '@jest/globals'
import { inShort, invitation } from '../../src/cli/demo.ts'
import type { EventKind, HubEvent } from '../../src/message/hub-event.ts'

const shown = (kind: EventKind, data: unknown) => inShort({ kind, subject: 'gate', data } as HubEvent)

test('the demo names its page first, then what to try, with the ports that it has', () => {
  const [, second, ...rest] = invitation(1884, 8081).split('\n').filter(Boolean)
  expect(second).toMatch(/^ {2}http:\/\/127\.0\.0\.1:8081\/ /)
  const commands = rest.filter((line) => line.startsWith('  '))
  expect(commands).toHaveLength(5)
  for (const line of commands)
    expect(line).toMatch(/^ {2}(npx mqtt (pub|sub) -p 1884 |curl http:\/\/127\.0\.0\.1:8081\/)/)
})

test('the demo shows first that its modem works, and never that it is offline while it is opened', () => {
  expect(shown('gateway_availability', false)).toBeNull()
  expect(shown('gateway', { status: 'initializing' })).toBeNull()
  expect(shown('gateway_availability', true)).toBe('online')
})

test('it shows texts of devices and results of commands, in short, and nothing that only programs read', () => {
  expect(shown('state', { gate: 'open', signal: null })).toBe('{"gate":"open"}')
  expect(shown('state', { gate: null })).toBeNull()
  expect(shown('availability', false)).toBe('offline')
  expect(shown('result', { command_id: 'c1', client_id: 'x', status: 'replied', ok: true, error: null })).toBe(
    '{"command_id":"c1","status":"replied","ok":true}',
  )
  for (const kind of ['received', 'sms_status', 'health', 'hub_event', 'answer'] as const)
    expect(shown(kind, { a: 1 })).toBeNull()
  expect(shown('announcement', '{"a":1}')).toBeNull()
})

test('what is withdrawn is nothing to show', () => {
  for (const kind of ['state', 'availability', 'location', 'gateway_availability'] as const)
    expect(shown(kind, null)).toBeNull()
})
