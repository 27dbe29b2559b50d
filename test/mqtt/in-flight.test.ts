import { afterEach, describe, expect, test } from '@jest/globals'
import { aedes, hasMosquitto, mosquitto } from '../support/brokers.ts'
import { Cable } from '../support/cable.ts'
import { freePort } from '../support/folder.ts'
import { startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, gateNumber, hubNumber, hubYaml, startWorld, vanNumber } from '../support/world.ts'

const kinds = [
  ...(hasMosquitto() ? [{ name: 'mosquitto (MQTT 5)', start: mosquitto }] : []),
  { name: 'a broker of MQTT 3.1.1', start: aedes },
]

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo()
})

/** Nothing settles it but its own connection: what is sent into a dead one must be sent again on the next. */
describe.each(kinds)('what is under way to $name when the connection dies', ({ start }) => {
  async function setting() {
    const world = await startWorld()
    const port = await freePort()
    const broker = await start(port)
    const cable = await Cable.to(port)
    const { hub } = await startHub(hubYaml({ mqtt: `{ server: "mqtt://127.0.0.1:${cable.port}" }`, path: world.path }))
    const client = await TestClient.connect(broker.url)
    cleanUp.push(
      () => client.close(),
      () => hub.stop(),
      () => cable.close(),
      () => broker.stop(),
      () => world.world.close(),
    )
    await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
    return { world, cable, client, hub }
  }

  test('a text that was received is published on the next one, time after time', async () => {
    const { world, cable, client } = await setting()
    for (let n = 1; n <= 3; n++) {
      const before = cable.swallowed
      cable.swallow()
      world.world.network.text({ from: vanNumber, to: hubNumber, text: `text ${n}` })
      while (cable.swallowed < before + 20) await pause(20)
      cable.cut()
      await client.wait(({ topic, json }) => topic === 'smshub/sms/received' && json.text === `text ${n}`)
    }
  })

  test('a command is carried out once, and its result published', async () => {
    const { world, cable, client } = await setting()
    cable.swallow()
    await client.publish('smshub/gate/command/open', { id: 'under way' })
    while (accepted(world.world, gateNumber).length === 0) await pause(20)
    cable.cut()
    const { json } = await client.final('gate', ({ id }) => id === 'under way')
    expect(json).toMatchObject({ status: 'replied', ok: true })
    expect(accepted(world.world, gateNumber)).toHaveLength(1)
  })

  test('a retained command is cleared at the broker after all', async () => {
    const { cable, client } = await setting()
    cable.swallow()
    await client.publish('smshub/gate/command/open', { id: 'stays' }, { retain: true })
    await pause(300)
    cable.cut()
    await client.final('gate', ({ id }) => id === 'stays')
    for (;;) {
      const late = await TestClient.connect(client.url, {}, 'smshub/gate/command/#')
      await pause(200)
      await late.close()
      if (late.received.length === 0) break
    }
  })
})
