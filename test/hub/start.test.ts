import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Faults, failingStore } from '../support/failing-store.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { patienceMs } from '../support/patience.ts'
import { hubYaml, startWorld, type TestWorld } from '../support/world.ts'

/** What a hub is made of, in the order in which it is started. */
const parts = [
  'store',
  'clock',
  'live events',
  'access',
  'program',
  'devices',
  'mqtt',
  'publisher',
  'search',
  'deliver',
  'gateways',
  'mail',
  'submit',
  'bridge',
  'webhooks',
  'smpp server',
  'upkeep',
]

let world: TestWorld
let port: number
let yaml: string
const folder = temporaryFolder()
beforeAll(async () => {
  world = await startWorld()
  port = await freePort()
  yaml = hubYaml({ mqtt: `{ broker: { listen: "127.0.0.1:${port}" } }`, path: world.path })
})
afterAll(async () => {
  await world.world.close()
})

type Options = Parameters<typeof startHub>[1]
const start = (options: Options = {}) => startHub(yaml, { folder, ...options })

/** How much keeps this process from its end: threads and the ways to them, and timers. */
const held = () => process.getActiveResourcesInfo().filter((kind) => /MessagePort|Worker|Timeout/.test(kind)).length

/** Nothing of a start that has failed is left: its port, its modem, its thread, its timers, its lock. */
async function leavesNothing(before: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()))
  })
  // What ends by itself has its time.
  const end = performance.now() + patienceMs
  while (held() > before && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(held()).toBeLessThanOrEqual(before)
  const { hub } = await start()
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
  await client.close()
  await hub.stop()
}

test('a hub starts its parts in their order', async () => {
  const before = held()
  const passed: string[] = []
  const { hub } = await start({ checkpoint: (point) => passed.push(point) })
  expect(held()).toBeGreaterThan(before)
  await hub.stop()
  expect(passed.filter((point) => /^start\..*:after$/.test(point))).toEqual(parts.map((name) => `start.${name}:after`))
})

describe.each(['before', 'after'])('a start that breaks off %s', (when) => {
  test.each(parts)('%s names it and leaves nothing behind', async (name) => {
    const before = held()
    const checkpoint = (point: string) => {
      if (point === `start.${name}:${when}`) throw new Error('it broke')
    }
    await expect(start({ checkpoint })).rejects.toMatchObject({
      message: `${name} can't be started: it broke`,
      detail: { part: name },
    })
    await leavesNothing(before)
  })
})

describe('a hub that can’t start', () => {
  test('because its port is in use reports that, with the key', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
    const before = held()
    try {
      await expect(start()).rejects.toThrow(new RegExp(`^mqtt can't be started: .*${port}`))
    } finally {
      await new Promise((resolve) => other.close(resolve))
    }
    await leavesNothing(before)
  })

  test('because of a check of the surrounding program reports that', async () => {
    const before = held()
    const beforeConnect = () => Promise.reject(new Error('no certificate'))
    await expect(start({ beforeConnect })).rejects.toThrow("program can't be started: no certificate")
    await leavesNothing(before)
  })

  test('because the store can’t store its devices reports which part it was', async () => {
    const before = held()
    const faults = new Faults()
    faults.add('announceDevices', 'storage_full')
    await expect(start({ makeStore: failingStore(faults) })).rejects.toMatchObject({
      code: 'storage_full',
      message: "devices can't be started: injected into announceDevices",
    })
    await leavesNothing(before)
  })

  test('because a gateway can’t be made leaves nothing behind either', async () => {
    const before = held()
    const makeGateway = () => {
      throw new Error('no such gateway')
    }
    await expect(start({ makeGateway })).rejects.toThrow('no such gateway')
    await leavesNothing(before)
  })

  test('because nobody brings a network for a simulated gateway says so', async () => {
    const simulated = `mqtt: { broker: { listen: "127.0.0.1:${port}" } }\ngateways: { attic: { type: simulated } }`
    await expect(startHub(simulated, { folder: temporaryFolder() })).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining('gateways.attic: type simulated needs a simulated network'),
    })
  })
})
