import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { aedes, hasMosquitto, mosquitto, type OtherBroker } from '../support/brokers.ts'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { accepted, gateNumber, hubNumber, hubYaml, startWorld, type TestWorld, vanNumber } from '../support/world.ts'

/** The two doors have one contract: the same suite runs on the hub's own broker and on others. */
const kinds: readonly {
  readonly name: string
  readonly start: ((port: number) => Promise<OtherBroker>) | null
  /** MQTT 3.1.1 shows a live publish without its retain flag: the hub can only clear it when it is replayed. */
  readonly seesRetain: boolean
}[] = [
  { name: 'the embedded broker', start: null, seesRetain: true },
  ...(hasMosquitto() ? [{ name: 'mosquitto (MQTT 5)', start: mosquitto, seesRetain: true }] : []),
  { name: 'a broker of MQTT 3.1.1', start: aedes, seesRetain: false },
]

describe.each(kinds)('through $name', ({ start, seesRetain }) => {
  let world: TestWorld
  let broker: OtherBroker | null
  let started: StartedHub
  let client: TestClient
  let url: string

  beforeAll(async () => {
    // The report of a text is there long before its answer: each has a step of its own.
    world = await startWorld({ answerMs: 1_000 })
    const port = await freePort()
    broker = start === null ? null : await start(port)
    url = `mqtt://127.0.0.1:${port}`
    const mqtt = broker === null ? `{ broker: { listen: 127.0.0.1:${port} } }` : `{ server: "${broker.url}" }`
    started = await startHub(hubYaml({ mqtt, path: world.path }))
    client = await TestClient.connect(url)
    await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
  })

  afterAll(async () => {
    await client.close()
    await started.hub.stop()
    await broker?.stop()
    await world.world.close()
  })

  /** Commands that the broker has retained. */
  async function commandsKept(): Promise<readonly string[]> {
    const late = await TestClient.connect(url, {}, 'smshub/gate/command/#')
    await new Promise((resolve) => setTimeout(resolve, 300))
    await late.close()
    return late.received.map(({ text }) => text)
  }

  test('a press opens the gate, and every step of it is published', async () => {
    await client.publish('smshub/gate/command/open', { id: 'flow-1' })
    const { json } = await client.final('gate', ({ id }) => id === 'flow-1')
    expect(json).toMatchObject({ status: 'replied', ok: true, command: 'open', reply: { text: 'Relay ON' } })
    const statuses = client.results('gate').filter(({ id }) => id === 'flow-1')
    expect(statuses.map(({ status }) => status)).toEqual(['queued', 'sending', 'sent', 'delivered', 'replied'])
    expect(statuses.map(({ final }) => final)).toEqual([false, false, false, false, true])
    expect(accepted(world.world, gateNumber).map(({ text }) => text)).toEqual(['1234CC'])
    await client.wait(({ topic, json: event }) => topic === 'smshub/gate/event' && event.event_type === 'opened')
  })

  test('a question comes back as values', async () => {
    await client.publish('smshub/van/get', '?')
    const { json } = await client.final('van')
    expect(json.reply.parsed).toMatchObject({ battery: 100, fuel: 65.5, ignition: true })
    const state = await client.wait(({ topic, json: values }) => topic === 'smshub/van' && values.battery === 100)
    expect(state.json.last_seen).toMatch(/Z$/)
  })

  test('a property that is set becomes a command, and its answer the state', async () => {
    await client.publish('smshub/boiler/set/target_temperature', '21')
    const { json } = await client.final('boiler')
    expect(json).toMatchObject({ status: 'replied', property: 'target_temperature', value: 21 })
    await client.wait(({ topic, json: values }) => topic === 'smshub/boiler' && values.target_temperature === 21)
  })

  test('a text that nobody asked for becomes a position', async () => {
    const text = 'lat: 55.807693 long: 037.730640 speed: 000.0 03/03/13 16:18   bat:F signal:F  imei:358948010446647'
    world.world.network.text({ from: vanNumber, to: hubNumber, text })
    const { json } = await client.wait(({ topic }) => topic === 'smshub/van/location')
    expect(json).toMatchObject({ latitude: 55.807693, longitude: 37.73064 })
  })

  test('the same id asks again what became of it, and another command under it is refused', async () => {
    const press = { id: 'again', force: true }
    await client.publish('smshub/gate/command/open', press)
    const first = await client.final('gate', ({ id }) => id === 'again')
    const before = accepted(world.world, gateNumber).length
    client.received.length = 0
    await client.publish('smshub/gate/command/open', press)
    const again = await client.final('gate', ({ id }) => id === 'again')
    expect(again.json.command_id).toBe(first.json.command_id)
    await client.publish('smshub/gate/command/relay_time', { id: 'again', seconds: 5 })
    const other = await client.final(
      'gate',
      ({ id, command_id }) => id === 'again' && command_id !== first.json.command_id,
    )
    expect(other.json).toMatchObject({ status: 'rejected', error: { code: 'duplicate' } })
    expect(accepted(world.world, gateNumber).length).toBe(before)
  })

  test('a live publish with the retain flag is a command, and does not stay', async () => {
    await client.publish('smshub/gate/command/open', { id: 'retained', force: true }, { retain: true })
    await client.final('gate', ({ id }) => id === 'retained')
    if (seesRetain) await until(async () => (await commandsKept()).length === 0)
  })

  test('a replayed command is refused and cleared', async () => {
    if (broker === null || seesRetain) return
    const before = accepted(world.world, gateNumber).length
    client.received.length = 0
    await broker.stop()
    await broker.start()
    const { json } = await client.final('gate')
    expect(json).toMatchObject({ status: 'rejected', error: { code: 'retained_command' } })
    await until(async () => (await commandsKept()).length === 0)
    expect(accepted(world.world, gateNumber).length).toBe(before)
  })

  test('clearing a retained message commands nothing', async () => {
    const before = accepted(world.world, gateNumber).length
    await client.publish('smshub/gate/command/open', '', { retain: true })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(accepted(world.world, gateNumber).length).toBe(before)
  })

  test('a raw text goes to a registered number, and its delivery is published', async () => {
    await client.publish('smshub/sms/send', { to: gateNumber, text: 'hello', id: 'raw-1' })
    const { json } = await client.wait(
      ({ topic, json: status }) =>
        topic === 'smshub/sms/status' && status.client_id === 'raw-1' && status.status === 'delivered',
    )
    expect(json).toMatchObject({ to: gateNumber, parts: 1, parts_delivered: 1 })
  })
})
