import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Acknowledgement } from '../../src/message/acknowledgement.ts'
import type { HubEvent } from '../../src/message/hub-event.ts'
import type { Ingress, OutboundMessage } from '../../src/mqtt/ingress.ts'
import { Publisher } from '../../src/mqtt/outlet/publisher.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { FakeClock } from '../fake-clock.ts'
import { temporaryFolder } from '../support/folder.ts'

let clock: FakeClock
let store: SqliteStore
let publisher: Publisher
let sent: OutboundMessage[]
let seen: HubEvent[]
let logged: string[]
/** How the broker takes a message: with an acknowledgement, or not at all. */
let broker: (message: OutboundMessage) => Acknowledgement | Error

beforeEach(async () => {
  clock = new FakeClock()
  sent = []
  seen = []
  logged = []
  broker = () => ({ taken: true })
  store = await SqliteStore.open({ path: join(temporaryFolder(), 'hub.db'), durable: false, thread: false })
  const ingress: Ingress = {
    address: 'mqtt://broker',
    connected: true,
    trouble: null,
    start: async () => {},
    publish: async (message) => {
      sent.push(message)
      const answer = broker(message)
      if (answer instanceof Error) throw answer
      return answer
    },
    watch: () => () => {},
    stop: async () => {},
  }
  publisher = new Publisher({
    store,
    ingress,
    clock,
    baseTopic: 'hub',
    published: ({ event }) => seen.push(event),
    log: (_, message) => logged.push(message),
  })
  publisher.start()
})

afterEach(async () => {
  const stopped = publisher.stop()
  await clock.advance(5_000)
  await stopped
  await store.close()
})

const emit = async (...events: HubEvent[]) => {
  await store.run('emit', events)
  await clock.advance(100)
}

const answered: HubEvent<'answer'> = {
  kind: 'answer',
  subject: 'queue/pause',
  data: { status: 'ok' },
  replyTo: { kind: 'mqtt', topic: 'mine', correlation: null },
}
const topics = () => sent.map(({ topic }) => topic)
const counts = () => store.run('counts', undefined)

test('who watches is given the event as it was emitted, once the broker has it', async () => {
  const location: HubEvent = { kind: 'location', subject: 'van', data: { latitude: 1.5, fix: true } }
  const gone: HubEvent = { kind: 'location', subject: 'van', data: null }
  const dialect: HubEvent = { kind: 'dialect_state', subject: 'sms2mqtt/connected', data: '1' }
  await emit(location, gone, dialect, answered)
  expect(seen).toEqual([location, gone, dialect, answered].map((event) => ({ replyTo: null, ...event })))
  expect(sent.map(({ payload }) => payload)).toEqual([
    '{"latitude":1.5,"fix":true}',
    '',
    '1',
    '{"status":"ok"}',
    '{"status":"ok"}',
  ])
  expect(await counts()).toMatchObject({ publications: 0, parked: 0 })
})

test('an event with two messages stays until the broker has both of them', async () => {
  broker = ({ topic }) => (topic === 'mine' ? new Error('the connection is lost') : { taken: true })
  await emit(answered)
  expect(topics()).toEqual(['hub/bridge/response/queue/pause', 'mine'])
  expect(seen).toEqual([])
  expect(await counts()).toMatchObject({ publications: 1 })
  broker = () => ({ taken: true })
  await clock.advance(2_000)
  expect(topics().slice(2)).toEqual(['hub/bridge/response/queue/pause', 'mine'])
  expect(seen).toHaveLength(1)
  expect(await counts()).toMatchObject({ publications: 0 })
})

test('an event of which the broker refuses one message for good is parked, and holds up nothing behind it', async () => {
  broker = ({ topic }) => (topic === 'mine' ? { taken: false, reason: 'not authorized' } : { taken: true })
  await emit(answered, { kind: 'state', subject: 'gate', data: { gate: 'open' } })
  expect(topics()).toEqual(['hub/bridge/response/queue/pause', 'mine', 'hub/gate'])
  expect(await counts()).toMatchObject({ publications: 0, parked: 1 })
  expect(logged).toEqual(['the broker refused answer queue/pause: not authorized'])
})

test('an event that has no topic is parked, and holds up nothing behind it', async () => {
  await emit(
    { kind: 'state', subject: 'a/b', data: {} },
    { kind: 'devices', subject: '+', data: {} },
    { kind: 'state', subject: 'gate', data: { gate: 'open' } },
  )
  expect(topics()).toEqual(['hub/gate'])
  expect(await counts()).toMatchObject({ publications: 0, parked: 2 })
})

test('a broker that has lost its messages gets all states again: announcements first, withdrawn states never', async () => {
  await emit(
    { kind: 'state', subject: 'gate', data: { gate: 'open' } },
    { kind: 'availability', subject: 'gate', data: true },
    { kind: 'announcement', subject: 'homeassistant/device/gate/config', data: '{}' },
    { kind: 'state', subject: 'van', data: {} },
    { kind: 'state', subject: 'van', data: null },
    { kind: 'device_event', subject: 'gate', data: { event_type: 'rang' } },
  )
  sent = []
  publisher.connected(false)
  await clock.advance(100)
  expect(topics()).toEqual(['homeassistant/device/gate/config', 'hub/gate/availability', 'hub/gate'])
  expect(sent.map(({ payload }) => payload)).toEqual(['{}', 'online', '{"gate":"open"}'])
})

test('a state that was not taken is left out where a newer one of the same subject was', async () => {
  let tries = 0
  broker = ({ payload }) => (payload.includes('old') && tries++ === 0 ? new Error('lost') : { taken: true })
  await emit(
    { kind: 'state', subject: 'gate', data: { gate: 'old' } },
    { kind: 'state', subject: 'gate', data: { gate: 'new' } },
  )
  await clock.advance(2_000)
  expect(sent.map(({ payload }) => payload)).toEqual(['{"gate":"old"}', '{"gate":"new"}'])
  expect(await counts()).toMatchObject({ publications: 0 })
})
