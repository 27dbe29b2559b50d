import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { seededRandom } from '../../src/util/random.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { hubYaml, startWorld, type TestWorld } from '../support/world.ts'

const random = seededRandom(20261122)
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T

const levels = [
  'gate',
  'van',
  'boiler',
  'nobody',
  'sms',
  'bridge',
  'gateway',
  '__proto__',
  'constructor',
  'é',
  ' ',
  '0',
]
const verbs = [
  'set',
  'get',
  'command',
  'send',
  'result',
  'state',
  'toString',
  'set/open',
  'command/open',
  'command/valueOf',
]
const words = [
  'PRESS',
  'open',
  'ON',
  '1',
  '',
  '{}',
  '[]',
  'null',
  'true',
  '1e400',
  '-0',
  '"x"',
  '{"',
  '\u0000',
  '😀'.repeat(50),
]
const keys = [
  'id',
  'ttl',
  'priority',
  'confirm',
  'force',
  'value',
  'to',
  'text',
  '__proto__',
  'constructor',
  'gateway',
  'params',
]
const values: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  'x'.repeat(300),
  [],
  {},
  ['+4915112345678'],
  { toString: 1 },
  '\ud800',
]

function payload(): Buffer {
  const kind = random()
  if (kind < 0.25) return Buffer.from(pick(words))
  if (kind < 0.4)
    return Buffer.from(Array.from({ length: Math.floor(random() * 80) }, () => Math.floor(random() * 256)))
  if (kind < 0.45) return Buffer.from(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)
  const entries = Array.from(
    { length: Math.floor(random() * 5) },
    () => `${JSON.stringify(pick(keys))}:${JSON.stringify(pick(values))}`,
  )
  return Buffer.from(`{${entries.join()}}`)
}

function topic(): string {
  const kind = random()
  if (kind < 0.3)
    return `smshub/sms/send${random() < 0.5 ? `/${pick(['491', '00', '4915112345678', 'x', '1'.repeat(40)])}` : ''}`
  if (kind < 0.9) return `smshub/${pick(levels)}/${pick(verbs)}`
  return `smshub/${Array.from({ length: Math.floor(random() * 40) }, () => pick(levels)).join('/')}`
}

let world: TestWorld
let hub: HubProcess
let client: TestClient

beforeAll(async () => {
  world = await startWorld()
  hub = new HubProcess(temporaryFolder())
  const port = await freePort()
  await hub.start({
    config: hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path: world.path }).replace(
      'http: { enabled: false }',
      `http: { listen: 127.0.0.1:${await freePort()} }`,
    ),
  })
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.wait(({ topic: name, text }) => name === 'smshub/gateway/home/availability' && text === 'online')
})

afterAll(async () => {
  await client.close()
  await hub.kill()
  await world.world.close()
})

describe('publishes that nobody means', () => {
  test('a thousand of them: each is acknowledged, each that is a command has one answer, and the hub is well', async () => {
    for (let i = 0; i < 1_000; i += 50)
      await Promise.all(
        Array.from({ length: 50 }, () =>
          client.client.publishAsync(topic(), payload(), { qos: random() < 0.9 ? 1 : 2 }),
        ),
      )
    expect(hub.running).toBe(true)
    expect(hub.stderr).not.toMatch(/"internal"|TypeError|RangeError|unhandled/i)
    const internal = client.received.filter(({ json }) => json.error?.code === 'internal')
    expect(internal.map(({ text }) => text)).toEqual([])
    await client.publish('smshub/van/get', { id: 'still there', priority: 'high' })
    const { json } = await client.final('van', ({ id }) => id === 'still there')
    expect(json).toMatchObject({ status: 'replied', ok: true })
  })
})
