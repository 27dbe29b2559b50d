import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { hubNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

/** A tracker that says only what the test says for it. */
const vanNumber = '+4915112345677'

let world: TestWorld
let running: StartedHub
let client: TestClient
const link = 'http://maps.google.com/maps?f=q&q=19.401230,-99.171230&z=16'

beforeAll(async () => {
  world = await startWorld()
  new SimulatedDevice({ network: world.world.network, number: vanNumber, answerer: { answer: () => [] } })
  const port = await freePort()
  const mqtt = `{ broker: { listen: 127.0.0.1:${port} } }`
  const devices = `devices:\n  van: { profile: coban/tk103, number: "${vanNumber}" }\n`
  running = await startHub(hubYaml({ mqtt, path: world.path, devices }))
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
})

afterAll(async () => {
  await client.close()
  await running.hub.stop()
  await world.world.close()
})

const say = (text: string) => world.world.network.text({ from: vanNumber, to: hubNumber, text })
const places = () => client.received.filter(({ topic }) => topic === 'smshub/van/location').map(({ json }) => json)
const events = () =>
  client.received.filter(({ topic }) => topic === 'smshub/van/event').map(({ json }) => json.event_type)

test('an old place is the last known one and never where the device is', async () => {
  say(`last:\nlat:51.481200 long:-3.179300 speed:0.00\nT:03/20/19 16:55\n${link}`)
  await client.wait(({ topic, json }) => topic === 'smshub/van' && json.latitude === 51.4812 && json.fix === false)
  expect(places()).toEqual([])

  say('lat:55.807693 long:037.730640 speed:000.0 T:03/03/13 16:18 bat:80% imei:358948010446647')
  const { json } = await client.wait(({ topic }) => topic === 'smshub/van/location')
  expect(json).toMatchObject({ latitude: 55.807693, longitude: 37.73064, fix: true })

  say('lat:0.000000 long:0.000000 speed:0.00\nT:18/05/11 14:03\nbat:33%')
  await client.wait(({ topic, json }) => topic === 'smshub/van' && json.battery === 33)
  say(`help me!\nLac:1a2b 3c4d\nT:\nLast:\nT:14:03\n${link}`)
  const sos = await client.wait(({ topic, json }) => topic === 'smshub/van/event' && json.event_type === 'sos')
  expect(sos.json).toMatchObject({ level: 'high', latitude: 19.40123, fix: false, cell_id: '3c4d' })
  expect(places()).toHaveLength(1)
  expect(events()).toEqual(['sos'])
})

test('the answer to our own question that has only an old place raises no alarm', async () => {
  const before = events().length
  await client.publish('smshub/van/command/locate', '{"id":"where"}')
  await client.wait(({ topic, json }) => topic === 'smshub/van/result' && json.id === 'where' && json.status === 'sent')
  // Not the text of the test above: within one second of the service centre that would be a copy.
  say(`last:\nlat:52.520008 long:13.404954 speed:0.00\nT:03/20/19 17:10\n${link}`)
  const { json } = await client.wait(
    ({ topic, json }) => topic === 'smshub/van/result' && json.id === 'where' && json.status === 'replied',
  )
  expect(json).toMatchObject({ ok: true })
  expect(events()).toHaveLength(before)
  expect(places()).toHaveLength(1)
})
