import { afterEach, describe, expect, test } from '@jest/globals'
import { ModemServer } from '../../src/simulator/modem/modem-server.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { freePort } from '../support/folder.ts'
import { fastClock, type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { startWorld, type TestWorld } from '../support/world.ts'

const devices = Array.from({ length: 8 }, (_, i) => `+4915112345${600 + i}`)
const abroad = '+436601234567'

interface Setting {
  readonly world: TestWorld
  readonly modems: readonly SimulatedModem[]
  readonly started: StartedHub
  readonly client: TestClient
  close(): Promise<void>
}

let open: Setting | null = null
afterEach(async () => {
  await open?.close()
  open = null
})

/** A hub with so many modems, called g1, g2, …; `more` is what is said of each. */
async function setting(
  count: number,
  options: { more?: (i: number) => string; yaml?: string; box?: string; speed?: number } = {},
): Promise<Setting> {
  const { more = () => '', yaml = '', box = '', speed = 1 } = options
  const world = await startWorld({ yaml: '{}' })
  const modems: SimulatedModem[] = []
  const servers: ModemServer[] = []
  for (let i = 1; i <= count; i++) {
    const sim = { iccid: `894901700000000001${i}`, serviceCentre: world.world.network.serviceCentre }
    const modem = new SimulatedModem({
      network: world.world.network,
      number: `+49170000001${i}`,
      imei: `49015420323751${i}`,
      sim,
    })
    modems.push(modem)
    servers.push(await ModemServer.listen(modem, '127.0.0.1', 0))
  }
  const port = await freePort()
  const gateways = servers.map(
    (server, i) => `  g${i + 1}: { type: modem, path: "tcp://127.0.0.1:${server.port}"${more(i + 1)} }`,
  )
  const boxes = [...devices, abroad].map(
    (number, i) =>
      `  box${i}:\n    profile: generic/text\n    number: "${number}"\n    commands: { go: { text: GO, repeat: safe, reply: { expect: none } } }${box}`,
  )
  const started = await startHub(
    `
mqtt: { broker: { listen: "127.0.0.1:${port}" } }
gateways:
${gateways.join('\n')}
devices:
${boxes.join('\n')}
limits: { client_per_hour: none, device_per_day: none, gateway_per_day: none }
http: { enabled: false }
${yaml}
`,
    { clock: fastClock(speed) },
  )
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  for (let i = 1; i <= count; i++)
    await client.wait(({ topic, text }) => topic === `smshub/gateway/g${i}/availability` && text === 'online')
  open = {
    world,
    modems,
    started,
    client,
    close: async () => {
      await client.close()
      await started.hub.stop()
      for (const server of servers) await server.close()
      await world.world.close()
    },
  }
  return open
}

/** Publishes and answers through which gateway each was sent, by the command's own id. */
async function go({ client }: Setting, boxes: readonly number[]): Promise<string[]> {
  const ids = boxes.map((box, i) => ({ box, id: `go ${box} ${i} ${Math.random()}` }))
  await Promise.all(ids.map(({ box, id }) => client.publish(`smshub/box${box}/command/go`, { id })))
  const results = await Promise.all(
    ids.map(({ box, id }) =>
      client.wait(({ topic, json }) => topic === `smshub/box${box}/result` && json.id === id && json.status === 'sent'),
    ),
  )
  return results.map(({ json }) => json.sms.gateway)
}

const counted = (gateways: readonly string[]) => {
  const counts: Record<string, number> = {}
  for (const gateway of gateways) counts[gateway] = (counts[gateway] ?? 0) + 1
  return counts
}

/** Pulls a modem and waits until the hub has noticed: its `offline` was published at the start as well. */
async function unplugged({ client, modems }: Setting, index: number): Promise<void> {
  const away = client.next(
    ({ topic, text }) => topic === `smshub/gateway/g${index + 1}/availability` && text === 'offline',
  )
  modems[index]?.unplug()
  await away
}

describe('several modems', () => {
  test('eight of them share the work', async () => {
    const eight = await setting(8)
    expect(counted(await go(eight, [0, 1, 2, 3, 4, 5, 6, 7]))).toEqual(
      Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`g${i + 1}`, 1])),
    )
  })

  test('share it by their weights, one after the other', async () => {
    const two = await setting(2, { more: (i) => (i === 1 ? ', weight: 3' : '') })
    const used: string[] = []
    for (const box of [0, 1, 2, 3, 4, 5, 6, 7]) used.push(...(await go(two, [box])))
    expect(counted(used)).toEqual({ g1: 6, g2: 2 })
  })

  test('a device keeps its gateway', async () => {
    const two = await setting(2)
    const first = await go(two, [0, 1, 2, 3])
    expect(new Set(first).size).toBe(2)
    for (let i = 0; i < 3; i++) expect(await go(two, [0, 1, 2, 3])).toEqual(first)
  })

  test('numbers go by the longest prefix that fits', async () => {
    const three = await setting(3, {
      yaml: 'routes:\n  - { prefix: "+49", gateways: [g1, g2] }\n  - { prefix: "+4366", gateways: [g3] }\n  - { prefix: "+4", gateways: [g1] }',
    })
    expect(await go(three, [8])).toEqual(['g3'])
    expect(new Set(await go(three, [0, 1, 2, 3, 4, 5]))).toEqual(new Set(['g1', 'g2']))
  })

  test('what one leaves behind the others take, after a while and where the route allows it', async () => {
    const two = await setting(2, { speed: 30 })
    const [gateway] = await go(two, [0])
    const index = gateway === 'g1' ? 0 : 1
    const since = performance.now()
    await unplugged(two, index)
    // Others do not wait for it.
    expect(await go(two, [1])).toEqual([gateway === 'g1' ? 'g2' : 'g1'])
    expect(await go(two, [0])).toEqual([gateway === 'g1' ? 'g2' : 'g1'])
    expect((performance.now() - since) * 30).toBeGreaterThan(50_000)
  })

  test('a SIM keeps its limit per minute, and sends nothing more until it allows it', async () => {
    const one = await setting(1, { more: () => ', limits: { minute: 5 }', speed: 20 })
    const since = performance.now()
    await go(one, [0, 1, 2, 3])
    await go(one, [4])
    expect((performance.now() - since) * 20).toBeGreaterThan(40_000)
  })

  test('a gap stands between two messages', async () => {
    const one = await setting(1, { more: () => ', gap: 10', speed: 20 })
    const since = performance.now()
    await go(one, [0, 1, 2])
    expect((performance.now() - since) * 20).toBeGreaterThan(20_000)
  })
})

describe('a command whose gateway is away', () => {
  /** Each once: what is published at least once may come again as it was. */
  const results = ({ client }: Setting, id: string) => {
    const own = client.results('box0').filter((json) => json.id === id)
    return own.filter((json, i) => own.findIndex((other) => JSON.stringify(other) === JSON.stringify(json)) === i)
  }

  test.each([
    ['is pinned to it', 2, '\n    gateway: g1', 'g1 (offline)'],
    ['has no other', 1, '', 'g1 (offline)'],
  ])('says so once, where its device %s, and goes through it when it is back', async (_, count, box, named) => {
    const some = await setting(count, { box, speed: 30 })
    const { client, modems } = some
    await unplugged(some, 0)
    await client.publish('smshub/box0/command/go', { id: 'waits' })
    const waits = await client.wait(({ json }) => json?.id === 'waits' && json.reason !== undefined)
    expect(waits.json).toMatchObject({ status: 'queued', final: false, ok: null, reason: `waits for gateway ${named}` })
    // A minute of tries to open the port, and of other commands for the same device behind it.
    for (let i = 0; i < 4; i++) {
      await client.publish('smshub/box0/command/go', { id: `behind ${i}` })
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    expect(results(some, 'waits').map(({ status, reason }) => [status, reason])).toEqual([
      ['queued', undefined],
      ['queued', `waits for gateway ${named}`],
    ])
    modems[0]?.plugIn()
    const sent = await client.wait(({ json }) => json?.id === 'waits' && json.status === 'sent')
    expect(sent.json.sms.gateway).toBe('g1')
    expect(
      results(some, 'waits')
        .slice(2)
        .every(({ reason }) => reason === undefined),
    ).toBe(true)
  })

  test('reports nothing where another one takes it', async () => {
    const two = await setting(2, { speed: 30 })
    await unplugged(two, 0)
    expect(await go(two, [0])).toEqual(['g2'])
    expect(two.client.results('box0').filter(({ reason }) => reason !== undefined)).toEqual([])
  })
})
