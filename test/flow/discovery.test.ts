import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Picture } from '../homeassistant/picture.ts'
import { hasMosquitto, mosquitto, type OtherBroker } from '../support/brokers.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'

const described = hasMosquitto() ? describe : describe.skip

const gate = 'gate: { profile: king-pigeon/rtu5024, variant: classic, number: "+4915112345601" }'
const van = 'van: { profile: coban/tk103, number: "+4915112345602" }'
const contacts = 'contacts: { mum: "+4915112345699", dad: "+4915112345698" }'

described('what Home Assistant makes of changes at mosquitto', () => {
  let broker: OtherBroker
  let client: TestClient
  let picture: Picture
  let folder: string
  let started: StartedHub | null = null

  /** A Home Assistant that stays, while the hub is configured anew and started again. */
  beforeAll(async () => {
    broker = await mosquitto(await freePort())
    folder = temporaryFolder()
    picture = new Picture()
    client = await TestClient.connect(broker.url)
    client.client.prependListener('message', (topic, payload) => picture.see({ topic, text: payload.toString() }))
  })

  afterAll(async () => {
    await started?.hub.stop()
    await client.close()
    await broker.stop()
  })

  /** Starts the hub anew; resolves when its start has taken back what is no more. */
  async function restart(devices: readonly string[], more = ''): Promise<void> {
    await started?.hub.stop()
    const yaml = `mqtt: { server: "${broker.url}" }\ndevices: { ${devices.join(', ')} }\nhttp: { enabled: false }\nrequests: { add_devices: true }\n${more}\n`
    started = await startHub(yaml, { folder })
  }

  async function ask(path: string, data: object): Promise<void> {
    const transaction = `${path} ${client.received.length}`
    await client.publish(`smshub/bridge/request/${path}`, { ...data, transaction })
    const { json } = await client.wait(
      ({ topic, json: answer }) => topic.startsWith('smshub/bridge/response/') && answer.transaction === transaction,
    )
    expect(json).toMatchObject({ status: 'ok' })
  }

  const saidOfTheHub = () =>
    client.received.filter(({ topic }) => topic === 'smshub/bridge/state').map(({ text }) => text)
  const settled = (holds: () => boolean) => client.until(holds)

  const documents = { device: [] as string[], components: [] as string[] }

  test.each(['device', 'components', 'device'] as const)(
    'announced in the shape "%s", every entity is there, and none was ever in conflict',
    async (discovery) => {
      await restart([gate, van], `${contacts}\nhomeassistant: { discovery: ${discovery} }`)
      const shape = discovery === 'device' ? /\/device\// : /\/(?!device\/)\w+\/[^/]+\/\w+\/config$/
      const isWhole = () =>
        ['gate', 'van'].every((id) => picture.of(id).length > 5) &&
        [...picture.entities.values()].every((topic) => shape.test(topic))
      await settled(() => isWhole() && picture.of('van').includes('raw_text'))
      documents[discovery] = [...picture.entities.keys()].sort()
      expect(picture.complaints).toEqual([])
      if (documents.components.length > 0) expect(documents.components).toEqual(documents.device)
    },
  )

  test('another profile, and a contact that is gone: no entity of before stays', async () => {
    expect(picture.of('van')).toContain('location')
    await restart(
      [gate, 'van: { profile: elbro/smsb-m21t, number: "+4915112345602" }'],
      'contacts: { mum: "+4915112345699" }',
    )
    await settled(() => !picture.of('van').includes('location'))
    const sent = () => client.received.filter(({ topic, text }) => topic.endsWith('_van/config') && text !== '')
    await settled(() => sent().at(-1)?.json.cmps.location === undefined)
    const [stubs, whole] = sent()
      .slice(-2)
      .map(({ json }) => json.cmps)
    expect(stubs.location).toEqual({ p: 'device_tracker' })
    expect(whole.location).toBeUndefined()
    expect(picture.of('van').sort()).toEqual(Object.keys(whole).sort())
    await settled(() => ![...picture.entities.keys()].some((entity) => entity.endsWith('|contact_dad')))
    expect([...picture.entities.keys()].some((entity) => entity.endsWith('|contact_mum'))).toBe(true)
    expect(picture.complaints).toEqual([])
  })

  test('a device that is added, renamed, changed and removed while the hub runs', async () => {
    await ask('device/add', { id: 'shed', profile: 'coban/tk103', number: '+4915112345603' })
    await settled(() => picture.of('shed').includes('location'))
    await client.wait(({ topic }) => topic === 'smshub/shed/availability')
    await ask('device/rename', { id: 'shed', name: 'Garden shed' })
    await client.wait(({ json }) => json.dev?.name === 'Garden shed')
    await ask('device/update', { id: 'shed', homeassistant: { area: 'Garden', entities: { command_locate: false } } })
    await settled(() => !picture.of('shed').includes('command_locate'))
    await client.wait(({ json }) => json.dev?.name === 'Garden shed' && json.dev?.sa === 'Garden')
    await ask('device/update', { id: 'shed', profile: 'elbro/smsb-m21t', homeassistant: null })
    await settled(() => !picture.of('shed').includes('location'))
    await ask('device/remove', { id: 'shed' })
    await settled(() => picture.of('shed').length === 0)
    for (const topic of ['smshub/shed', 'smshub/shed/availability'])
      await client.wait((message) => message.topic === topic && message.text === '')
    expect(picture.complaints).toEqual([])
  })

  test('a device that was taken out of the file leaves in the same order', async () => {
    await restart([gate])
    await settled(() => picture.of('van').length === 0)
    await client.wait(({ topic, text }) => topic === 'smshub/van' && text === '')
    expect(picture.complaints).toEqual([])
  })

  test('a device that Home Assistant shall not see, then the hub as a whole', async () => {
    await restart([`${gate.slice(0, -1)}, homeassistant: false }`])
    await settled(() => picture.of('gate').length === 0)
    expect(picture.entities.size).toBeGreaterThan(0)
    await restart([gate])
    await settled(() => picture.of('gate').length > 0)
    await restart([gate], 'homeassistant: { discovery: none }')
    await settled(() => picture.entities.size === 0)
    expect(picture.complaints).toEqual([])
  })

  test('another prefix takes all of it along', async () => {
    const other = new Picture('ha')
    client.client.prependListener('message', (topic, payload) => other.see({ topic, text: payload.toString() }))
    await restart([gate])
    await settled(() => picture.of('gate').length > 0)
    await restart([gate], 'homeassistant: { prefix: ha }')
    await settled(() => picture.entities.size === 0 && other.of('gate').length > 0)
  })

  test('the hub is online again after another one on its topics has ended', async () => {
    await settled(() => saidOfTheHub().at(-1) === 'online')
    for (const payload of ['offline', 'nonsense', '']) {
      const before = saidOfTheHub().length
      await client.publish('smshub/bridge/state', payload, { retain: true })
      await settled(() => saidOfTheHub().length > before && saidOfTheHub().at(-1) === payload)
      await settled(() => saidOfTheHub().at(-1) === 'online')
    }
  })

  test('a hub that can have no HTTP port ends before the broker hears of it', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    const other = new HubProcess(temporaryFolder())
    const listen = `http: { listen: 127.0.0.1:${port} }`
    const config = `mqtt: { server: "${broker.url}", base_topic: elsewhere }\ndevices: { ${van} }\n${listen}\n`
    other.launch({ config })
    expect((await other.exited()).code).not.toBe(0)
    expect(other.stderr).toMatch(/http\.listen: port \d+ on 127\.0\.0\.1 is in use by another program/)
    await new Promise((resolve) => taken.close(resolve))
    await client.publish('test/marker', 'behind')
    await client.wait(({ topic, text }) => topic === 'test/marker' && text === 'behind')
    expect(client.received.filter(({ topic }) => topic.startsWith('elsewhere/'))).toEqual([])
  })

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'a dry run that ends by %s leaves nothing at the broker',
    async (signal) => {
      const before = await retained(broker.url)
      const dry = new HubProcess(temporaryFolder())
      const config = `mqtt: { server: "${broker.url}", client_id: hub }\ndevices: { ${van} }\nhttp: { enabled: false }\n`
      await dry.start({ config, args: ['--dry-run'] })
      await client.wait(({ topic, text }) => topic === 'smshub-dry-run/bridge/state' && text === 'online')
      await client.publish('smshub-dry-run/van/command/locate', 'PRESS')
      await client.wait(({ topic, json }) => topic === 'smshub-dry-run/van/result' && json.final === true)
      await (signal === 'SIGKILL' ? dry.kill() : dry.stop())
      await client.wait(({ topic, text }) => topic === 'smshub-dry-run/bridge/state' && text === 'offline')
      expect(await retained(broker.url)).toEqual(before)
      client.received.length = 0
    },
  )
})

/** Topics with something retained. */
async function retained(url: string): Promise<string[]> {
  const late = await TestClient.connect(url)
  await late.publish('test/marker', 'x')
  await late.wait(({ topic }) => topic === 'test/marker')
  await late.close()
  return late.received
    .filter(({ retain, text }) => retain && text !== '')
    .map(({ topic }) => topic)
    .sort()
}
