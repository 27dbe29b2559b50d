import { afterEach, describe, expect, test } from '@jest/globals'
import type { Clock } from '../../src/util/clock.ts'
import { Picture } from '../homeassistant/picture.ts'
import { hasMosquitto, mosquitto } from '../support/brokers.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { retained } from '../support/retained.ts'
import { testClock } from '../support/world.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

const gateway = (id: string) => `${id}: { type: modem, path: /dev/nowhere/${id} }`
const shed = 'shed: { profile: coban/tk103, number: "+4915112345603" }'

interface Configured {
  readonly gateways: readonly string[]
  readonly devices?: readonly string[]
  readonly more?: string
}

const before: Configured = { gateways: ['kept', 'old'], devices: [shed], more: 'compat: { sms2mqtt: {} }' }
const after: Configured = { gateways: ['kept'] }

/** A hub on one folder and one broker, started again and again. */
function hubAt(mqtt: string) {
  const folder = temporaryFolder()
  return async ({ gateways, devices = [], more = '' }: Configured, clock: Clock = testClock) => {
    const yaml = `mqtt: ${mqtt}\ngateways: { ${gateways.map(gateway).join(', ')} }\ndevices: { ${devices.join(', ')} }\nhttp: { enabled: false }\n${more}\n`
    const { hub } = await startHub(yaml, { folder, clock })
    let stopped = false
    const stop = async () => {
      if (!stopped) await hub.stop()
      stopped = true
    }
    cleanUp.push(stop)
    return stop
  }
}

/** Real time in which no second ends by itself. Those that begin behind the look at the broker's topics are counted. */
function heldSeconds(): { readonly clock: Clock; release(): void; begun(): number } {
  const waiting: (() => void)[] = []
  let begun = Number.NaN
  const clock: Clock = {
    ...testClock,
    after: (ms, callback) => {
      if (ms === 5_000)
        return testClock.after(ms, () => {
          begun = 0
          callback()
        })
      if (ms !== 1_000) return testClock.after(ms, callback)
      begun++
      waiting.push(callback)
      return { cancel: () => void waiting.splice(waiting.indexOf(callback) >>> 0, 1) }
    },
  }
  return {
    clock,
    begun: () => begun,
    release: () => {
      for (const callback of waiting.splice(0)) callback()
    },
  }
}

const ofTheOld = (topics: readonly string[]) =>
  topics.filter((topic) => /gateway[/_]old|sms2mqtt|shed/.test(topic)).sort()

describe.each([
  { name: 'the embedded broker', external: false },
  ...(hasMosquitto() ? [{ name: 'mosquitto', external: true }] : []),
])('what was taken out of the configuration, at $name', ({ external }) => {
  test('leaves nothing retained: gateways, devices and other dialects alike', async () => {
    const port = await freePort()
    const url = `mqtt://127.0.0.1:${port}`
    if (external) {
      const broker = await mosquitto(port)
      cleanUp.push(() => broker.stop())
    }
    const start = hubAt(external ? `{ server: "${url}" }` : `{ broker: { listen: 127.0.0.1:${port} } }`)
    const stop = await start(before)
    const watcher = await TestClient.connect(url)
    for (const topic of ['smshub/gateway/old', 'smshub/gateway/old/availability', 'smshub/shed', 'sms2mqtt/connected'])
      await watcher.wait((message) => message.topic === topic && message.text !== '')
    await watcher.wait(({ topic, text }) => /device\/smshub_\w+_shed\/config$/.test(topic) && text !== '')
    await watcher.close()
    expect(ofTheOld(await retained(url)).length).toBeGreaterThan(5)
    await stop()

    await start(after)
    const late = await TestClient.connect(url)
    cleanUp.push(() => late.close())
    await until(async () => ofTheOld(await retained(url)).length === 0)
    expect(await retained(url)).toEqual(
      expect.arrayContaining(['smshub/gateway/kept', 'smshub/gateway/kept/availability']),
    )
  })
})

const described = hasMosquitto() ? test : test.skip

described('Home Assistant drops the entities of what is gone before their topics are emptied', async () => {
  const broker = await mosquitto(await freePort())
  cleanUp.push(() => broker.stop())
  const picture = new Picture()
  const client = await TestClient.connect(broker.url)
  client.client.prependListener('message', (topic, payload) => picture.see({ topic, text: payload.toString() }))
  cleanUp.push(() => client.close())
  const start = hubAt(`{ server: "${broker.url}" }`)
  const stop = await start(before)
  await client.until(() => picture.of('gateway_old').length > 0 && picture.of('shed').length > 0)
  await client.wait(({ topic }) => topic === 'smshub/gateway/old')
  await stop()

  const seconds = heldSeconds()
  await start({ gateways: [] }, seconds.clock)
  await client.until(() => picture.of('gateway_old').length === 0 && picture.of('shed').length === 0)
  await until(() => seconds.begun() > 0)
  await client.publish('test/marker', 'held')
  await client.wait(({ text }) => text === 'held')
  const emptied = () =>
    client.received.filter(({ topic, text }) => /^smshub\/(shed|gateway\/old)/.test(topic) && text === '').length
  expect(emptied()).toBe(0)
  while (emptied() < 4) {
    seconds.release()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(picture.complaints).toEqual([])
})

described('what was announced in the other shape is taken back once', async () => {
  const broker = await mosquitto(await freePort())
  cleanUp.push(() => broker.stop())
  const client = await TestClient.connect(broker.url)
  cleanUp.push(() => client.close())
  const start = hubAt(`{ server: "${broker.url}" }`)
  const stop = await start({ gateways: [], devices: [shed] })
  const document = ({ topic }: { readonly topic: string }) => /device\/smshub_\w+_shed\/config$/.test(topic)
  await client.wait((message) => document(message) && message.text !== '')
  await stop()

  const seconds = heldSeconds()
  await start({ gateways: [], devices: [shed], more: 'homeassistant: { discovery: components }' }, seconds.clock)
  await until(() => seconds.begun() > 0)
  await client.wait((message) => document(message) && message.text === '')
  await client.publish('test/marker', 'behind')
  await client.wait(({ text }) => text === 'behind')
  expect(client.received.filter((message) => document(message) && message.text === '')).toHaveLength(1)
  seconds.release()
})
