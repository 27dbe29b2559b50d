import { afterEach, describe, expect, test } from '@jest/globals'
import mqtt from 'mqtt'
import { freePort } from '../support/folder.ts'
import { fastClock, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, boilerNumber, hubYaml, startWorld } from '../support/world.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

describe('a client that floods the embedded broker', () => {
  test('is throttled, then disconnected and refused, counted, and admitted again', async () => {
    const port = await freePort()
    const url = `mqtt://127.0.0.1:${port}`
    const limits = '{ publishes_per_second: 50, burst: 100 }'
    // Half a minute of patience and a minute outside take two seconds and four.
    const clock = fastClock(15)
    const { hub } = await startHub(
      `mqtt: { broker: { listen: 127.0.0.1:${port}, limits: ${limits} } }\nhttp: { enabled: false }`,
      { clock },
    )
    cleanUp.push(() => hub.stop())
    const watcher = await TestClient.connect(url, { clientId: 'watcher' }, 'smshub/bridge/#')
    cleanUp.push(() => watcher.close())
    const flood = await mqtt.connectAsync(url, { clientId: 'flood', reconnectPeriod: 0 })
    let acknowledged = 0
    const ended = new Promise<void>((resolve) => flood.once('close', () => resolve()))
    const began = clock.monotonic()
    const pump = setInterval(() => {
      for (let n = 0; n < 500 && flood.connected; n++)
        flood.publish('chat/noise', 'x', { qos: 1 }, (error) => {
          if (!error) acknowledged++
        })
    }, 50)
    cleanUp.push(() => clearInterval(pump))
    // Others are served meanwhile.
    for (let n = 0; n < 5; n++) {
      await watcher.publish('smshub/bridge/request/health_check', { transaction: n })
      await watcher.wait(({ topic, json }) => topic.endsWith('response/health_check') && json.transaction === n)
    }
    await ended
    clearInterval(pump)
    // What was acknowledged is what the limits allow: the burst, and so many a second for as long as it was borne with.
    expect(acknowledged).toBeLessThanOrEqual(100 + (50 * (clock.monotonic() - began)) / 1000)
    // CONNACK 3: server unavailable. Asked at once: the minute goes on.
    await expect(mqtt.connectAsync(url, { clientId: 'flood', reconnectPeriod: 0 })).rejects.toMatchObject({ code: 3 })
    const event = await watcher.wait(({ topic, json }) => topic === 'smshub/bridge/event' && json.type === 'refused')
    expect(event.json.data).toMatchObject({ client: 'flood', topic: 'chat/noise', reason: 'too many publishes' })
    await watcher.publish('smshub/bridge/request/health_check', { transaction: 'count' })
    const health = await watcher.wait(
      ({ topic, json }) => topic.endsWith('response/health_check') && json.transaction === 'count',
    )
    expect(health.json.data.mqtt_refused).toBeGreaterThan(0)
    let back: TestClient | null = null
    while (back === null) {
      await new Promise((resolve) => setTimeout(resolve, 250))
      const options = { clientId: 'flood', reconnectPeriod: 0 }
      back = await TestClient.connect(url, options, 'smshub/bridge/state').catch(() => null)
    }
    await back.wait(({ text }) => text === 'online')
    await back.close()
  })

  test('with commands gets a refusal for each one with when it may be repeated; commands of others are carried out', async () => {
    const { world, path } = await startWorld()
    cleanUp.push(() => world.close())
    const port = await freePort()
    const url = `mqtt://127.0.0.1:${port}`
    const yaml = hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path })
    const { hub } = await startHub(
      yaml.replace(/limits:.*/, 'limits: { client_per_hour: 10, device_queue: 5, device_per_day: none }'),
    )
    cleanUp.push(() => hub.stop())
    const flood = await TestClient.connect(url, { clientId: 'flood' }, 'smshub/+/result')
    cleanUp.push(() => flood.close())
    const ids = Array.from({ length: 400 }, (_, n) => `n${n}`)
    await Promise.all(ids.map((id) => flood.publish('smshub/van/send', { id, text: id }, {})))
    const first = () => flood.results('van').filter(({ status }) => status === 'queued' || status === 'rejected')
    await flood.until(() => first().length >= ids.length)
    const refused = first().filter(({ status }) => status === 'rejected')
    const codes = new Set(refused.map(({ error }) => error.code))
    expect([...codes].sort()).toEqual(['queue_full', 'rate_limited'].filter((code) => codes.has(code)))
    expect(codes.size).toBeGreaterThan(0)
    for (const { error, final } of refused)
      expect({ final, retryable: error.retryable }).toEqual({ final: true, retryable: true })
    expect(first().length - refused.length).toBeLessThanOrEqual(10)
    const other = await TestClient.connect(url, { clientId: 'other' }, 'smshub/+/result')
    cleanUp.push(() => other.close())
    await other.publish('smshub/boiler/set/target_temperature', '21')
    expect((await other.final('boiler')).json).toMatchObject({ status: 'replied', ok: true })
    expect(accepted(world, boilerNumber)).toHaveLength(1)
  })
})
