import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

const trackerNumber = '+4915112345681'
const mum = '+4915112345699'
const dad = '+4915112345698'
const devices = `
devices:
  lamp: { profile: king-pigeon/rtu5024, variant: classic, number: "+4915112345678", settings: { relay_mode: latch } }
  tracker: { profile: queclink/gt300, number: "${trackerNumber}" }
`

let world: TestWorld
let started: StartedHub
let client: TestClient
let url: string

beforeAll(async () => {
  world = await startWorld({ yaml: devices })
  const port = await freePort()
  url = `mqtt://127.0.0.1:${port}`
  const mqtt = `{ broker: { listen: 127.0.0.1:${port} } }`
  const more = `contacts: { mum: "${mum}", dad: "${dad}", family: [mum, dad, tracker] }`
  started = await startHub(hubYaml({ mqtt, path: world.path, devices, more }))
  client = await TestClient.connect(url)
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
})

afterAll(async () => {
  await client.close()
  await started.hub.stop()
  await world.world.close()
})

const queued = (from: number) =>
  client.received
    .slice(from)
    .filter(({ topic, json }) => topic === 'smshub/lamp/result' && ['queued', 'rejected'].includes(json.status))
    .map(({ json }) => `${json.property ?? json.command}=${json.value ?? ''}`)

describe('publishes of one client', () => {
  test('are queued in their order, those that go by the present value among them', async () => {
    await client.publish('smshub/lamp/set/output_1', 'ON')
    await client.final('lamp', ({ status }) => status === 'replied')
    const from = client.received.length
    const burst = ['TOGGLE', 'OFF', 'TOGGLE', 'ON', 'ON', 'TOGGLE', 'OFF']
    await Promise.all(burst.map((value) => client.publish('smshub/lamp/set/output_1', value)))
    await client.until(() => queued(from).length >= burst.length)
    expect(queued(from)).toEqual(burst.map((value) => `output_1=${value}`))
  })

  test('to a device that counts its commands have numbers of their own, within one second too', async () => {
    await client.publish('smshub/tracker/command/locate', 'PRESS')
    await client.publish('smshub/tracker/command/last_fix', 'PRESS')
    await client.until(() => client.results('tracker').filter(({ final }) => final).length >= 2)
    const texts = accepted(world.world, trackerNumber).map(({ text }) => text)
    expect(texts).toEqual(['AT+GTRTO=gt300,1,0001', 'AT+GTRTO=gt300,0,0002'])
  })
})

describe('a text', () => {
  test.each([
    ['smshub/sms/send/family', 'dinner', [mum, dad, trackerNumber]],
    ['smshub/sms/send', { to: ['family', 'mum', '+49 151 12345698'], text: 'supper' }, [mum, dad, trackerNumber]],
    ['smshub/sms/send/mum', 'tea', [mum]],
  ])('on %s with %j reaches each of the group once, with a result for each', async (topic, payload, numbers) => {
    const text = typeof payload === 'string' ? payload : payload.text
    await client.publish(topic, payload)
    const sent = () => accepted(world.world).filter((event) => event.text === text)
    const told = () =>
      new Set(
        client.received.flatMap(({ json }) => (json.status === 'sent' && json.client_id === null ? [json.id] : [])),
      )
    const before = told().size
    await client.until(() => sent().length >= numbers.length && told().size >= before)
    await client.publish('smshub/sms/send', { to: dad, text: `behind ${text}`, id: text })
    await client.wait(({ json }) => json.client_id === text && json.status === 'sent')
    expect(
      sent()
        .map(({ to }) => to)
        .sort(),
    ).toEqual([...numbers].sort())
  })

  test('to a name that nobody has is refused with those that there are', async () => {
    await client.publish('smshub/sms/send', { to: 'dady', text: 'x', id: 'dady' })
    const { json } = await client.wait(({ json: status }) => status.client_id === 'dady')
    expect(json.error).toMatchObject({ message: 'there is no contact "dady"; did you mean "dad"?' })
  })
})

describe('attack 6: a thousand refused publishes', () => {
  test('each is answered, and neither the store nor the log grows with them', async () => {
    const rows = (table: string) => {
      const store = new Database(join(started.folder, 'data', 'smshub.db'), { readonly: true })
      const { n } = store.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get() as { n: number }
      store.close()
      return n
    }
    const stored = () => rows('submission') + rows('event')
    const answers = () =>
      new Set(client.results('lamp').flatMap(({ status, command_id }) => (status === 'rejected' ? [command_id] : [])))
        .size
    const [kept, before] = [stored(), answers()]
    for (let i = 0; i < 1_000; i += 50)
      await Promise.all(
        Array.from({ length: 50 }, (_, n) => client.publish(`smshub/lamp/command/x${i + n}`, 'x'.repeat(200))),
      )
    await client.until(() => answers() >= before + 1_000)
    // Sixty of a client and an hour are kept, each with its event.
    await client.until(() => rows('event_waiting') === 0)
    expect(stored() - kept).toBeLessThan(150)
    const refused = started.log.filter(({ message }) => message.startsWith('refused '))
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(5)
  })

  test('one publish with thousands of properties is one refusal', async () => {
    const from = client.received.length
    const payload = Object.fromEntries(Array.from({ length: 5_500 }, (_, i) => [`p${i}`, 1]))
    await client.publish('smshub/lamp/set', payload)
    await client.publish('smshub/lamp/command/opne', { id: 'behind' })
    await client.final('lamp', ({ id }) => id === 'behind')
    const results = client.received.slice(from).filter(({ topic }) => topic === 'smshub/lamp/result')
    expect(results.map(({ json }) => json.error?.code)).toEqual(['invalid_payload', 'unknown_command'])
  })
})
