import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { pathsOf } from '../../src/api/all-operations.ts'
import { asyncApi } from '../../src/api/asyncapi.ts'
import { channels } from '../../src/api/payloads.ts'
import { publicTypeNames } from '../../src/message/public-event-types.ts'
import { topics } from '../../src/message/topics.ts'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { mainFile } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { hubNumber, hubYaml, startWorld, type TestWorld, vanNumber } from '../support/world.ts'

const file = fileURLToPath(new URL('../../src/api/asyncapi.json', import.meta.url))
const made = () => `${JSON.stringify(asyncApi('0'), null, 2)}\n`

describe('the AsyncAPI document', () => {
  test('is the one that the tables make (UPDATE=1 writes it anew)', () => {
    if (process.env.UPDATE === '1') writeFileSync(file, made())
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(made()))
  })

  test('has every topic and request, and every reference in it leads somewhere', () => {
    const document = JSON.parse(made())
    expect(Object.keys(document.channels)).toHaveLength(Object.keys(topics).length + pathsOf('mqtt').length + 1)
    // One channel has the live events, each of its types.
    expect(Object.keys(document.channels.events.messages)).toHaveLength(publicTypeNames.length)
    for (const [, reference = ''] of made().matchAll(/"\$ref": "#\/([^"]+)"/g)) {
      const found = reference.split('/').reduce((at, key) => at?.[key], document)
      expect({ reference, found: found !== undefined }).toEqual({ reference, found: true })
    }
  })

  test('lets every request have a transaction', () => {
    const { schemas } = JSON.parse(made()).components
    for (const [name, schema] of Object.entries<Record<string, any>>(schemas))
      if (name.startsWith('request_') && schema.additionalProperties === false)
        expect({ name, transaction: schema.properties.transaction }).toEqual({ name, transaction: {} })
  })

  test('is printed with the JSON Schemas of configuration and profiles', () => {
    for (const what of ['asyncapi', 'config', 'profile']) {
      const { stdout, status } = spawnSync(process.execPath, [mainFile, 'schema', what], { encoding: 'utf8' })
      expect(status).toBe(0)
      expect(Object.keys(JSON.parse(stdout)).length).toBeGreaterThan(2)
    }
    expect(spawnSync(process.execPath, [mainFile, 'schema', 'nothing']).status).toBe(1)
  })
})

describe('what the hub publishes', () => {
  let world: TestWorld
  let started: StartedHub
  let client: TestClient

  beforeAll(async () => {
    world = await startWorld()
    const port = await freePort()
    started = await startHub(hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path: world.path }))
    client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, {}, 'smshub/#')
    await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
  })

  afterAll(async () => {
    await client.close()
    await started.hub.stop()
    await world.world.close()
  })

  test('matches the document, topic by topic', async () => {
    await client.publish('smshub/boiler/get', '')
    await client.publish('smshub/gate/command/nonsense', '')
    await client.publish('smshub/gate/set', 'OPEN')
    await client.publish('smshub/bridge/request/health_check', '{"transaction": 1}')
    await client.publish('smshub/bridge/request/device/nonsense', '')
    await client.publish('smshub/gate', 'forged')
    const text = 'lat: 55.807693 long: 037.730640 speed: 000.0 03/03/13 16:18   bat:F signal:F  imei:358948010446647'
    world.world.network.text({ from: vanNumber, to: hubNumber, text })
    await client.final('boiler')
    await client.final('gate', ({ command }) => command === 'set')
    await client.wait(({ topic }) => topic === 'smshub/van/location')
    await client.wait(({ topic }) => topic === 'smshub/bridge/health')
    await client.wait(({ topic }) => topic === 'smshub/bridge/event')
    const seen = new Set<string>()
    const wrong: string[] = []
    for (const { topic, text: payload } of client.received) {
      const pattern = patternOf(topic.slice('smshub/'.length))
      if (pattern === null || payload === 'forged') continue
      seen.add(pattern)
      const { schema } = channels[pattern]
      const parsed = schema.safeParse(payload.startsWith('{') ? JSON.parse(payload) : payload)
      if (!parsed.success) wrong.push(`${topic}: ${parsed.error.message} in ${payload}`)
    }
    expect(wrong).toEqual([])
    expect([...seen].sort()).toEqual(
      expect.arrayContaining([
        'bridge/info',
        'bridge/devices',
        'bridge/health',
        '{device}',
        '{device}/result',
        'sms/status',
        'sms/received',
        '{device}/location',
        'gateway/{gateway}',
        'bridge/response/{verb}',
      ]),
    )
  })
})

/** The topic's row among those that the hub publishes, the most literal one. */
function patternOf(topic: string): keyof typeof topics | null {
  const levels = topic.split('/')
  const fits = (Object.keys(topics) as (keyof typeof topics)[]).filter((pattern) => {
    const parts = pattern.split('/')
    return (
      topics[pattern].direction === 'out' &&
      parts.length === levels.length &&
      parts.every((part, i) => part.startsWith('{') || part === levels[i])
    )
  })
  return fits.sort((a, b) => a.split('{').length - b.split('{').length)[0] ?? null
}
