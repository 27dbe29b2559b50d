import { afterAll, beforeAll, expect, test } from '@jest/globals'
import Ajv2020 from 'ajv/dist/2020.js'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { until } from '../support/patience.ts'
import { Receiver } from '../support/receiver.ts'
import { gateNumber, hubNumber, vanNumber } from '../support/world.ts'

let hub: HttpHub
const receivers = { full: await Receiver.start(), thin: await Receiver.start() }

beforeAll(async () => {
  hub = await startHttpHub({
    yaml: 'webhooks: { allow_networks: 127.0.0.0/8 }\nsms: { destinations: any }\ncontacts: { owner: "+4915112345670" }',
  })
  for (const [payload, { url }] of Object.entries(receivers)) {
    const added = await hub.ask('POST', '/v1/webhooks', { body: { id: payload, url, payload } })
    expect(added.status).toBe(201)
  }
})
afterAll(async () => {
  await hub.close()
  for (const receiver of Object.values(receivers)) await receiver.stop()
})

const wanted = [
  'message.queued',
  'message.sent',
  'message.received',
  'conversation.read',
  'command.updated',
  'command.completed',
  'call.received',
  'device.state',
  'device.added',
  'device.removed',
  'queue.paused',
  'queue.resumed',
  'gateway.state',
  'hub.ping',
]

test('every body that is sent, whole or thin, is valid by the schema that the OpenAPI document has for its type', async () => {
  const { network } = hub.world.world
  const request = (path: string, data: object) => hub.hub.request(path, data)
  await request('sms/send', { to: 'owner', text: 'hello', id: 'of-a-shop' })
  await request('device/command', { device: 'gate', command: 'open' })
  network.text({ from: vanNumber, to: hubNumber, text: 'help me!', delayMs: 0 })
  network.text({ from: '+4915112345670', to: hubNumber, text: 'from a person', delayMs: 0 })
  // With its names only, as it would be too long.
  network.text({ from: '+4915112345670', to: hubNumber, text: 'x'.repeat(30_000), delayMs: 0 })
  network.call(gateNumber, hubNumber)
  await request('device/add', { id: 'shed', profile: 'generic/text', number: '+4915112345699' })
  await request('device/remove', { id: 'shed' })
  await request('queue/pause', { gateway: 'home' })
  await request('queue/resume', { gateway: 'home' })
  for (const id of Object.keys(receivers)) expect((await hub.ask('POST', `/v1/webhooks/${id}/test`)).status).toBe(200)

  await until(async () => {
    await request('conversation/read', { number: '+4915112345670' })
    return receivers.full.calls.some(({ json }) => json.type === 'conversation.read')
  })

  const { json: document } = await hub.ask('GET', '/openapi.json', { as: null })
  const ajv = new Ajv2020.default({ strict: false, validateFormats: false })
  for (const [payload, receiver] of Object.entries(receivers)) {
    const types = () => new Set(receiver.calls.map(({ json }) => json.type))
    await until(
      () => wanted.every((type) => types().has(type)),
      () => `${payload}: ${wanted.filter((type) => !types().has(type))} has not come`,
    )
    for (const { json } of receiver.calls) {
      const { schema } = document.webhooks[json.type].post.requestBody.content['application/json']
      const isValid = ajv.validate(schema, json)
      expect({ payload, json, errors: isValid ? null : ajv.errors }).toEqual({ payload, json, errors: null })
    }
  }
  const [received] = receivers.thin.calls.filter(({ json }) => json.type === 'message.received')
  expect(Object.keys(received?.json.data ?? {})).not.toContain('text')
  const [queued] = receivers.thin.calls.filter(({ json }) => json.type === 'message.queued')
  expect(queued?.json.data).toMatchObject({ client_id: 'of-a-shop', status: 'queued', seq: expect.any(Number) })
  // A schema that takes everything would prove nothing.
  const { schema } = document.webhooks['message.received'].post.requestBody.content['application/json']
  expect(ajv.validate(schema, { ...received?.json, data: { ...received?.json.data, text: 7 } })).toBe(false)
  expect(ajv.validate(schema, { ...received?.json, data: {} })).toBe(false)
})
