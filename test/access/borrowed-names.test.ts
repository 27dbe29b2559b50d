import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Publish } from '../../src/message/publish.ts'
import { askerOf } from '../../src/mqtt/accept-publish.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { TestClient } from '../support/mqtt-client.ts'

const to = '+4915112345670'
const perHour = 5

let hub: HttpHub
beforeAll(async () => {
  hub = await startHttpHub({ limits: `client_per_hour: ${perHour}` })
})
afterAll(() => hub.close())

const idOf = (key: string) => `key:${key.split('_')[1]}`
const send = (body: object, as: 'few' | 'other' = 'few') => hub.ask('POST', '/v1/messages', { as, body })

/** A client of the broker, which lets anybody choose a name. */
async function named(clientId: string): Promise<TestClient> {
  return TestClient.connect(hub.mqttUrl, { clientId, reconnectPeriod: 0 }, 'smshub/sms/status')
}

const publish: Publish = {
  client: 'shop',
  topic: 'sms/send',
  payload: Buffer.from('{}'),
  messageId: null,
  connection: '1',
  duplicate: false,
  response: null,
  expirySeconds: null,
  waited: false,
  retained: false,
  clearing: 'no',
}

/** Publishes a text, and resolves with the first status of it. */
async function publishText(client: TestClient, id: string): Promise<Record<string, any>> {
  const first = client.next(({ json }) => json.client_id === id)
  await client.publish('smshub/sms/send', { to, text: 'hello', id })
  return (await first).json
}

describe('a client of MQTT that calls itself as somebody else of another interface', () => {
  test('uses up no quota of theirs', async () => {
    const thief = await named(idOf(hub.keys.few))
    for (let i = 0; i < perHour; i++) await publishText(thief, `spent-${i}`)
    const left = await hub.ask('GET', '/v1/quotas', { as: 'few' })
    expect(left.json.data[0]).toMatchObject({ name: 'client-hour', limit: perHour, left: 4 })
    expect((await send({ to, text: 'mine' })).status).toBe(202)
    await thief.close()
  })

  test('neither answers with their messages nor takes their ids away', async () => {
    const thief = await named(idOf(hub.keys.other))
    const stolen = await publishText(thief, 'order-7')
    const mine = await send({ to, text: 'hello', id: 'order-7' }, 'other')
    expect(mine).toMatchObject({ status: 202, json: { status: 'queued' } })
    expect(mine.headers.get('idempotency-replayed')).toBeNull()
    expect(mine.json.id).not.toBe(stolen.message_id)
    await thief.close()
  })

  test.each(['key:abcdefgh', 'user:ann', 'loopback', 'command line', 'hub', 'hub to gate', 'mqtt:shop'])(
    'has a name of its own: %s',
    (client) => {
      expect(askerOf({ ...publish, client }).name).toBe(`mqtt:${client}`)
      expect(askerOf({ ...publish, user: client }).name).toBe(`mqtt:${client}`)
    },
  )
})

test.each(['shop', 'keys', 'hubble', 'user', 'a hub'])('any other name stays as it is: %s', (client) => {
  expect(askerOf({ ...publish, client }).name).toBe(client)
})
