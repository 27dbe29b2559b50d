import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Acknowledgement } from '../../src/message/acknowledgement.ts'
import type { HubEvent } from '../../src/message/hub-event.ts'
import type { Ingress } from '../../src/mqtt/ingress.ts'
import { mqttOutlet, Publisher } from '../../src/mqtt/outlet/publisher.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { FakeClock } from '../fake-clock.ts'
import { temporaryFolder } from '../support/folder.ts'
import { MemoryOutlet } from '../support/memory-outlet.ts'

let clock: FakeClock
let store: SqliteStore
let broker: { connected: boolean; answer: () => Acknowledgement; payloads: string[] }
let publisher: Publisher
let second: MemoryOutlet

beforeEach(async () => {
  clock = new FakeClock()
  store = await SqliteStore.open({ path: join(temporaryFolder(), 'hub.db'), durable: false, thread: false })
  await store.run('openOutlets', { names: [mqttOutlet, 'second'] })
  broker = { connected: true, answer: () => ({ taken: true }), payloads: [] }
  const ingress: Ingress = {
    address: 'mqtt://broker',
    get connected() {
      return broker.connected
    },
    trouble: null,
    start: async () => {},
    publish: async ({ payload }) => {
      if (!broker.connected) throw new Error('the connection is closed')
      broker.payloads.push(payload)
      return broker.answer()
    },
    watch: () => () => {},
    stop: async () => {},
  }
  publisher = new Publisher({ store, ingress, clock, baseTopic: 'hub', published: () => {}, log: () => {} })
  second = new MemoryOutlet('second', { store, clock })
  publisher.start()
  second.feed.start()
  await clock.advance(100)
})

afterEach(async () => {
  const stopped = Promise.all([publisher.stop(), second.feed.stop()])
  await clock.advance(5_000)
  await stopped
  await store.close()
})

const state = (value: string): HubEvent => ({ kind: 'state', subject: 'gate', data: { value } })
const textOf = (value: string) => JSON.stringify({ value })
const emit = async (...events: HubEvent[]) => {
  await store.run('emit', events)
  await clock.advance(100)
}
const values = Array.from({ length: 600 }, (_, i) => `value ${i}`)
const counts = () => store.run('counts', undefined)

test('the broker is away for an hour, and the other outlet goes on', async () => {
  broker.connected = false
  for (const value of values) {
    await emit(state(value))
    await clock.advance(6_000)
  }
  expect([second.texts(), broker.payloads]).toEqual([values.map(textOf), []])
  broker.connected = true
  publisher.connected(true)
  await clock.advance(1_000)
  expect(broker.payloads).toEqual(values.map(textOf))
  expect(await counts()).toMatchObject({ publications: 0, parked: 0 })
})

test('the other outlet fails for an hour, and the broker goes on', async () => {
  second.answer = () => new Error('503')
  for (const value of values) {
    await emit(state(value))
    await clock.advance(6_000)
  }
  expect([second.texts(), broker.payloads]).toEqual([[], values.map(textOf)])
  // Retried once a minute by now.
  expect(second.asked.length).toBeLessThan(100)
  second.answer = () => ({ taken: true })
  await clock.advance(61_000)
  expect(second.texts()).toEqual(values.map(textOf))
  expect(await counts()).toMatchObject({ publications: 0, parked: 0 })
})

test('each parks what it refuses, and passes on what the other one does', async () => {
  broker.answer = () => ({ taken: false, reason: 'not authorized' })
  await emit(state('a'))
  broker.answer = () => ({ taken: true })
  second.answer = () => ({ taken: false, reason: '400' })
  await emit(state('b'))
  second.answer = () => ({ taken: true })
  await emit(state('c'))
  expect(broker.payloads).toEqual(['a', 'b', 'c'].map(textOf))
  expect(second.texts()).toEqual(['a', 'c'].map(textOf))
  expect(await counts()).toMatchObject({ publications: 0, parked: 2 })
})

test('what is republished to a broker that has lost it concerns no other outlet', async () => {
  await emit(state('a'), state('b'))
  publisher.connected(false)
  await clock.advance(100)
  expect(broker.payloads).toEqual(['a', 'b', 'b'].map(textOf))
  expect(second.texts()).toEqual(['a', 'b'].map(textOf))
})
