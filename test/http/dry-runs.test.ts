import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { until } from '../support/patience.ts'
import { accepted } from '../support/world.ts'

let hub: HttpHub
beforeAll(async () => {
  hub = await startHttpHub({ limits: 'client_per_hour: 50, device_per_day: none, gateway_per_day: none' })
})
afterAll(() => hub.close())

const number = '+4915112345600'
const send = (body: object, headers: Readonly<Record<string, string>> = {}) =>
  hub.ask('POST', '/v1/messages', { body, headers })
const left = async () => (await hub.ask('GET', '/v1/quotas')).json.data[0].left

test('a dry run shows what would be sent, and neither stores nor sends anything', async () => {
  const before = await left()
  const headers = { 'idempotency-key': 'tried-first' }
  const { status, json, headers: answered } = await send({ to: number, text: 'código', dry_run: true }, headers)
  expect({ status, json }).toEqual({
    status: 200,
    json: {
      planned: [
        {
          index: 0,
          status: 'planned',
          to: number,
          alphabet: 'ucs2',
          parts: 1,
          segments: ['código'],
          gateways: ['home'],
        },
      ],
    },
  })
  expect(answered.get('location')).toBeNull()
  expect(await left()).toBe(before)
  expect((await hub.ask('GET', `/v1/messages?to=${encodeURIComponent(number)}`)).json.data).toEqual([])
  // The key is free for the text itself, which is sent as it was shown.
  const sent = await send({ to: number, text: 'código' }, headers)
  expect(sent).toMatchObject({ status: 202, json: { parts: 1 } })
  expect(sent.headers.get('idempotency-replayed')).toBeNull()
  await until(() => accepted(hub.world.world, number).length > 0)
  expect(accepted(hub.world.world, number).map(({ text }) => text)).toEqual(['código'])
})

test('of several, each is shown: members of a group, doubles, and what would be refused', async () => {
  const text = 'x'.repeat(200)
  const { status, json } = await send({ to: ['pair', '+4915112345671', 'nobody', number], text, dry_run: true })
  expect(status).toBe(200)
  const planned = { status: 'planned', alphabet: 'gsm7', parts: 2, gateways: ['home'] }
  expect(json.planned).toEqual([
    { index: 0, to: '+4915112345671', segments: [text.slice(0, 153), text.slice(153)], ...planned },
    { index: 0, to: '+4915112345672', segments: expect.any(Array), ...planned },
    { index: 1, status: 'duplicate', to: '+4915112345671', duplicate_of: 0 },
    { index: 2, status: 'rejected', to: 'nobody', error: expect.objectContaining({ code: 'invalid_payload' }) },
    { index: 3, to: number, segments: expect.any(Array), ...planned },
  ])
})

test.each([
  ['nobody at all', { to: 'nobody', text: 'x' }],
  ['a gateway that there is not', { to: number, text: 'x', gateway: 'hme' }],
  ['nobody of several', { to: ['nobody', 'none'], text: 'x' }],
])('to %s is refused as the text itself would be', async (_, body) => {
  const [dry, real] = [await send({ ...body, dry_run: true }), await send(body)]
  expect(dry.status).toBeGreaterThanOrEqual(400)
  const { request_id: _dry, ...expected } = real.json
  expect(dry).toMatchObject({ status: real.status, json: expected })
})

test('who may not send a text may not try it either', async () => {
  for (const [as, to] of [
    ['reader', 'owner'],
    ['family', number],
  ] as const) {
    const answer = await hub.ask('POST', '/v1/messages', { as, body: { to, text: 'x', dry_run: true } })
    expect(answer).toMatchObject({ status: 403, json: { code: 'not_allowed' } })
  }
})
