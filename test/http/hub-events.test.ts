import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { eventSchemas } from '../../src/api/public-events.ts'
import type { PublicEventType } from '../../src/message/public-event-types.ts'
import { EventClient } from '../support/event-client.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { gateNumber, hubNumber, vanNumber } from '../support/world.ts'

let started: HttpHub

beforeAll(async () => {
  started = await startHttpHub()
})
afterAll(() => started.close())

const request = (path: string, data: object) => started.hub.request(path, data) as Promise<Record<string, any>>

async function opened(headers: Readonly<Record<string, string>>, query = '?types=queue.*'): Promise<EventClient> {
  const client = new EventClient(`${started.url}/v1/events${query}`, headers)
  expect(await client.open()).toBe(200)
  await until(() => client.lastEventId !== '')
  return client
}

/** Something that everybody here sees. */
async function happens(): Promise<void> {
  await request('queue/pause', { device: 'boiler' })
  await request('queue/resume', { device: 'boiler' })
}

test('a stream ends with its key, and others go on', async () => {
  const { key, id } = await request('key/add', { label: 'tail', role: 'admin' })
  const [own, other] = await Promise.all([
    opened({ authorization: `Bearer ${key}` }),
    opened({ authorization: `Bearer ${started.keys.owner}` }),
  ])
  await happens()
  await Promise.all([own.has(2), other.has(2)])
  await request('key/remove', { id, confirm: id })
  await happens()
  await own.closed()
  await other.has(4)
  expect(own.events.map(({ event }) => event)).toEqual(['queue.paused', 'queue.resumed'])
  expect(await own.open()).toBe(401)
  own.close()
  other.close()
})

test('a stream shows what its key may see after a change, and ends with the scope', async () => {
  const { key, id } = await request('key/add', { label: 'seen', role: 'admin' })
  const own = await opened({ authorization: `Bearer ${key}` }, '?types=device.added,message.received')
  const change = (body: object) => started.ask('PATCH', `/v1/keys/${id}`, { body, headers: { 'if-match': '*' } })
  const { status, json: less } = await change({ role: 'reader', devices: ['gate'], scopes: ['events:read'] })
  expect({ status, less }).toMatchObject({ status: 200, less: { id, role: 'reader', devices: ['gate'] } })
  expect((await started.ask('GET', `/v1/keys/${id}`)).json).toEqual(less)
  await request('device/add', { id: 'unseen', profile: 'generic/text', number: '+4915112345698' })
  await request('device/remove', { id: 'unseen' })
  started.world.world.network.text({ from: gateNumber, to: hubNumber, text: 'hello', delayMs: 0 })
  await own.has(1)
  expect(own.events.map(({ event }) => event)).toEqual(['message.received'])
  expect((await change({ scopes: ['gateways:read'] })).json.scopes).toEqual(['gateways:read'])
  await happens()
  await own.closed()
  expect(await own.open()).toBe(403)
  await request('key/remove', { id })
  own.close()
})

test('a stream ends with its session', async () => {
  await request('user/add', { name: 'bob', password: 'correct horse battery', role: 'admin' })
  const answer = await fetch(`${started.url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bob', password: 'correct horse battery' }),
  })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  const client = await opened({ cookie })
  await happens()
  await client.has(2)
  await request('user/remove', { name: 'bob', confirm: 'bob' })
  await happens()
  await client.closed()
  expect(client.events).toHaveLength(2)
  client.close()
})

test('what a hub does are events, each in the form of its type, and the same as a page', async () => {
  const { network } = started.world.world
  const authorization = `Bearer ${started.keys.owner}`
  const client = await opened({ authorization }, '')
  const begin = client.lastEventId
  const has = (type: PublicEventType) =>
    until(
      () => client.events.some(({ event }) => event === type),
      () => type,
    )
  await request('sms/send', { to: 'owner', text: 'hello' })
  await request('device/command', { device: 'gate', command: 'open' })
  network.text({ from: vanNumber, to: hubNumber, text: 'help me!', delayMs: 0 })
  network.text({ from: '+4915112345670', to: hubNumber, text: 'from a person', delayMs: 0 })
  network.call(gateNumber, hubNumber)
  await request('device/add', { id: 'shed', profile: 'generic/text', number: '+4915112345699' })
  await request('device/remove', { id: 'shed' })
  await happens()
  for (const type of ['message.queued', 'message.sending', 'message.sent', 'message.received'] as const) await has(type)
  for (const type of ['command.updated', 'command.completed', 'call.received', 'device.state'] as const) await has(type)
  for (const type of ['device.added', 'device.removed', 'queue.paused', 'queue.resumed'] as const) await has(type)
  for (const { event, data } of client.events) {
    const { success, error } = eventSchemas[event as PublicEventType].schema.safeParse(data)
    expect({ event, success, error: error?.message }).toEqual({ event, success: true, error: undefined })
  }
  const { json } = await started.ask('GET', `/v1/events?after=${begin}&limit=500`)
  const page = json.data.slice(0, client.events.length)
  expect(page).toEqual(client.events.slice(0, page.length).map(({ id, data }) => ({ id, ...data })))
  client.close()
})

test('a repeated request is no second event, and MQTT clients have its state again', async () => {
  const client = await opened({ authorization: `Bearer ${started.keys.owner}` }, '?types=message.*,command.*,queue.*')
  const mqtt = await TestClient.connect(started.mqttUrl)
  const has = (type: PublicEventType) => until(() => client.events.some(({ event }) => event === type))
  const send = () => {
    const headers = { 'idempotency-key': 'repeated' }
    return Promise.all([
      started.ask('POST', '/v1/messages', { body: { to: 'owner', text: 'once' }, headers }),
      started.ask('POST', '/v1/devices/gate/commands/open', { body: { force: true }, headers }),
    ])
  }
  const [text, command] = await send()
  expect([text.status, command.status]).toEqual([202, 202])
  await Promise.all([has('message.delivered'), has('command.completed')])
  const published = () => [
    mqtt.received.filter(({ topic, json }) => topic === 'smshub/sms/status' && json.id === text.json.id).length,
    mqtt.results('gate').filter(({ final }) => final).length,
  ]
  await until(() => published().every((count) => count > 0))
  const [statuses = 0, results = 0] = published()
  const answers = await send()
  expect(answers.map(({ headers }) => headers.get('idempotency-replayed'))).toEqual(['true', 'true'])
  await until(() => published().join() === [statuses + 1, results + 1].join())
  await happens()
  await has('queue.resumed')
  const changes = client.events.map(
    ({ event, data: { data } }) => `${event} ${data.id ?? data.command_id} ${data.status}`,
  )
  expect(changes).toEqual([...new Set(changes)])
  client.close()
  await mqtt.close()
})

test('a reader who is restricted to a device sees its command, and nothing of anybody else', async () => {
  const client = await opened({ authorization: `Bearer ${started.keys.gatekeeper}` }, '')
  await request('sms/send', { to: 'owner', text: 'hello' })
  await request('device/command', { device: 'boiler', command: 'status' }).catch(() => null)
  await request('device/command', { device: 'gate', command: 'open', force: true })
  await until(() => client.events.some(({ event }) => event === 'command.completed'))
  const devices = client.events.map(({ data }) => data.data.device ?? data.data.gateway)
  expect(devices.filter((one) => one !== 'gate' && one !== 'home')).toEqual([])
  client.close()
})
