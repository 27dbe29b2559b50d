import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { hubYaml, startWorld, type TestWorld } from '../support/world.ts'

/**
 * The broker acknowledges what clients publish to each other a commit before the disk has it. A command is acknowledged
 * behind its own commit, so behind what was written before it.
 */
async function committed(client: TestClient): Promise<void> {
  for (let n = 0; n < 4; n++) {
    await client.publish('smshub/nobody/get', '')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** What the hub's own broker acknowledged outlives the hub, as with any other broker that keeps its data. */
describe('the embedded broker that is killed', () => {
  let world: TestWorld
  let hub: HubProcess
  let config: string
  let url: string

  const reader = (filter: string) => TestClient.connect(url, { clientId: 'reader', clean: false }, filter)

  beforeAll(async () => {
    world = await startWorld()
    const port = await freePort()
    url = `mqtt://127.0.0.1:${port}`
    hub = new HubProcess(temporaryFolder())
    config = hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path: world.path })
    await hub.start({ config })
  })

  afterAll(async () => {
    await hub?.kill()
    await world?.world.close()
  })

  test('keeps sessions, their subscriptions and what waits for absent clients, in order and once', async () => {
    const before = await reader('chat/#')
    await before.client.subscribeAsync('smshub/+/result', { qos: 1 })
    await before.client.endAsync()
    const sender = await TestClient.connect(url, { reconnectPeriod: 0 }, '')
    const texts = Array.from({ length: 50 }, (_, n) => `text ${n}`)
    await Promise.all(texts.map((text) => sender.publish('chat/room', text)))
    await sender.publish('smshub/boiler/set/target_temperature', { value: 900, id: 'refused' })
    await committed(sender)
    await hub.kill()
    await hub.start({ config })
    const after = await reader('')
    await after.final('boiler', ({ id }) => id === 'refused')
    await after.until(() => after.received.filter(({ topic }) => topic === 'chat/room').length >= texts.length)
    expect(after.received.filter(({ topic }) => topic === 'chat/room').map(({ text }) => text)).toEqual(texts)
    // It did not subscribe again: the session did.
    const live = await TestClient.connect(url, {}, '')
    await live.publish('chat/room', 'live')
    await after.wait(({ text }) => text === 'live')
    await live.close()
    await after.close()
    await sender.close()
  })

  test('sends again what a client had not acknowledged, and nothing that it had', async () => {
    const slow = await TestClient.connect(url, { clientId: 'slow', clean: false }, 'work/#')
    let heard = 0
    // The second one is taken and not acknowledged.
    slow.client.handleMessage = (_packet, done) => {
      if (++heard === 1) done()
    }
    const sender = await TestClient.connect(url, { reconnectPeriod: 0 }, '')
    await sender.publish('work/1', 'acknowledged')
    await slow.wait(({ topic }) => topic === 'work/1')
    await committed(sender)
    await sender.publish('work/2', 'not acknowledged')
    await slow.wait(({ topic }) => topic === 'work/2')
    await committed(sender)
    await hub.kill()
    await slow.close()
    await hub.start({ config })
    const again = await TestClient.connect(url, { clientId: 'slow', clean: false }, '')
    await again.wait(({ topic }) => topic === 'work/2')
    expect(again.received.map(({ topic }) => topic)).toEqual(['work/2'])
    await again.close()
    await sender.close()
  })

  test('keeps what clients retained, what they cleared, and no session of one that asked for none', async () => {
    const client = await TestClient.connect(url, { clientId: 'clean', clean: true, reconnectPeriod: 0 }, 'lamp/#')
    await client.publish('lamp/hall', 'ON', { retain: true })
    await client.publish('lamp/hall', 'OFF', { retain: true })
    await client.publish('lamp/shed', 'ON', { retain: true })
    await client.publish('lamp/shed', '', { retain: true })
    await committed(client)
    await hub.kill()
    await hub.start({ config })
    const after = await TestClient.connect(url, { clientId: 'clean', clean: false }, '')
    await after.publish('lamp/hall/brightness', '3')
    await after.client.subscribeAsync('+/hall', { qos: 1 })
    await after.client.subscribeAsync('+/shed', { qos: 1 })
    await after.wait(({ topic }) => topic === 'lamp/hall')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(after.received.map(({ topic, text, retain }) => ({ topic, text, retain }))).toEqual([
      { topic: 'lamp/hall', text: 'OFF', retain: true },
    ])
    await after.close()
    await client.close()
  })
})
