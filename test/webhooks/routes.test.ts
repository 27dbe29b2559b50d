import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { webhookRoutes } from '../../src/http/routes/webhook-routes.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { hangs, isSigned, Receiver } from '../support/receiver.ts'
import { accepted } from '../support/world.ts'

let hub: HttpHub
let panel: Receiver

beforeAll(async () => {
  panel = await Receiver.start()
  hub = await startHttpHub({
    yaml: 'webhooks: { allow_networks: 127.0.0.0/8 }\nsms: { destinations: any }',
  })
})

afterAll(async () => {
  await hub.close()
  await panel.stop()
})

const tried = new Set<string>()

async function ask(method: string, path: string, body?: unknown, sent: Readonly<Record<string, string>> = {}) {
  const { status, headers, json } = await hub.ask(method, `/v1${path}`, { body, headers: sent })
  const route = webhookRoutes.find((one) => {
    return one.method === method && new RegExp(`^${one.path.replace(/:\w+/g, '[^/]+')}$`).test(path.split('?')[0] ?? '')
  })
  if (route !== undefined && status < 300) {
    tried.add(route.name)
    if (status !== 204) expect(route.answer.safeParse(json)).toMatchObject({ success: true })
  }
  return { status, location: headers.get('location'), etag: headers.get('etag') ?? '', data: json }
}

test('webhooks are managed over HTTP: every route answers what it promises', async () => {
  const added = await ask('POST', '/webhooks', { id: 'panel', url: panel.url, types: ['device.*'] })
  expect(added).toMatchObject({ status: 201, location: '/v1/webhooks/panel', data: { id: 'panel', enabled: true } })
  expect(await ask('GET', '/webhooks')).toMatchObject({
    status: 200,
    data: { data: [{ id: 'panel' }], next_cursor: null },
  })
  const shown = await ask('GET', '/webhooks/panel')
  expect(shown).toMatchObject({ status: 200, data: { url: panel.url, payload: 'full' } })
  expect(shown.data).not.toHaveProperty('secret')
  expect(await ask('POST', '/webhooks/panel/test')).toMatchObject({ status: 200, data: { ok: true, status: 204 } })
  expect(panel.calls.map((call) => isSigned(call, added.data.secret))).toEqual([true])
  const rotated = await ask('POST', '/webhooks/panel/rotate', {})
  expect(rotated).toMatchObject({ status: 200, data: { secret: expect.stringMatching(/^whsec_/) } })
  expect(rotated.data.secret).not.toBe(added.data.secret)
  const change = { description: 'x', enabled: false }
  expect(await ask('PATCH', '/webhooks/panel', change, { 'if-match': shown.etag })).toMatchObject({
    status: 200,
    data: { description: 'x', enabled: false, reason: 'by request' },
  })
  expect((await ask('POST', '/webhooks/panel/replay', {})).status).toBe(409)
  expect(await ask('POST', '/webhooks/panel/enable')).toMatchObject({ status: 200, data: { enabled: true } })
  expect(await ask('POST', '/webhooks/panel/replay', { since: '1d' })).toMatchObject({
    status: 200,
    data: { replayed: 0 },
  })

  await hub.hub.request('device/add', { id: 'shed', profile: 'generic/text', number: '+4915112345671' })
  await hub.hub.request('device/remove', { ids: ['shed'] })
  const list = '/webhooks/panel/deliveries?limit=1&status=delivered'
  let page = await ask('GET', list)
  await until(async () => {
    page = await ask('GET', list)
    return page.data.next_cursor !== null
  })
  const [newest] = page.data.data
  const next = await ask('GET', `${list}&cursor=${page.data.next_cursor}`)
  expect(next.data.data[0].id).not.toBe(newest.id)
  expect(await ask('POST', `/deliveries/${newest.id}/replay`)).toMatchObject({ status: 200, data: { replayed: 1 } })
  expect((await ask('DELETE', '/webhooks/panel')).status).toBe(204)
  expect([...tried].sort()).toEqual(webhookRoutes.map(({ name }) => name).sort())
})

test.each([
  ['GET', '/webhooks/none', undefined, 404, 'not_found'],
  ['DELETE', '/webhooks/none', undefined, 404, 'not_found'],
  ['POST', '/deliveries/dlv_999/replay', undefined, 404, 'not_found'],
  ['POST', '/deliveries/999/replay', undefined, 422, 'invalid_payload'],
  ['POST', '/webhooks', { url: 'https://10.0.0.1/' }, 422, 'invalid_payload'],
  ['POST', '/webhooks', { url: 'https://user:pw@example.org/' }, 422, 'invalid_payload'],
  ['POST', '/webhooks', { url: 'https://example.org/', types: ['message.recieved'] }, 422, 'invalid_payload'],
  ['POST', '/webhooks', { url: 'https://example.org/', secret: 'whsec_c2hvcnQ=' }, 422, 'invalid_payload'],
  ['POST', '/webhooks', { url: 'https://example.org/', colour: 'red' }, 422, 'invalid_payload'],
  ['GET', '/webhooks/panel/deliveries?cursor=x', undefined, 422, 'invalid_payload'],
] as const)('%s %s with %j is %s', async (method, path, body, status, code) => {
  expect(await ask(method, path, body)).toMatchObject({ status, data: { code } })
})

test('who has a key for something else, or no right to it, manages none', async () => {
  const as = async (who: 'sender' | 'reader' | 'gatekeeper' | null) => {
    const { status, json } = await hub.ask('GET', '/v1/webhooks', { as: who })
    return [status, json.code]
  }
  expect([await as('sender'), await as('reader'), await as('gatekeeper'), await as(null)]).toEqual([
    [403, 'insufficient_scope'],
    [403, 'not_allowed'],
    [403, 'not_allowed'],
    [401, 'unauthenticated'],
  ])
})

test('while four receivers hang, texts leave, MQTT is answered, and so is HTTP', async () => {
  const receivers = await Promise.all(Array.from({ length: 4 }, () => Receiver.start(hangs)))
  const hooks = receivers.map(({ url }, i) => ({ id: `deaf${i}`, url, types: ['message.*'] }))
  for (const hook of hooks) expect((await ask('POST', '/webhooks', hook)).status).toBe(201)
  const client = await TestClient.connect(hub.mqttUrl)
  const people = Array.from({ length: 13 }, (_, i) => `+49151400${String(i).padStart(5, '0')}`)
  const send = (to: string) => client.publish('smshub/sms/send', { to, text: 'on the way', id: to })
  // More than are called at once: every call that there can be hangs.
  for (const to of people.slice(1)) await send(to)
  await until(() => receivers.every(({ calls }) => calls.length >= 4))
  const [last = ''] = people
  await send(last)
  await client.wait(({ topic, json }) => topic === 'smshub/sms/status' && json.to === last && json.status === 'sent')
  await until(() => people.every((to) => accepted(hub.world.world, to).length === 1))
  await client.publish('smshub/bridge/request/health_check', { transaction: 'meanwhile' })
  await client.wait(({ topic, json }) => topic.endsWith('/response/health_check') && json.transaction === 'meanwhile')
  expect((await ask('GET', '/webhooks/deaf0')).status).toBe(200)
  await client.close()
  for (const { id } of hooks) expect((await ask('DELETE', `/webhooks/${id}`)).status).toBe(204)
  await Promise.all(receivers.map((receiver) => receiver.stop()))
})
