import { afterEach, expect, test } from '@jest/globals'
import { carrierOf } from '../../src/config/carriers.ts'
import { SimulatedCarrier } from '../../src/simulator/carrier/simulated-carrier.ts'
import { freePort } from '../support/folder.ts'
import { startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { testClock as clock } from '../support/world.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

const account = { user: 'AC1', secret: 'secret', signingSecret: 'secret' }

async function play(): Promise<SimulatedCarrier> {
  const carrier = new SimulatedCarrier({ clock, api: carrierOf('twilio'), account })
  cleanUp.push(() => carrier.close())
  return carrier.listen()
}

/** A hub with these accounts, by their keys, and one client. */
async function hubWith(carriers: Readonly<Record<string, readonly [SimulatedCarrier, string]>>, routes: string) {
  const port = await freePort()
  const common =
    'type: http, carrier: twilio, user: AC1, secret: secret, sender: "+4915112345600", limits: { day: none }'
  const rows = Object.entries(carriers).map(
    ([id, [{ base }, keys]]) => `  ${id}: { ${common}, base: "${base}", ${keys} }`,
  )
  const { hub } = await startHub(
    `mqtt: { broker: { listen: 127.0.0.1:${port} } }
gateways:
${rows.join('\n')}
routes: ${routes}
limits: { client_per_hour: none }
sms: { destinations: any }
http: { enabled: false }
`,
    { clock },
  )
  cleanUp.push(() => hub.stop())
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, { clientId: 'watcher' }, 'smshub/#')
  cleanUp.push(() => client.close())
  const send = async (id: string, to: string, text = `text ${id}`) => {
    await client.publish('smshub/sms/send', { id, to, text })
    await client.until(() => client.received.some(({ json }) => json?.client_id === id && json.status === 'sent'))
  }
  return { hub, send }
}

test('a text goes through the cheapest gateway for its number, and what it costs is counted', async () => {
  const [dear, cheap] = [await play(), await play()]
  const { hub, send } = await hubWith(
    {
      dear: [dear, 'cost: { segment: 0.07, prefixes: { "+1": 0.01 } }'],
      cheap: [cheap, 'cost: { segment: 0.05 }'],
    },
    '[{ gateways: [dear, cheap], choose: cost }, { prefix: "+1", gateways: [dear, cheap], choose: cost }]',
  )
  for (let i = 0; i < 5; i++) await send(`a${i}`, `+49151550000${i}0`)
  await send('long', '+4915155000099', 'x'.repeat(200))
  for (let i = 0; i < 3; i++) await send(`b${i}`, `+120255501${i}0`)
  expect([cheap.accepted.length, dear.accepted.length]).toEqual([6, 3])
  const { data } = (await hub.request('spending/list', {})) as { data: unknown }
  expect(data).toEqual([
    { kind: 'client', name: 'watcher', spent: 0.38 },
    { kind: 'gateway', name: 'cheap', spent: 0.35 },
    { kind: 'gateway', name: 'dear', spent: 0.03 },
  ])
})

test('a text that a gateway does not take goes through another one of its route', async () => {
  const [plain, any] = [await play(), await play()]
  const { send } = await hubWith(
    { plain: [plain, 'texts: { segments: 1, unicode: false }'], any: [any, 'weight: 1'] },
    '[{ gateways: [plain, any], choose: order }]',
  )
  await send('short', '+4915155000010')
  await send('long', '+4915155000011', 'x'.repeat(200))
  await send('greek', '+4915155000012', 'αβγδ')
  // The same number: each text has its own route.
  await send('again', '+4915155000011')
  expect(plain.accepted.map(({ text }) => text)).toEqual(['text short', 'text again'])
  expect(any.accepted.map(({ text }) => text)).toEqual(['x'.repeat(200), 'αβγδ'])
})

test('what may have been sent is not sent through the next gateway', async () => {
  const [first, second] = [await play(), await play()]
  const port = { first: [first, 'timeout: 1'], second: [second, 'timeout: 1'] } as const
  const { hub } = await hubWith(port, '[{ gateways: [first, second], choose: order }]')
  first.next.push('silence', 'cut', 'failed')
  for (let i = 0; i < 3; i++) await hub.request('sms/send', { id: `c${i}`, to: `+49151550000${i}0`, text: `text ${i}` })
  await until(() => first.accepted.length === 3)
  await until(async () => {
    const { data } = (await hub.request('message/list', {})) as { data: { in_doubt: boolean }[] }
    return data.filter(({ in_doubt: isInDoubt }) => isInDoubt).length === 3
  })
  expect(second.requests).toBe(0)
  expect(first.requests).toBe(3)
})
