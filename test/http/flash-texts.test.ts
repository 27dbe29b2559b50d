import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { accepted } from '../support/world.ts'

let hub: HttpHub
beforeAll(async () => {
  hub = await startHttpHub({ dialects: ['gammu_gateway', 'smseagle'] })
})
afterAll(() => hub.close())

let last = 0
const someone = () => `+49151500${String(++last).padStart(5, '0')}`

/** TP-DCS of what the network has accepted for a number, part by part. */
async function codings(to: string, parts = 1): Promise<number[]> {
  await until(() => accepted(hub.world.world, to).length >= parts)
  return accepted(hub.world.world, to).map(({ pdu }) => {
    const tpdu = decodePdu(pdu)
    return tpdu.type === 'submit' ? tpdu.dcs : -1
  })
}

const post = (path: string, body: object) => hub.ask('POST', path, { body })

// TS 23.038 clause 4: bit 4 says that bits 1 and 0 are the class, which is 0; bit 3 is UCS-2.
test.each([
  ['that is flash', { text: 'hello', flash: true }, [0x10]],
  ['that is flash, in UCS-2', { text: 'Привет', flash: true }, [0x18]],
  ['that is flash, of several parts', { text: 'x'.repeat(200), flash: true }, [0x10, 0x10]],
  ['that is not', { text: 'hello', flash: false }, [0x00]],
  ['without the key', { text: 'hello' }, [0x00]],
])('a text %s has its class', async (_, body, dcs) => {
  const to = someone()
  expect((await post('/v1/messages', { to, ...body })).status).toBe(202)
  expect(await codings(to, dcs.length)).toEqual(dcs)
})

test('every member of a group, and every text of several, is flash', async () => {
  const [one, other] = [someone(), someone()]
  const messages = [one, other].map((to) => ({ to, text: `for ${to}` }))
  expect((await post('/v1/messages', { messages, flash: true })).status).toBe(202)
  expect([await codings(one), await codings(other)]).toEqual([[0x10], [0x10]])
})

test('an id that was used without it is another text', async () => {
  const to = someone()
  expect((await post('/v1/messages', { to, text: 'x', id: 'flash-or-not' })).status).toBe(202)
  const other = await post('/v1/messages', { to, text: 'x', id: 'flash-or-not', flash: true })
  expect(other).toMatchObject({ status: 422, json: { code: 'duplicate' } })
})

test('over MQTT it is the same key', async () => {
  const to = someone()
  const client = await TestClient.connect(hub.mqttUrl, {}, 'smshub/sms/status')
  await client.publish('smshub/sms/send', { to, text: 'hello', flash: true })
  expect(await codings(to)).toEqual([0x10])
  await client.publish('smshub/sms/send', { to, text: 'hello', flash: 'maybe', id: 'wrong' })
  const refused = await client.wait(({ json }) => json.client_id === 'wrong' || json.status === 'rejected')
  expect(refused.json).toMatchObject({ status: 'rejected', error: { message: '"flash" must be true or false' } })
  await client.close()
})

test('other programs ask for it in their own way', async () => {
  const [one, other, plain] = [someone(), someone(), someone()]
  const key = hub.keys.owner
  const authorization = `Basic ${Buffer.from(`admin:${key}`).toString('base64')}`
  const sent = await hub.ask('POST', '/sms', {
    as: null,
    headers: { authorization },
    body: { text: 'x', number: one, flash: true },
  })
  expect(sent.status).toBe(200)
  const eagle = (to: string, flash: string) =>
    hub.ask('GET', `/http_api/send_sms?${new URLSearchParams({ access_token: key, to, message: 'x', flash })}`)
  expect([(await eagle(other, '1')).status, (await eagle(plain, '0')).status]).toEqual([200, 200])
  expect([await codings(one), await codings(other), await codings(plain)]).toEqual([[0x10], [0x10], [0x00]])
})
