import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, boilerNumber, gateNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

let world: TestWorld
let started: StartedHub
let client: TestClient

const request = async (path: string, data: object = {}) => {
  const before = client.received.length
  await client.publish(`smshub/bridge/request/${path}`, data)
  await client.until(() =>
    client.received.slice(before).some(({ topic }) => topic === `smshub/bridge/response/${path}`),
  )
}

const finals = (device: string) =>
  Object.fromEntries(
    client
      .results(device)
      .filter(({ final }) => final)
      .map(({ id, status }) => [id, status]),
  )

beforeAll(async () => {
  world = await startWorld()
  const port = await freePort()
  started = await startHub(hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path: world.path }))
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
})

afterAll(async () => {
  await client?.close()
  await started?.hub.stop()
  await world?.world.close()
})

test('of several values for one property that wait, the last one goes; commands and other properties all go', async () => {
  await request('queue/pause', { device: 'boiler' })
  for (const [id, value] of [
    ['t19', 19],
    ['t20', 20],
    ['t21', 21],
  ] as const)
    await client.publish('smshub/boiler/set/target_temperature', { id, value })
  await client.publish('smshub/boiler/command/temperature', { id: 'command', temperature: 18 })
  await client.publish('smshub/boiler/get', { id: 'get' })
  await client.until(() => finals('boiler').t20 === 'cancelled')
  const reasons = client
    .results('boiler')
    .filter(({ status }) => status === 'cancelled')
    .map(({ reason }) => reason)
  for (const reason of reasons) expect(reason).toMatch(/superseded/)
  await request('queue/resume', { device: 'boiler' })
  await client.until(() => Object.keys(finals('boiler')).length === 5)
  expect(finals('boiler')).toEqual({
    t19: 'cancelled',
    t20: 'cancelled',
    t21: 'replied',
    command: 'replied',
    get: 'replied',
  })
  expect(accepted(world.world, boilerNumber)).toHaveLength(3)
})

test('pulses that wait all go, however alike they are', async () => {
  await request('queue/pause', { device: 'gate' })
  const ids = ['one', 'two', 'three']
  await client.publish('smshub/gate/set/gate', { id: 'one', value: 'OPEN', force: true })
  for (const id of ids.slice(1)) await client.publish('smshub/gate/command/open', { id, force: true })
  await request('queue/resume', { device: 'gate' })
  await client.until(() => Object.keys(finals('gate')).length === 3)
  expect(finals('gate')).toEqual({ one: 'replied', two: 'replied', three: 'replied' })
  expect(accepted(world.world, gateNumber).map(({ text }) => text)).toEqual(['1234CC', '1234CC', '1234CC'])
})
