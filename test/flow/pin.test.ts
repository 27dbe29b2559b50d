import { afterEach, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { hubNumber, startWorld, type TestWorld } from '../support/world.ts'

let world: TestWorld
let hub: HubProcess

afterEach(async () => {
  await hub.kill()
  await world.world.close()
})

test('a wrong PIN costs one try, however often the hub is killed and started, until it is corrected', async () => {
  world = await startWorld()
  const { modem } = world.world
  modem.sim.setLock(true)
  modem.reset()
  const port = await freePort()
  const config = (pin: string) => `
mqtt: { broker: { listen: "127.0.0.1:${port}" } }
gateways: { home: { type: modem, path: "${world.path}", number: "${hubNumber}", pin: "${pin}" } }
http: { enabled: false }
`
  hub = new HubProcess(temporaryFolder())
  const state = async (pin: string, status: string) => {
    await hub.start({ config: config(pin) })
    const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
    try {
      return (await client.wait(({ topic, json }) => topic === 'smshub/gateway/home' && json.status === status)).json
    } finally {
      await client.close()
      await hub.kill()
    }
  }
  expect(await state('9999', 'sim_locked')).toMatchObject({
    sim: 'pin',
    last_error: 'the SIM did not take the PIN: correct pin: under the gateway',
  })
  expect(modem.sim.tries.pin).toBe(2)
  for (let i = 0; i < 2; i++) {
    // What the last run said is kept by the broker's store until this one has looked.
    expect(await state('9999', 'sim_locked')).toMatchObject({ sim: 'pin' })
    expect(modem.sim.tries.pin).toBe(2)
  }
  expect(await state('1234', 'ready')).toMatchObject({ sim: 'ready' })
  expect(modem.sim.tries.pin).toBe(3)
})
