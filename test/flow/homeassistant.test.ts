import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { componentsOf, pressesOf, wrongState } from '../homeassistant/client.ts'
import { hasJinja2, type Rendering, renderAll } from '../homeassistant/jinja2.ts'
import { problemsOf } from '../homeassistant/validator.ts'
import { hasMosquitto, mosquitto, type OtherBroker } from '../support/brokers.ts'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import {
  accepted,
  boilerNumber,
  gateNumber,
  hubNumber,
  hubYaml,
  startWorld,
  type TestWorld,
  vanNumber,
} from '../support/world.ts'

const kinds: readonly { name: string; start: ((port: number) => Promise<OtherBroker>) | null; version: 4 | 5 }[] = [
  { name: 'the embedded broker', start: null, version: 4 },
  ...(hasMosquitto() ? [{ name: 'mosquitto', start: mosquitto, version: 5 as const }] : []),
]

const inJinja = hasJinja2() ? test : test.skip

describe.each(kinds)('a client that plays Home Assistant at $name', ({ start, version }) => {
  let world: TestWorld
  let broker: OtherBroker | null
  let started: StartedHub
  let client: TestClient
  let transaction = 0

  const yaml = (port: number, url: string | undefined) =>
    hubYaml({
      mqtt: url === undefined ? `{ broker: { listen: 127.0.0.1:${port} } }` : `{ server: "${url}" }`,
      path: world.path,
      more: 'contacts: { mum: "+4915112345699" }\nrequests: { add_devices: true, allowed_prefixes: ["+49151"] }',
    })

  /** Asks the hub over `bridge/request` and waits for the answer. */
  async function ask(path: string, data: object | string = {}): Promise<Record<string, any>> {
    const number = ++transaction
    await client.publish(
      `smshub/bridge/request/${path}`,
      typeof data === 'string' ? data : { ...data, transaction: number },
    )
    const { json } = await client.wait(
      (message) =>
        message.topic === `smshub/bridge/response/${path}` &&
        (typeof data === 'string' || message.json.transaction === number),
    )
    return json
  }

  const config = async (device: string) => {
    const { text, topic } = await client.wait(
      (message) =>
        message.topic.startsWith('homeassistant/device/') &&
        message.topic.endsWith(`_${device}/config`) &&
        message.text !== '',
    )
    return { topic, text, components: componentsOf(JSON.parse(text)) }
  }

  beforeAll(async () => {
    world = await startWorld()
    const port = await freePort()
    broker = start === null ? null : await start(port)
    started = await startHub(yaml(port, broker?.url), { setLogLevel: () => {} })
    client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, { protocolVersion: version })
    await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
  })

  afterAll(async () => {
    await client.close()
    await started.hub.stop()
    await broker?.stop()
    await world.world.close()
  })

  test('finds the hub, its gateway and every device, all of them valid and with states it knows', async () => {
    for (const device of ['gate', 'van', 'boiler', 'gateway_home']) await config(device)
    const documents = client.received.filter(({ topic }) => topic.startsWith('homeassistant/'))
    expect(documents.flatMap(({ topic, text }) => problemsOf(topic, text))).toEqual([])
    const topics = new Map(client.received.map(({ topic, text }) => [topic, text]))
    for (const { text } of documents) {
      for (const component of componentsOf(JSON.parse(text))) {
        const state = topics.get(component.state_topic ?? component.json_attributes_topic ?? '')
        if (state?.startsWith('{')) expect(wrongState(component, state)).toBeNull()
        for (const { topic } of component.availability) if (topics.has(topic)) expect(topics.get(topic)).toBe('online')
      }
    }
  })

  inJinja(
    'finds in Jinja itself that every template of the hub, its gateway and its devices has its keys',
    async () => {
      await client.wait(({ topic }) => topic === 'smshub/bridge/health')
      const published = new Map(client.received.map(({ topic, text }) => [topic, text]))
      const documents = [...published].filter(([topic, text]) => topic.startsWith('homeassistant/') && text !== '')
      const batch = documents.flatMap(([, text]) =>
        componentsOf(JSON.parse(text)).flatMap((component): Rendering[] => {
          const payload = published.get(component.state_topic ?? '')
          const template = component.value_template ?? component.state_value_template
          return template === undefined || payload === undefined ? [] : [[template, payload, {}]]
        }),
      )
      expect(batch.map(([template]) => template)).toEqual(
        expect.arrayContaining([
          '{{ value_json.queue_paused }}',
          '{{ value_json.log_level }}',
          '{{ value_json.balance }}',
        ]),
      )
      expect(renderAll(batch).filter((one) => 'error' in one)).toEqual([])
    },
  )

  test('pauses the queue, and sees that it is paused', async () => {
    const hub = client.received.find(({ topic }) => /device\/smshub_[0-9a-f]+\/config$/.test(topic))
    const parts = componentsOf(hub?.json ?? {})
    const press = async (key: string) => {
      const [one] = pressesOf(parts.find((part) => part.key === key) ?? {})
      client.received.length = 0
      await client.publish(one?.topic ?? '', one?.payload ?? '')
    }
    await press('pause_queue')
    await client.wait(({ topic, json }) => topic === 'smshub/bridge/health' && json.queue_paused === true)
    await press('resume_queue')
    await client.wait(({ topic, json }) => topic === 'smshub/bridge/health' && json.queue_paused === false)
    await client.publish('homeassistant/status', 'online')
    await client.wait(({ topic, text }) => /device\/smshub_[0-9a-f]+\/config$/.test(topic) && text !== '')
    // The states behind the documents too: what is left of it must not be taken for the next one.
    await client.wait(({ topic }) => topic === 'smshub/boiler')
  })

  test('presses the gate’s button, and a text opens it', async () => {
    const { components } = await config('gate')
    const gate = components.find(({ key }) => key === 'gate')
    const [press] = pressesOf(gate ?? {})
    await client.publish(press?.topic ?? '', press?.payload ?? '')
    await client.final('gate', ({ property }) => property === 'gate')
    expect(accepted(world.world, gateNumber).map(({ text }) => text)).toEqual(['1234CC'])
    const last = components.find(({ key }) => key === 'last_command')
    for (const result of client.results('gate')) expect(wrongState(last ?? {}, JSON.stringify(result))).toBeNull()
  })

  test('texts a contact', async () => {
    const hub = client.received.find(({ topic }) => /device\/smshub_[0-9a-f]+\/config$/.test(topic))
    const notify = componentsOf(hub?.json ?? {}).find(({ key }) => key === 'contact_mum')
    expect(notify?.command_topic).toBe('smshub/sms/send')
    await client.publish('smshub/sms/send', '{"to": "mum", "text": "come \\"home\\""}')
    const told = await client.wait(({ topic, json }) => topic === 'smshub/sms/status' && json.to === '+4915112345699')
    expect(told.json.status).toBe('queued')
  })

  test('a position becomes a tracker’s attributes, and what comes later shows no time of its own', async () => {
    const { components } = await config('van')
    const tracker = components.find(({ platform }) => platform === 'device_tracker')
    const text = 'lat: 55.807693 long: 037.730640 speed: 000.0 03/03/13 16:18   bat:F signal:F  imei:358948010446647'
    world.world.network.text({ from: vanNumber, to: hubNumber, text })
    const { json } = await client.wait(({ topic }) => topic === tracker?.json_attributes_topic)
    expect(json).toMatchObject({ latitude: 55.807693, longitude: 37.73064 })
    // What the device reports of itself stands on its page in Home Assistant from then on.
    await client.wait(({ topic, json: { dev } }) => topic.endsWith('_van/config') && dev?.sn === '358948010446647')
  })

  test('publishes its birth message, and everything is published again: documents, then states', async () => {
    client.received.length = 0
    await client.publish('homeassistant/status', 'online')
    await config('gate')
    for (const state of ['smshub/gate/availability', 'smshub/gate', 'smshub/van'])
      await client.wait(({ topic }) => topic === state)
    const order = client.received.map(({ topic }) => topic)
    expect(order.findIndex((topic) => topic.endsWith('_gate/config'))).toBeLessThan(order.indexOf('smshub/gate'))
  })

  test('a device that is added, renamed and removed at run time comes, changes and goes', async () => {
    const shed = { id: 'shed', profile: 'elbro/smsb-m21t', number: '+4915112345681', name: 'Shed' }
    expect(await ask('device/add', shed)).toMatchObject({ status: 'ok', data: { ids: ['shed'] } })
    const { text, topic } = await config('shed')
    expect(JSON.parse(text).dev.name).toBe('Shed')
    await client.wait(({ topic: seen }) => seen === 'smshub/shed')
    await client.wait(({ json }) => json.type === 'device_added' && json.data.device === 'shed')
    await client.wait(({ topic: seen, text: online }) => seen === 'smshub/shed/availability' && online === 'online')
    await client.wait(({ topic: seen, json }) => seen === 'smshub/bridge/devices' && json.total === 4)
    expect(await ask('device/rename', { id: 'shed', name: 'Garden shed' })).toMatchObject({ status: 'ok' })
    await client.wait(({ text: changed }) => changed.includes('"Garden shed"') && changed.includes('"dev"'))
    expect(await ask('device/remove', 'shed')).toMatchObject({ status: 'ok' })
    for (const gone of [topic, 'smshub/shed', 'smshub/shed/availability'])
      await client.wait((message) => message.topic === gone && message.text === '')
    const late = await TestClient.connect(`${client.client.options.protocol}://127.0.0.1:${client.client.options.port}`)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(late.received.filter(({ topic: kept }) => kept.includes('shed'))).toEqual([])
    await late.close()
  })

  test('lists of devices are added all or none', async () => {
    const row = (id: string, number: string) => ({ id, profile: 'elbro/smsb-m21t', number })
    const twice = [row('a1', '+4915112345690'), row('a2', '+4915112345690')]
    expect(await ask('device/add', { devices: twice })).toMatchObject({ status: 'error', data: {} })
    expect((await ask('device/get', { id: 'a1' })).error_code).toBe('unknown_device')
    const good = [row('a1', '+4915112345690'), row('a2', '+4915112345691')]
    expect(await ask('device/add', { devices: good })).toMatchObject({ status: 'ok', data: { ids: ['a1', 'a2'] } })
    expect(await ask('device/remove', { ids: ['a1', 'a2'] })).toMatchObject({ status: 'ok' })
  })

  test.each([
    ['nonsense', {}, /there is no request "nonsense"/],
    ['device/ad', {}, /did you mean "device\/add"/],
    ['device/add', { id: 'x' }, /profile/],
    ['device/add', { id: '__proto__', profile: 'generic/text', number: '+491511' }, /small letters/],
    [
      'device/add',
      { id: 'secret', profile: 'king-pigeon/rtu5024', number: '+4915112345692', settings: { password: '9999' } },
      /secrets are not taken over MQTT/,
    ],
    ...['*21*0900123456#', '#31#+4915112345678', '112', '911', '+1', '++49', '+49151123456789012345'].map(
      (number) => ['device/add', { id: 'evil', profile: 'generic/text', number }, /number|prefix/] as const,
    ),
    ['device/add', { id: 'abroad', profile: 'generic/text', number: '+882123456789' }, /allowed_prefixes/],
    ['device/remove', { id: 'gate' }, /smshub\.yaml/],
    ['device/remove', {}, /id|ids/],
    ['sms/cancel', { id: 'cmd_nobody' }, /there is no command/],
    ['device/list', { page: 'many' }, /page/],
  ])('the request %s %j is answered with what is wrong', async (path, data, expected) => {
    const json = await ask(path, data)
    expect(json).toMatchObject({ status: 'error', data: {} })
    expect(json.error).toMatch(expected)
    expect(typeof json.error_code).toBe('string')
  })

  test('requests query, command and cancel', async () => {
    expect((await ask('health_check')).data).toMatchObject({ mqtt: 'connected', gateways: { home: 'ready' } })
    expect((await ask('device/list', { limit: 2 })).data).toMatchObject({ page: 1, pages: 2, total: 3 })
    expect((await ask('gateway/list')).data.gateways[0]).toMatchObject({ id: 'home', status: 'ready' })
    const { data } = await ask('device/command', { device: 'boiler', command: 'status' })
    const [{ id }] = data.commands
    const { json } = await client.final('boiler', ({ command_id }) => command_id === id)
    expect(json.status).toBe('replied')
    expect((await ask('sms/get', { id })).data).toMatchObject({ command_id: id, status: 'replied' })
    expect((await ask('sms/cancel', { id })).error).toMatch(/replied already/)
    expect(accepted(world.world, boilerNumber).length).toBeGreaterThan(0)
  })

  test('malformed requests are answered, and the hub lives', async () => {
    for (const payload of ['{"id": ', '\u0000', '[]', '"x"', 'x'.repeat(70_000)]) {
      const seen = client.received.filter(({ topic }) => topic === 'smshub/bridge/response/device/add').length
      await client.publish('smshub/bridge/request/device/add', payload)
      await client.wait(
        () => client.received.filter(({ topic }) => topic === 'smshub/bridge/response/device/add').length > seen,
      )
    }
    expect((await ask('health_check')).status).toBe('ok')
  })

  test('a modem that is unplugged is an event, and the gate’s own button stays', async () => {
    world.world.modem.unplug()
    await client.wait(({ topic, json }) => topic === 'smshub/bridge/event' && json.type === 'gateway_lost')
    const { components } = await config('gate')
    const gate = components.find(({ key }) => key === 'gate')
    expect(gate?.availability.map(({ topic }: { topic: string }) => topic)).toEqual(['smshub/bridge/state'])
    world.world.modem.plugIn()
    await client.wait(({ topic, json }) => topic === 'smshub/bridge/event' && json.type === 'gateway_back')
  })

  test('everything is taken back on request', async () => {
    client.received.length = 0
    expect(await ask('homeassistant/clear')).toMatchObject({ status: 'ok' })
    for (const device of ['gate', 'van', 'boiler'])
      await client.wait(({ topic, text }) => topic.endsWith(`_${device}/config`) && text === '')
  })
})
