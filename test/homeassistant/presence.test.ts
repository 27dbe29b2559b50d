import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import type { DiscoveryContext } from '../../src/homeassistant/component.ts'
import { deviceMessages } from '../../src/homeassistant/documents.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { deviceOf } from '../device/library.ts'
import { temporaryFolder } from '../support/folder.ts'
import { componentsOf, wrongState } from './client.ts'
import { render } from './jinja.ts'

const stores: Store[] = []
afterAll(() => Promise.all(stores.map((store) => store.close())))

const hour = 3_600_000
const start = Date.parse('2026-11-22T12:00:00Z')

async function open(): Promise<{ store: Store; retained: (topic: string) => Promise<string | undefined> }> {
  const store = await SqliteStore.open({ path: join(temporaryFolder(), 'store.db'), durable: false })
  stores.push(store)
  const retained = async (topic: string) =>
    (await store.run('retainedTopics', { after: '', limit: 1000 })).find((row) => row.topic === topic)?.payload
  return { store, retained }
}

test('a device that owes texts is late, then offline, and there again at the first sign of life', async () => {
  const { store, retained } = await open()
  const devices = [{ id: 'tank', expectedMs: 12 * hour }]
  await store.run('announceDevices', { devices: [{ id: 'tank', fields: ['level', 'reporting'] }] })
  const review = (now: number) => store.run('reviewPresence', { now, devices })
  const state = async () => JSON.parse((await retained('tank')) ?? '{}')
  await review(start)
  expect(await retained('tank/availability')).toBe('online')
  expect(await state()).toEqual({ level: null, reporting: null, last_seen: null })
  const fields = ['level', 'reporting']
  await store.run('changeState', { device: 'tank', values: { level: 40 }, at: start, seenAt: start, fields })
  await review(start + hour)
  expect(await state()).toMatchObject({ level: 40, reporting: 'on_time' })
  await review(start + 13 * hour)
  expect(await state()).toMatchObject({ reporting: 'late' })
  expect(await retained('tank/availability')).toBe('online')
  await review(start + 37 * hour)
  expect(await retained('tank/availability')).toBe('offline')
  const late = start + 38 * hour
  await store.run('changeState', { device: 'tank', values: { level: 39 }, at: late, seenAt: late, fields })
  expect(await retained('tank/availability')).toBe('online')
  expect(await state()).toMatchObject({ level: 39, reporting: 'on_time' })
})

test('a device that owes nothing starts online and is never offline by silence', async () => {
  const { store, retained } = await open()
  await store.run('announceDevices', { devices: [{ id: 'gate', fields: [] }] })
  for (const now of [start, start + 10_000 * hour]) {
    await store.run('reviewPresence', { now, devices: [{ id: 'gate', expectedMs: null }] })
    expect(await retained('gate/availability')).toBe('online')
  }
})

test('a cover is opening until the device says so, and shows no state that nobody told', () => {
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
