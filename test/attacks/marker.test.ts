import { describe, expect, test } from '@jest/globals'
import { hasMosquitto, mosquitto } from '../support/brokers.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, gateNumber, hubYaml, startWorld } from '../support/world.ts'

const external = hasMosquitto() ? describe.each([4, 5] as const) : describe.skip.each([4, 5] as const)

external('attacks 1 and 2: the marker of a connection, MQTT protocol %s', (protocol) => {
  test('neither one left by a killed run nor one that somebody else publishes makes a waiting press live', async () => {
    const world = await startWorld()
    const broker = await mosquitto(await freePort())
    const hub = new HubProcess(temporaryFolder())
    const config = hubYaml({
      mqtt: `{ server: "${broker.url}", protocol: ${protocol}, client_id: "hub/1 +#" }`,
      path: world.path,
    })
    const client = await TestClient.connect(broker.url)
    const markers = () => client.received.filter(({ topic }) => topic.startsWith('smshub/bridge/marker/'))
    try {
      await hub.start({ config })
      await hub.kill()
      await hub.start({ config })
      await client.wait(({ topic }) => topic.startsWith('smshub/bridge/marker/'))
      await hub.kill()
      const [{ topic, text } = { topic: '', text: '' }] = markers()
      expect(topic).toBe('smshub/bridge/marker/hub%2F1%20%2B%23')
      const guesses = [text, '0', '1', '2', text.replace(/\d+$/, '2'), '']
      for (const payload of guesses) await client.publish(topic, payload)
      await client.publish('smshub/gate/command/open', 'PRESS')
      for (const payload of guesses) await client.publish(topic, payload)
      await hub.start({ config })
      const { json } = await client.final('gate')
      expect(json).toMatchObject({ status: 'expired', error: { code: 'ttl_expired' } })
      // What is published from now on is live.
      await client.wait(({ topic: seen, text: mark }) => seen === topic && !guesses.includes(mark))
      await client.publish('smshub/gate/command/open', { id: 'now' })
      expect((await client.final('gate', ({ id }) => id === 'now')).json).toMatchObject({ status: 'replied', ok: true })
      expect(accepted(world.world, gateNumber)).toHaveLength(1)
    } finally {
      await client.close()
      await hub.kill()
      await broker.stop()
      await world.world.close()
    }
  })
})
