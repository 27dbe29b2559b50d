import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import { componentsOf } from '../homeassistant/client.ts'
import { hasJinja2, type Rendering, renderAll } from '../homeassistant/jinja2.ts'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, gateNumber, hubNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

const mum = '+4915112345699'

let world: TestWorld
let started: StartedHub
let client: TestClient
let transaction = 0

beforeAll(async () => {
  world = await startWorld()
  const port = await freePort()
  const more = `contacts: { mum: "${mum}" }\nrequests: { add_devices: true }\nsms: { region: DE }\n`
  started = await startHub(hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path: world.path, more }))
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
})

afterAll(async () => {
  await client.close()
  await started.hub.stop()
  await world.world.close()
})

async function ask(path: string, data: object): Promise<Record<string, any>> {
  const asked = ++transaction
  await client.publish(`smshub/bridge/request/${path}`, { ...data, transaction: asked })
  const { json } = await client.wait(
    ({ topic, json: answer }) => topic === `smshub/bridge/response/${path}` && answer.transaction === asked,
  )
  return json
}

describe('attack 3: a device that is added by MQTT', () => {
  test.each([
    '*21*0900123456#',
    '#31#+4915112345678',
    '*100#',
    '112',
    '+112',
    '110',
    '911',
    '999',
    '000',
    '+1',
    '++49',
    '+0151123456',
    '123456789012345678901',
    '+4915112345678,1',
    '+4915112345678\r\nATD112;',
    '',
  ])('has no number like %j', async (number) => {
    const row = { id: 'evil', profile: 'king-pigeon/rtu5024', variant: 'classic', number }
    expect(await ask('device/add', row)).toMatchObject({ status: 'error' })
    await client.publish('smshub/evil/command/ring', 'PRESS')
    await client.publish('smshub/sms/send', { to: number, text: 'x' })
    const { data } = await ask('device/list', {})
    expect(JSON.stringify(data)).not.toContain('evil')
    expect(accepted(world.world).filter(({ to }) => to !== gateNumber)).toEqual([])
  })
})

describe('attack 16: the sender of a text', () => {
  const text = 'Relay ON'
  const address = (number: string, ton: 'international' | 'national' | 'unknown' | 'alphanumeric') =>
    ({ number, ton, npi: ton === 'alphanumeric' ? 0 : 1 }) as const

  test.each([
    ['2345678', 'national', null],
    ['2345678', 'unknown', null],
    ['4915112345678', 'national', null],
    ['4315112345678', 'international', null],
    ['+4915112345', 'alphanumeric', null],
    ['gate', 'alphanumeric', null],
    ['4915112345678', 'international', 'gate'],
    ['4915112345678', 'unknown', 'gate'],
    ['015112345678', 'unknown', 'gate'],
  ] as const)('%s (%s) is of the device %s', async (number, ton, device) => {
    const before = client.received.length
    const { pdu } = encodePdu({
      type: 'deliver',
      smsc: { number: '491710760000', ton: 'international', npi: 1 },
      address: address(number, ton),
      dcs: 0,
      scts: world.world.network.time.stamp(),
      text: `${text} ${before}`,
    })
    world.world.network.deliver({ from: number, to: hubNumber, pdu })
    const { json } = await client.wait(
      ({ topic, json: got }) => topic === 'smshub/sms/received' && got.text === `${text} ${before}`,
    )
    expect(json.device).toBe(device)
  })
})

/** What becomes code where somebody forgets that it is a text. */
const hostile = [
  '<img src=x onerror=alert(1)>',
  '</script><script>alert("x")</script>',
  "{{ states('lock.gate') }}",
  '{% for i in range(9999999) %}x{% endfor %}',
  '{{ value_json.__class__ }} {# comment #}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text
  '${x} `id` $(id) %s %n',
  '"},"device":"gate","x":{"y":"',
  'it\'s \\ "quoted" \\u0041 \\n',
  '\u202eelbatsop\u2066 abc\u2069 שלום',
  'line\nline\r\n\ttab',
  '__proto__',
  'unknown',
  '12.0',
  'none',
]

describe('attack 42: a text of a stranger', () => {
  const arrived = async (from: string, text: string) => {
    const seen = client.received.length
    world.world.network.text({ from, to: hubNumber, text })
    return client.wait(
      (message) =>
        client.received.indexOf(message) >= seen &&
        message.topic === 'smshub/sms/received' &&
        message.json.text === text,
    )
  }

  test.each(hostile)('%j is published as it was typed, and is of nobody', async (text) => {
    const { json } = await arrived('+4915119999999', text)
    expect(json).toMatchObject({ from: '+4915119999999', device: null, text })
  })

  const inJinja = hasJinja2() ? test : test.skip
  inJinja('is shown as it was typed by the templates that Home Assistant gets, in Jinja itself', async () => {
    const { text: config } = await client.wait(
      ({ topic, text }) => /^homeassistant\/device\/.*\/config$/.test(topic) && text.includes('sms/received'),
    )
    const received = componentsOf(JSON.parse(config)).filter(
      ({ state_topic }: { state_topic?: string }) => state_topic === 'smshub/sms/received',
    )
    expect(received.map(({ platform }: { platform?: string }) => platform).sort()).toEqual(['event', 'sensor'])
    for (const { platform, value_template } of received) {
      const batch: Rendering[] = []
      for (const text of hostile) batch.push([value_template, (await arrived(mum, text)).text, {}])
      const rendered = renderAll(batch).map((one) => ('text' in one ? one.text : one.error))
      expect(rendered.map((shown) => (platform === 'sensor' ? shown : JSON.parse(shown).text))).toEqual(hostile)
    }
  })

  inJinja('that is typed in Home Assistant reaches a contact as it is', async () => {
    const { text: config } = await client.wait(
      ({ topic, text }) => /^homeassistant\/device\/.*\/config$/.test(topic) && text.includes('Text to mum'),
    )
    const [notify = {}] = componentsOf(JSON.parse(config)).filter(
      ({ platform }: { platform?: string }) => platform === 'notify',
    )
    const batch = hostile.map((value): Rendering => [notify.command_template, null, { value }])
    for (const one of renderAll(batch)) await client.publish(notify.command_topic, 'text' in one ? one.text : one.error)
    const sent = () => world.world.network.log.of('accepted').filter(({ to }) => to === mum)
    await client.until(() => sent().length >= hostile.length)
    expect(
      sent()
        .map(({ text }) => text)
        .sort(),
      // The alphabet of GSM has no tab.
    ).toEqual(hostile.map((text) => text.replace('\t', ' ')).sort())
  })
})
