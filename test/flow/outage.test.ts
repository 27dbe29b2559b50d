import { afterEach, describe, expect, test } from '@jest/globals'
import { hasMosquitto, mosquitto, type OtherBroker } from '../support/brokers.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { fastClock, startHub } from '../support/hub.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { accepted, gateNumber, hubNumber, hubYaml, startWorld, type TestWorld, vanNumber } from '../support/world.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const position = (n: number) =>
  `lat: 55.8076${n} long: 037.730640 speed: 000.0 03/03/13 16:18   bat:F signal:F  imei:358948010446647`

interface Setting {
  readonly world: TestWorld
  readonly broker: OtherBroker
  readonly hub: HubProcess
  readonly config: string
}

const open: Setting[] = []

async function setting(): Promise<Setting> {
  const world = await startWorld()
  const broker = await mosquitto(await freePort())
  const config = hubYaml({ mqtt: `{ server: "${broker.url}", client_id: smshub-test }`, path: world.path })
  const made = { world, broker, hub: new HubProcess(temporaryFolder()), config }
  open.push(made)
  await made.hub.start({ config })
  return made
}

const cleanUp: (() => unknown)[] = []

afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo()
  for (const { hub, world, broker } of open.splice(0)) {
    await hub.kill()
    await broker.stop()
    await world.world.close()
  }
})

const withMosquitto = hasMosquitto() ? test : test.skip

describe('an external broker', () => {
  withMosquitto('that goes away loses nothing of what devices text meanwhile', async () => {
    const { world, broker, hub } = await setting()
    const reader = await TestClient.connect(broker.url, { clientId: 'reader', clean: false })
    await reader.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
    await broker.stop()
    for (let n = 10; n < 20; n++) world.world.network.text({ from: vanNumber, to: hubNumber, text: position(n) })
    const delivered = () => world.world.network.log.of('delivered').filter(({ to }) => to === hubNumber).length
    const { SM, ME } = world.world.modem.memories
    // Filed, and so gone from the SIM: the disk has them.
    await until(() => delivered() >= 10 && SM.used + ME.used === 0)
    expect(hub.running).toBe(true)
    await broker.start()
    for (let n = 10; n < 20; n++)
      await reader.wait(({ topic, json }) => topic === 'smshub/sms/received' && json.text === position(n))
    const ids = reader.received.filter(({ topic }) => topic === 'smshub/sms/received').map(({ json }) => json.id)
    expect(new Set(ids).size).toBe(10)
    await reader.close()
  })

  withMosquitto('that is away for an hour is told afterwards what ended meanwhile, and commands again', async () => {
    const broker = await mosquitto(await freePort())
    const url = broker.url
    // Six seconds of this machine are an hour of the hub; without a gateway its commands can only wait.
    const clock = fastClock(600)
    const { hub, log } = await startHub(
      `mqtt: { server: "${url}", client_id: smshub-hour }\ndevices:\n  box: { profile: generic/text, number: "${gateNumber}" }\nhttp: { enabled: false }`,
      { clock },
    )
    const reader = await TestClient.connect(url, { clientId: 'reader', clean: false })
    cleanUp.push(
      () => reader.close(),
      () => hub.stop(),
      () => broker.stop(),
    )
    await reader.wait(({ topic, text }) => topic === 'smshub/bridge/state' && text === 'online')
    await reader.publish('smshub/box/send', 'open the box')
    await reader.publish('smshub/sms/send', { to: gateNumber, text: 'short', id: 'half', ttl: 1_800 })
    await reader.wait(({ topic, json }) => topic === 'smshub/sms/status' && json.client_id === 'half')
    await broker.stop()
    const goneAt = clock.monotonic()
    await until(() => clock.monotonic() - goneAt > 7_000_000)
    await broker.start()
    const ended = await reader.wait(
      ({ topic, json }) => topic === 'smshub/sms/status' && json.client_id === 'half' && json.status === 'expired',
    )
    // It ended when its time was up, not when somebody could be told.
    const status = ({ topic, json }: { topic: string; json: Record<string, any> }) =>
      topic === 'smshub/sms/status' && json.client_id === 'half' && json.status === 'queued'
    const queued = await reader.wait(status)
    const lived = Date.parse(ended.json.at) - Date.parse(queued.json.at)
    expect(lived).toBeGreaterThanOrEqual(1_800_000)
    expect(lived).toBeLessThan(7_000_000)
    // What waited in the client goes out before the hub itself is ready.
    const connections = () => log.filter(({ message }) => message.startsWith('connected: ')).length
    await until(() => connections() >= 2)
    expect(connections()).toBe(2)
    await reader.publish('smshub/bridge/request/queue/list', '{}')
    const { json } = await reader.wait(({ topic }) => topic === 'smshub/bridge/response/queue/list')
    expect(json.data.commands).toMatchObject([{ device: 'box', status: 'queued' }])
  })

  withMosquitto('keeps a safe command for a hub that is away, and an unsafe one ends as too late', async () => {
    const { world, broker, hub, config } = await setting()
    const client = await TestClient.connect(broker.url)
    await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
    await hub.kill()
    await client.publish('smshub/gate/command/open', { id: 'stale' })
    await client.publish('smshub/boiler/get', { id: 'safe' })
    await hub.start({ config })
    const stale = await client.final('gate', ({ id }) => id === 'stale')
    expect(stale.json).toMatchObject({ status: 'expired', error: { code: 'ttl_expired' } })
    const safe = await client.final('boiler', ({ id }) => id === 'safe')
    expect(safe.json).toMatchObject({ status: 'replied', ok: true })
    expect(accepted(world.world, gateNumber)).toHaveLength(0)
    await client.publish('smshub/gate/command/open', { id: 'fresh' })
    expect((await client.final('gate', ({ id }) => id === 'fresh')).json).toMatchObject({ status: 'replied' })
    await client.close()
  })

  withMosquitto('sends again what a killed hub had not stored, and it becomes one command', async () => {
    for (const failpoint of ['submit.enqueue:before', 'submit.enqueue:after']) {
      const { world, broker, hub, config } = await setting()
      await hub.kill()
      await hub.start({ config, env: { SMSHUB_FAILPOINT: failpoint } })
      const client = await TestClient.connect(broker.url)
      await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
      await client.publish('smshub/boiler/command/relay', { id: failpoint, state: 'ON' })
      expect((await hub.exited()).signal).toBe('SIGKILL')
      await hub.start({ config })
      const { json } = await client.final('boiler', ({ id }) => id === failpoint)
      expect(json).toMatchObject({ status: 'replied', ok: true })
      await pause(500)
      expect(accepted(world.world).map(({ text }) => text)).toEqual(['0000#1'])
      await client.close()
    }
  })
})
