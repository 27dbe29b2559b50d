import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { hasMosquitto, mosquitto, type OtherBroker } from '../support/brokers.ts'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, hubNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

const kinds: readonly { name: string; start: ((port: number) => Promise<OtherBroker>) | null }[] = [
  { name: 'the embedded broker', start: null },
  ...(hasMosquitto() ? [{ name: 'mosquitto', start: mosquitto }] : []),
]

describe.each(kinds)('automations made for sms2mqtt go on at $name', ({ start }) => {
  let world: TestWorld
  let started: StartedHub
  let broker: OtherBroker | null
  let client: TestClient
  const [mum, dad] = ['+4915112345701', '+4915112345702']

  beforeAll(async () => {
    world = await startWorld()
    const port = await freePort()
    broker = start === null ? null : await start(port)
    const mqtt = broker === null ? `{ broker: { listen: 127.0.0.1:${port} } }` : `{ server: "${broker.url}" }`
    const more = `compat: { sms2mqtt: {} }\ncontacts: { mum: "${mum}", dad: "${dad}" }`
    started = await startHub(hubYaml({ mqtt, path: world.path, more }))
    client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
    await client.wait(({ topic, text }) => topic === 'sms2mqtt/connected' && text === '1')
  })

  afterAll(async () => {
    await client.close()
    await started.hub.stop()
    await broker?.stop()
    await world.world.close()
  })

  test('a text to several numbers is sent, and each is published as sent', async () => {
    await client.publish('sms2mqtt/send', { Number: `${mum};${dad}`, TEXT: 'dinner is ready' })
    for (const number of [mum, dad]) {
      const { json } = await client.wait((one) => one.topic === 'sms2mqtt/sent' && one.json.number === number)
      expect(json).toMatchObject({ result: 'success', number, text: 'dinner is ready' })
      expect(json.datetime).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(client.received.filter(({ topic }) => topic === 'sms2mqtt/sent')).toHaveLength(2)
    expect(accepted(world.world, mum)).toHaveLength(1)
  })

  test('a refused number names both remedies', async () => {
    await client.publish('sms2mqtt/send', { number: '+4915119999999', text: 'hello' })
    const { json } = await client.wait((one) => one.topic === 'sms2mqtt/sent' && one.json.number === '+4915119999999')
    expect(json.result).toMatch(/^error : .*contacts:.*destinations: any/)
  })

  test('what is no such JSON comes back with the reason', async () => {
    await client.publish('sms2mqtt/send', 'hello')
    const { json } = await client.wait((one) => one.topic === 'sms2mqtt/sent' && one.json.payload === 'hello')
    expect(json.result).toMatch(/^error : /)
    const open = '{ "number": "1", "private": false }'
    await client.publish('sms2mqtt/send', open)
    await client.wait((one) => one.topic === 'sms2mqtt/sent' && one.json.payload === open)
  })

  test('a private text is sent and not said, be it refused', async () => {
    await client.publish('sms2mqtt/send', { number: dad, text: 'code 481516', private: true })
    await client.wait((one) => one.topic === 'sms2mqtt/sent' && one.json.number === dad && one.json.text === '')
    await client.publish('sms2mqtt/send', { number: dad, message: 'code 481516', private: true })
    await client.wait(
      (one) => one.topic === 'sms2mqtt/sent' && one.json.number === undefined && !('payload' in one.json),
    )
    const said = client.received.filter(({ topic, text }) => topic !== 'sms2mqtt/send' && text.includes('481516'))
    expect(said).toEqual([])
  })

  test('a received text is published', async () => {
    world.world.network.text({ from: mum, to: hubNumber, text: 'on my way' })
    const { json } = await client.wait(({ topic }) => topic === 'sms2mqtt/received')
    expect(json).toMatchObject({ number: mum, text: 'on my way' })
    expect(json.datetime).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  })

  test('the signal is there, retained', async () => {
    const { json } = await client.wait(({ topic }) => topic === 'sms2mqtt/signal')
    expect(typeof json.SignalStrength).toBe('number')
    expect(typeof json.SignalPercent).toBe('number')
  })
})
