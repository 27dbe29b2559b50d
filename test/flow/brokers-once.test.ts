import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { QoS } from 'mqtt-packet'
import { aedes, hasMosquitto, mosquitto, type OtherBroker } from '../support/brokers.ts'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, hubYaml, startWorld, type TestWorld, vanNumber } from '../support/world.ts'

/** What a publish without an `id` makes is counted: with one, a second copy would be taken for a repetition. */
const kinds: readonly {
  readonly name: string
  readonly start: ((port: number) => Promise<OtherBroker>) | null
  readonly protocol: 4 | 5
  readonly mqtt?: string
  readonly base?: string
  readonly alias?: string
  /** aedes loses some of what is published at QoS 2 while it passes on something else; the hub's own broker mends it. */
  readonly levels?: readonly QoS[]
}[] = [
  { name: 'the embedded broker', start: null, protocol: 4 },
  ...(hasMosquitto()
    ? ([
        { name: 'mosquitto, MQTT 5', start: mosquitto, protocol: 5 },
        { name: 'mosquitto, MQTT 3.1.1', start: mosquitto, protocol: 4 },
        {
          name: 'mosquitto, MQTT 5, an alias and the discovery below the base topic',
          start: mosquitto,
          protocol: 5,
          base: 'homeassistant',
          alias: 'homeassistant/dialect',
        },
      ] as const)
    : []),
  { name: 'a broker of MQTT 3.1.1', start: aedes, protocol: 4, levels: [0, 1] },
]

const mum = '+4915112345699'
const dad = '+4915112345698'

/** Every topic in every form: how many commands it makes, and to whom its text goes. */
function forms(text: (form: string) => string, alias: string) {
  const [one, two] = [dad, vanNumber].map((number) => number.slice(1))
  return [
    { topic: 'gate/command/open', payload: 'PRESS', commands: 1 },
    { topic: 'gate/command/open', payload: '{"force": true}', commands: 1 },
    { topic: 'gate/command', payload: 'open', commands: 1 },
    { topic: 'gate/command', payload: '{"command": "open", "force": true}', commands: 1 },
    { topic: 'boiler/command', payload: '["status", {"command": "supply"}]', commands: 2 },
    { topic: 'gate/set', payload: 'OPEN', commands: 1 },
    { topic: 'gate/set', payload: '{"gate": "OPEN", "force": true}', commands: 1 },
    { topic: 'boiler/set/target_temperature', payload: '21', commands: 1 },
    { topic: 'boiler/set/target_temperature', payload: '{"value": 22}', commands: 1 },
    { topic: 'boiler/get', payload: '', commands: 1 },
    { topic: 'boiler/get/temperature', payload: '', commands: 1 },
    { topic: 'boiler/get', payload: '{"temperature": ""}', commands: 1 },
    { topic: 'van/send', payload: text('literal'), commands: 1, texts: [text('literal')] },
    { topic: `sms/send/${one}`, payload: text('by topic'), commands: 1, texts: [text('by topic')] },
    {
      topic: 'sms/send',
      payload: { to: 'mum', text: text('to a contact') },
      commands: 1,
      texts: [text('to a contact')],
    },
    {
      topic: 'sms/send',
      payload: { to: [`+${one}`, `+${two}`], text: text('list') },
      commands: 2,
      texts: [text('list'), text('list')],
    },
    {
      topic: 'sms/send',
      payload: { number: `${mum};${dad}`, message: text('two in a text') },
      commands: 2,
      texts: [text('two in a text'), text('two in a text')],
    },
    {
      topic: 'bridge/request/sms/send',
      payload: { to: mum, text: text('request') },
      commands: 1,
      texts: [text('request')],
    },
    {
      topic: `/${alias}/send`,
      payload: { number: mum, text: text('dialect') },
      commands: 1,
      texts: [text('dialect')],
    },
  ]
}

describe.each(kinds)(
  'through $name',
  ({ start, protocol, base = 'smshub', alias = 'sms2mqtt', levels = [0, 1, 2] }) => {
    let world: TestWorld
    let broker: OtherBroker | null
    let started: StartedHub
    let url: string
    let watcher: TestClient
    let sender: TestClient

    beforeAll(async () => {
      world = await startWorld()
      const port = await freePort()
      broker = start === null ? null : await start(port)
      url = `mqtt://127.0.0.1:${port}`
      const more = `contacts: { mum: "${mum}", dad: "${dad}" }\ncompat: { sms2mqtt: { prefix: "${alias}" } }`
      const mqtt =
        broker === null
          ? `{ base_topic: "${base}", broker: { listen: 127.0.0.1:${port} } }`
          : `{ base_topic: "${base}", server: "${broker.url}", protocol: ${protocol} }`
      started = await startHub(hubYaml({ mqtt, path: world.path, more }))
      watcher = await TestClient.connect(url)
      sender = await TestClient.connect(url, { protocolVersion: start === mosquitto ? 5 : 4 }, '')
      await watcher.wait(({ topic, text }) => topic === `${base}/gateway/home/availability` && text === 'online')
    })

    afterAll(async () => {
      await watcher?.close()
      await sender?.close()
      await started?.hub.stop()
      await broker?.stop()
      await world.world.close()
    })

    const made = () =>
      new Set(watcher.received.flatMap(({ json }) => (json.status === 'queued' || json.final ? [json.command_id] : [])))

    test.each(levels)(
      'each publish of QoS %s without an id, in every topic and form, is taken once',
      async (qos: QoS) => {
        const before = made().size
        const list = forms((form) => `${form} at QoS ${qos}`, alias)
        for (const { topic, payload } of list)
          await sender.publish(topic.startsWith('/') ? topic.slice(1) : `${base}/${topic}`, payload, { qos })
        const texts = list.flatMap((form) => form.texts ?? [])
        const seen = () => accepted(world.world).map(({ text }) => text as string)
        const sent = () => seen().filter((text) => texts.includes(text))
        const commands = list.reduce((sum, form) => sum + form.commands, 0)
        await watcher.until(() => made().size >= before + commands && sent().length >= texts.length)
        // A copy would come with the original: what is behind it in the queue has been sent.
        const last = `behind ${qos}`
        await watcher.publish(`${base}/sms/send`, { to: vanNumber, text: last, id: last })
        await watcher.wait(({ json }) => json.client_id === last && json.status === 'delivered')
        expect([...sent()].sort()).toEqual([...texts].sort())
        expect(made().size).toBe(before + commands + 1)
      },
    )
  },
)
