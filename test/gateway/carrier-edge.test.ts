import { afterEach, expect, test } from '@jest/globals'
import { Carrier, CarrierGateway } from '../support/carrier.ts'
import { hubWith, stopAll } from '../support/carrier-hub.ts'
import { testClock as clock } from '../support/world.ts'

afterEach(stopAll)

/** A hub with a carrier, and a device that may be called. */
async function world() {
  const started = await hubWith(
    { home: new CarrierGateway('home', new Carrier(clock)) },
    {
      more: `devices:
  gate: { profile: king-pigeon/rtu5024, variant: classic, number: "+4915112345678" }`,
    },
  )
  await started.client.client.subscribeAsync(
    ['smshub/gateway/#', 'smshub/gate/result', 'smshub/bridge/response/#', 'homeassistant/#'],
    { qos: 1 },
  )
  return started
}

test('what is published of a carrier has the fields of its link, and none of a modem', async () => {
  const { client } = await world()
  const { text } = await client.wait(({ topic, json }) => topic === 'smshub/gateway/home' && json.status === 'ready')
  expect(text).toBe(
    '{"status":"ready","address":"smsc.example:2775","peer":"SMSC","connected_at":"2026-01-01T00:00:00.000Z",' +
      '"last_error":null,"recovering":null,"recoveries":{},"queue":0,"sent_today":0}',
  )
  const announced = ({ topic }: { topic: string }) => /^homeassistant\/device\/.*_gateway_home\/config$/.test(topic)
  const { json } = await client.wait(announced)
  expect(Object.keys(json.cmps)).toEqual([
    ...['status', 'queue', 'sent_today', 'address', 'peer', 'connected_at', 'last_error'],
  ])
})

test('what a carrier can’t do is refused, and named before anybody asks', async () => {
  const { client, hub } = await world()
  const ask = async (path: string, payload: object) => {
    const answer = client.wait(({ topic }) => topic === `smshub/bridge/response/${path}`)
    await client.publish(`smshub/bridge/request/${path}`, payload)
    return (await answer).json
  }
  const listed = await ask('gateway/list', {})
  expect(listed.data.gateways).toMatchObject([{ id: 'home', status: 'ready', can: [] }])
  for (const [path, payload, what] of [
    ['gateway/signal', {}, 'look at its modem'],
    ['gateway/restart', {}, 'be restarted'],
    ['gateway/ussd', { code: '*100#' }, 'send USSD codes'],
    ['gateway/accept', {}, 'accept another modem or SIM'],
  ] as const)
    expect(await ask(path, { gateway: 'home', ...payload })).toMatchObject({
      error: `gateway home can't ${what}`,
      error_code: 'not_supported',
    })
  for (const [path, payload] of [
    ['gateway/at', { gateway: 'home', text: 'AT' }],
    ['gateway/trace', { gateway: 'home' }],
  ] as const)
    await expect(hub.request(path, payload)).rejects.toMatchObject({ code: 'not_supported' })
})

test('a call that no gateway can make fails at once, and says why', async () => {
  const { client } = await world()
  const failed = client.wait(({ topic, json }) => topic === 'smshub/gate/result' && json.final === true)
  await client.publish('smshub/gate/command/ring', { confirm: 'gate' })
  expect((await failed).json).toMatchObject({
    status: 'failed',
    error: { code: 'not_supported', message: "gateway home can't make calls", retryable: false },
  })
})
