import { afterEach, describe, expect, test } from '@jest/globals'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { freePort } from '../support/folder.ts'
import { startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { SimulatedBroker, SimulatedClock, SimulatedHub } from '../support/simulation.ts'
import { accepted, gateNumber, hubNumber, hubYaml, startWorld } from '../support/world.ts'

const hour = 3_600_000

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

async function start(limits: string) {
  const { world, path } = await startWorld()
  cleanUp.push(() => world.close())
  const port = await freePort()
  const yaml = hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path })
  const { hub } = await startHub(yaml.replace(/limits:.*/, `limits: ${limits}`))
  cleanUp.push(() => hub.stop())
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, { clientId: 'one' })
  cleanUp.push(() => client.close())
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
  return { world, client, port }
}

/** Publishes `texts` one after the other and answers how each was first met: taken in or refused. */
async function say(client: TestClient, texts: readonly string[], extra: object = {}) {
  const outcomes: Record<string, any>[] = []
  for (const id of texts) {
    await client.publish('smshub/sms/send', { to: gateNumber, text: id, id, ...extra })
    outcomes.push((await client.wait(({ topic, json }) => topic === 'smshub/sms/status' && json.client_id === id)).json)
  }
  return outcomes
}

describe('the phone bill is bounded', () => {
  test('by the hour for a client, with the last fifth kept for what is urgent', async () => {
    const { world, client, port } = await start('{ client_per_hour: 5, device_per_day: none, gateway_per_day: none }')
    const usual = await say(client, ['a', 'b', 'c', 'd', 'e'])
    expect(usual.map(({ status }) => status)).toEqual(['queued', 'queued', 'queued', 'queued', 'rejected'])
    expect(usual[4]?.error).toMatchObject({
      code: 'rate_limited',
      retryable: true,
      message: /client.*hour|hour.*client/i,
    })
    expect(Date.parse(usual[4]?.error.details.frees_at)).toBeGreaterThan(Date.now())
    const urgent = await say(client, ['f', 'g'], { priority: 'high' })
    expect(urgent.map(({ status }) => status)).toEqual(['queued', 'rejected'])
    // Another client has an hour of its own.
    const other = await TestClient.connect(`mqtt://127.0.0.1:${port}`, { clientId: 'two' })
    cleanUp.push(() => other.close())
    expect((await say(other, ['h']))[0]).toMatchObject({ status: 'queued' })
    await client.until(() => accepted(world, gateNumber).length === 6)
  })

  test('by the day for a device, whoever asks', async () => {
    const { client } = await start('{ client_per_hour: none, device_per_day: 5, gateway_per_day: none }')
    for (const text of ['a', 'b', 'c', 'd', 'e']) await client.publish('smshub/gate/send', text)
    const { json } = await client.wait(({ json: result }) => result.status === 'rejected')
    expect(json.error).toMatchObject({ code: 'rate_limited', message: expect.stringMatching(/device:gate/) })
    expect(client.results('gate').filter(({ status }) => status === 'queued')).toHaveLength(4)
  })

  /** A hub in simulated time whose gateway has these limits. */
  async function simulated(limits: string, ofGateway = '') {
    const clock = new SimulatedClock(1)
    const network = new SimulatedNetwork({ clock })
    const modem = new SimulatedModem({ network, number: hubNumber })
    // Somebody takes them: reports of failure end a text before its last part is sent.
    new SimulatedDevice({ network, number: gateNumber, answerer: { answer: () => [] } })
    const broker = new SimulatedBroker(clock)
    const yaml = hubYaml({ mqtt: '{}', path: 'simulated' })
      .replace(/limits:.*/, `limits: ${limits}`)
      .replace('type: modem,', `type: modem, ${ofGateway}`)
    const hub = new SimulatedHub(yaml, clock, broker, modem)
    await hub.start()
    cleanUp.push(() => hub.kill())
    const press = (text: string) =>
      broker.press('sms/send', JSON.stringify({ to: gateNumber, text, ttl: 129_600, priority: 'high' }))
    const acceptedBy = () => network.log.of('accepted').filter(({ to }) => to === gateNumber).length
    return { clock, network, hub, press, acceptedBy }
  }
  const none = '{ client_per_hour: none, device_per_day: none, gateway_per_day: none }'

  test.each([
    ['the limit of all gateways', '{ gateway_per_day: 2 }', ''],
    ['a limit of its own', none, 'limits: { day: 2 },'],
  ])(
    'by the day for a SIM, by %s: what is over waits, and goes out when the day is over',
    async (_, limits, ofGateway) => {
      const { clock, press, acceptedBy } = await simulated(limits, ofGateway)
      for (const text of ['a', 'b', 'c']) press(text)
      await clock.advance(22 * hour)
      expect(acceptedBy()).toBe(2)
      await clock.advance(4 * hour)
      expect(acceptedBy()).toBe(3)
    },
  )

  test('by the month for a SIM, whatever restarts in between', async () => {
    const { clock, hub, press, acceptedBy } = await simulated(none, 'limits: { month: 3 },')
    for (const text of ['a', 'b', 'c', 'd']) press(text)
    await clock.advance(hour)
    expect(acceptedBy()).toBe(3)
    await hub.kill()
    await clock.advance(28 * 24 * hour)
    await hub.start()
    press('e')
    await clock.advance(hour)
    expect(acceptedBy()).toBe(3)
    await hub.kill()
    await clock.advance(2 * 24 * hour)
    await hub.start()
    press('f')
    await clock.advance(hour)
    expect(acceptedBy()).toBe(4)
  })

  test('by the minute for a SIM, in segments: a text longer than that goes alone and holds nobody up', async () => {
    const { clock, network, press } = await simulated(none, 'limits: { minute: 3 },')
    press('x'.repeat(600))
    for (const text of ['a', 'b', 'c', 'd']) press(text)
    await clock.advance(5 * 60_000)
    const at = network.log.of('accepted').flatMap(({ to, at }) => (to === gateNumber ? [at] : []))
    expect(at).toHaveLength(8)
    // The four parts of the long one, then never more than three in a minute.
    expect((at[4] as number) - (at[0] as number)).toBeGreaterThan(50_000)
    expect((at[7] as number) - (at[4] as number)).toBeGreaterThan(50_000)
  })
})
