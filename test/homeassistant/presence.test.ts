import { expect, test } from '@jest/globals'
import type { DiscoveryContext } from '../../src/homeassistant/component.ts'
import { deviceMessages } from '../../src/homeassistant/documents.ts'
import { changeState } from '../../src/ledger/devices/devices.ts'
import { deviceOf } from '../device/library.ts'
import { hour, Ledger } from '../support/ledger.ts'
import { componentsOf, wrongState } from './client.ts'
import { render } from './jinja.ts'

const start = Date.parse('2026-11-22T12:00:00Z')

function open() {
  const ledger = new Ledger()
  const retained = (topic: string) => ledger.retained().get(topic)
  return { ledger, retained }
}

test('a device that owes texts is late, then offline, and there again at the first sign of life', () => {
  const { ledger, retained } = open()
  const devices = [{ id: 'tank', expectedMs: 12 * hour }]
  ledger.run('announceDevices', { devices: [{ id: 'tank', fields: ['level', 'reporting'] }] })
  const review = (now: number) => ledger.run('reviewPresence', { now, devices })
  const state = () => JSON.parse(retained('tank') ?? '{}')
  review(start)
  expect(retained('tank/availability')).toBe('online')
  expect(state()).toEqual({ level: null, reporting: null, last_seen: null })
  const fields = ['level', 'reporting']
  changeState(ledger.engine, { device: 'tank', values: { level: 40 }, at: start, seenAt: start, fields })
  review(start + hour)
  expect(state()).toMatchObject({ level: 40, reporting: 'on_time' })
  review(start + 13 * hour)
  expect(state()).toMatchObject({ reporting: 'late' })
  expect(retained('tank/availability')).toBe('online')
  review(start + 37 * hour)
  expect(retained('tank/availability')).toBe('offline')
  const late = start + 38 * hour
  changeState(ledger.engine, { device: 'tank', values: { level: 39 }, at: late, seenAt: late, fields })
  expect(retained('tank/availability')).toBe('online')
  expect(state()).toMatchObject({ level: 39, reporting: 'on_time' })
})

test('a device that owes nothing starts online and is never offline by silence', () => {
  const { ledger, retained } = open()
  ledger.run('announceDevices', { devices: [{ id: 'gate', fields: [] }] })
  for (const now of [start, start + 10_000 * hour]) {
    ledger.run('reviewPresence', { now, devices: [{ id: 'gate', expectedMs: null }] })
    expect(retained('gate/availability')).toBe('online')
  }
})

test('a cover is opening until the device reports its state, and shows no state that was not reported', () => {
  const context: DiscoveryContext = {
    baseTopic: 'smshub',
    prefix: 'homeassistant',
    instance: 'a',
    version: '1',
  }
  const told = deviceOf(
    'generic/text',
    `
commands:
  open: { text: OPEN, repeat: never, reply: { expect: required, reads: gate } }
  close: { text: CLOSE, repeat: never, reply: { expect: required, reads: gate } }
messages:
  gate: { text: [{ text: Gate is open, set: { gate: open } }, { text: Gate is closed, set: { gate: closed } }] }
properties:
  gate: { entity: cover, open: open, close: close }
`,
  )
  const part = (device: typeof told) => {
    const [message] = deviceMessages(context, device, 'device')
    return componentsOf(JSON.parse(message?.payload ?? '{}')).find(({ key }) => key === 'gate') ?? {}
  }
  const cover = part(told)
  expect(cover).toMatchObject({ platform: 'cover', payload_open: 'OPEN', payload_stop: null })
  const shown = (state: object) => {
    expect(wrongState(cover, JSON.stringify(state))).toBeNull()
    return render(cover.value_template, { value_json: state })
  }
  expect(shown({ gate: null, gate_target: null })).toBe('None')
  expect(shown({ gate: null, gate_target: 'OPEN' })).toBe('opening')
  expect(shown({ gate: 'open', gate_target: null })).toBe('open')
  expect(shown({ gate: 'open', gate_target: 'CLOSE' })).toBe('closing')
  const silent = deviceOf(
    'generic/text',
    'commands: { open: { text: OPEN, repeat: never } }\nproperties: { gate: { entity: cover, open: open } }',
  )
  expect(part(silent)).toMatchObject({ platform: 'cover', optimistic: true, payload_close: null })
  expect(part(silent).state_topic).toBeUndefined()
})
