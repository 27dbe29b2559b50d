import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { freePort } from '../support/folder.ts'
import { fastClock, type StartedHub, startHub } from '../support/hub.ts'
import { type Received, TestClient } from '../support/mqtt-client.ts'
import { devicesYaml, gateNumber, hubNumber, startWorld, type TestWorld } from '../support/world.ts'

let world: TestWorld
let started: StartedHub
let client: TestClient

beforeAll(async () => {
  const clock = fastClock(60)
  world = await startWorld({ clock, behaviour: { acceptMs: [1_000, 2_000], deliverMs: [1_000, 2_000] } })
  const port = await freePort()
  started = await startHub(
    `
mqtt: { broker: { listen: "127.0.0.1:${port}" } }
gateways:
  home: { type: modem, path: "${world.path}", balance: "*100#", ussd: { allow: [["*101#", "1"], "*999#"], per_day: 4 } }
limits: { gateway_per_day: none }
${devicesYaml}
http: { enabled: false }
`,
    { clock },
  )
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await stateWith((state) => state.status === 'ready')
})

afterAll(async () => {
  await client?.close()
  await started?.hub.stop()
  await world?.world.close()
})

let asked = 0

/** The answer to a request. */
async function request(path: string, payload: object): Promise<Received['json']> {
  const transaction = ++asked
  const answer = client.wait(
    ({ topic, json }) => topic === `smshub/bridge/response/${path}` && json.transaction === transaction,
  )
  await client.publish(`smshub/bridge/request/${path}`, { ...payload, transaction })
  return (await answer).json
}

function stateWith(holds: (state: Received['json']) => boolean): Promise<Received> {
  return client.wait(({ topic, json }) => topic === 'smshub/gateway/home' && holds(json))
}

describe('a gateway', () => {
  test('publishes the balance of its SIM, and the time of it', async () => {
    const { json } = await stateWith(({ balance }) => balance !== null)
    expect(json).toMatchObject({ balance: 'Your balance is 5.00', balance_at: expect.stringMatching(/^20\d\d-/) })
  })

  test('publishes what it has sent today, and that nothing waits', async () => {
    await client.publish('smshub/van/get', '')
    // The van's answer lies in the storage for a moment.
    const { json } = await stateWith((now) => now.sent_today === 1 && now.queue === 0 && now.storage_used === 0)
    expect(json).toMatchObject({ storage_total: 20 })
  })

  test('publishes an incoming call, and rejects it', async () => {
    const told = client.wait(({ topic }) => topic === 'smshub/gateway/home/event')
    const call = world.world.network.call(gateNumber, hubNumber)
    expect((await told).json).toMatchObject({ event_type: 'incoming_call', from: gateNumber, device: 'gate' })
    await expect(ended(call)).resolves.toBe('BUSY')
  })

  test('looks at its modem when it is asked to', async () => {
    world.world.modem.radio.change({ signal: 5 })
    expect(await request('gateway/signal', { gateway: 'home' })).toMatchObject({
      status: 'ok',
      data: { signal_dbm: -103, port: world.path },
    })
  })

  test('asks the network by USSD, through menus too', async () => {
    expect(await request('gateway/ussd', { gateway: 'home', code: '*101#', menu: [1] })).toMatchObject({
      status: 'ok',
      data: { text: 'Your balance is 5.00' },
    })
    expect(await request('gateway/ussd', { gateway: 'home', code: '*999#' })).toMatchObject({
      error: 'the network does not know this code',
      error_code: 'network_rejected',
    })
  })

  test('asks by USSD what its owner has listed only, and so often a day', async () => {
    for (const payload of [
      { code: '*102#' },
      { code: '*101#' },
      { code: '*101#', menu: [2] },
      { code: '*21*0900123456#' },
    ])
      expect(await request('gateway/ussd', { gateway: 'home', ...payload })).toMatchObject({
        error_code: 'not_allowed',
      })
    for (let i = 0; i < 2; i++)
      expect(await request('gateway/ussd', { gateway: 'home', code: '*100#' })).toMatchObject({ status: 'ok' })
    expect(await request('gateway/ussd', { gateway: 'home', code: '*100#' })).toMatchObject({
      error_code: 'rate_limited',
    })
  })

  test('starts anew when it is asked to, and is ready again', async () => {
    const before = started.hub.gateways.get('home')?.state.recoveries.reset ?? 0
    expect(await request('gateway/restart', { gateway: 'home' })).toMatchObject({ data: { how: 'reset' } })
    await stateWith((state) => state.status === 'ready' && state.recoveries.reset === before + 1)
    await client.publish('smshub/van/get', '')
    await stateWith(({ sent_today: sent }) => sent === 2)
  })

  test.each([
    ['gateway/signal', { gateway: 'attic' }, 'there is no gateway "attic"; there is home', 'no_gateway'],
    ['gateway/signal', {}, 'gateway/signal.gateway', 'invalid_payload'],
    ['gateway/restart', { gateway: 'home', how: 'hammer' }, 'gateway/restart.how', 'invalid_payload'],
    ['gateway/ussd', { gateway: 'home', code: 'ATD112;' }, 'must be a USSD code like *100#', 'invalid_payload'],
    ['gateway/ussd', { gateway: 'home', code: '*100#"' }, 'must be a USSD code like *100#', 'invalid_payload'],
    ['gateway/ussd', { gateway: 'home', code: '*100#', menu: ['1"\rAT+CFUN=0'] }, 'menu', 'invalid_payload'],
  ])('refuses %s with %j', async (path, payload, error, code) => {
    const answer = await request(path, payload)
    expect(answer).toMatchObject({ status: 'error', error: expect.stringContaining(error), error_code: code })
  })
})

function ended(call: ReturnType<TestWorld['world']['network']['call']>): Promise<string | null> {
  return new Promise((resolve) => {
    if (call.state === 'ended') return resolve(call.end)
    call.watch(() => call.state === 'ended' && resolve(call.end))
  })
}
