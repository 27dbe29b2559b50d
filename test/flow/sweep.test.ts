import { afterEach, describe, expect, test } from '@jest/globals'
import { hasMosquitto, mosquitto, type OtherBroker } from '../support/brokers.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { retained } from '../support/retained.ts'
import { hubYaml, startWorld, vanNumber } from '../support/world.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

const kinds: readonly { name: string; start: ((port: number) => Promise<OtherBroker>) | null }[] = [
  { name: 'the embedded broker', start: null },
  ...(hasMosquitto() ? [{ name: 'mosquitto', start: mosquitto }] : []),
]

const gate = 'devices:\n  gate: { profile: generic/text, number: "+4915112345601" }\n'
const van = `  van: { profile: coban/tk103, number: "${vanNumber}" }\n`

describe.each(kinds)('a device that was taken out of smshub.yaml while the hub was down, at $name', ({ start }) => {
  test.each(['device', 'components'])(
    'loses its announcements (%s), state, position and availability at the next start',
    async (discovery) => {
      const world = await startWorld()
      cleanUp.push(() => world.world.close())
      const port = await freePort()
      const url = `mqtt://127.0.0.1:${port}`
      const broker = start === null ? null : await start(port)
      cleanUp.push(() => broker?.stop())
      const folder = temporaryFolder()
      const mqtt = broker === null ? `{ broker: { listen: 127.0.0.1:${port} } }` : `{ server: "${url}" }`
      const yaml = (devices: string) =>
        hubYaml({ mqtt, path: world.path, devices, more: `homeassistant: { discovery: ${discovery} }` })
      const first = await startHub(yaml(gate + van), { folder })
      const client = await TestClient.connect(url)
      await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
      const text = 'lat: 55.807693 long: 037.730640 speed: 000.0 03/03/13 16:18   bat:F signal:F  imei:358948010446647'
      world.world.network.text({ from: vanNumber, to: '+491700000001', text })
      await client.wait(({ topic }) => topic === 'smshub/van/location')
      for (const id of ['van', 'gate'])
        await client.wait(({ topic }) => topic.startsWith('homeassistant/') && topic.includes(`_${id}/`))
      await client.wait(({ topic }) => topic === 'smshub/van/availability')
      // Somebody else's hub at the same broker, and a topic of it that looks alike.
      await client.publish('homeassistant/device/smshub_other_van/config', '{"o":{"name":"smshub"}}', { retain: true })
      await client.close()
      await first.hub.stop()
      const { hub } = await startHub(yaml(gate), { folder })
      cleanUp.push(() => hub.stop())
      const watcher = await TestClient.connect(url)
      await watcher.wait(({ topic, json }) => topic === 'smshub/bridge/devices' && json.total === 1)
      const left = async () =>
        (await retained(url)).filter((topic) => /(^smshub\/van|_van\/)/.test(topic) && !topic.includes('other'))
      await until(async () => (await left()).length === 0)
      const kept = await retained(url)
      expect(kept).toContain('homeassistant/device/smshub_other_van/config')
      expect(kept.some((topic) => topic.startsWith('homeassistant/') && topic.includes('_gate/'))).toBe(true)
      expect(kept).toEqual(expect.arrayContaining(['smshub/gate', 'smshub/gate/availability']))
      await watcher.close()
    },
  )
})

describe('an announcement at the broker that the store knows nothing of', () => {
  const runnable = hasMosquitto() ? test : test.skip
  runnable('finds at the broker what it had announced before, and takes back what is no more', async () => {
    const port = await freePort()
    const url = `mqtt://127.0.0.1:${port}`
    const broker = await mosquitto(port)
    cleanUp.push(() => broker.stop())
    const client = await TestClient.connect(url)
    const folder = temporaryFolder()
    const started = await startHub(`mqtt: { server: "${url}" }\n${gate}http: { enabled: false }`, { folder })
    const { topic } = await client.wait((message) => message.topic.includes('_gate/config'))
    const old = topic.replace('_gate/', '_gone/')
    await client.publish(old, '{"o":{"name":"smshub"}}', { retain: true })
    await started.hub.stop()
    client.received.length = 0
    const { hub } = await startHub(`mqtt: { server: "${url}" }\n${gate}http: { enabled: false }`, { folder })
    cleanUp.push(() => hub.stop())
    await client.wait((message) => message.topic === old && message.text === '')
    await client.close()
  })
})
