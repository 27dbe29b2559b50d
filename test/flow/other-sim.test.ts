import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess, mainFile } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, gateNumber, hubNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

let world: TestWorld
let hub: HubProcess
let client: TestClient

afterEach(async () => {
  await client.close()
  await hub.kill()
  await world.world.close()
})

test('a hub that starts with another SIM sends nothing through it before it is accepted, and still receives', async () => {
  world = await startWorld()
  const { modem, network } = world.world
  const port = await freePort()
  const config = hubYaml({ mqtt: `{ broker: { listen: "127.0.0.1:${port}" } }`, path: world.path })
  hub = new HubProcess(temporaryFolder())
  const state = (status: string) =>
    client.wait(({ topic, json }) => topic === 'smshub/gateway/home' && json.status === status)
  const start = async () => {
    await hub.start({ config })
    client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  }
  const restart = async (iccid: string) => {
    await client.close()
    await hub.kill()
    modem.sim.iccid = iccid
    modem.reset()
    await start()
  }
  await start()
  await state('ready')
  await restart('8949017000000000025')
  const { json } = await state('degraded')
  expect(json).toMatchObject({
    sim: 'ready',
    last_error:
      'the SIM is another one (…0025 instead of …0017): nothing is sent through it until smshub modem accept home',
  })
  await client.publish('smshub/van/get', '?')
  network.text({ from: gateNumber, to: hubNumber, text: 'GATE STILL HERE' })
  await client.wait(({ topic, json }) => topic === 'smshub/sms/received' && json.text === 'GATE STILL HERE')
  expect(accepted(world.world)).toEqual([])
  expect(client.received.filter(({ topic }) => topic === 'smshub/van/result').at(-1)?.json.status).toBe('queued')

  const args = [mainFile, 'modem', 'accept', 'home']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: hub.folder })
  expect(stdout).toBe('home is the modem with IMEI 490154203237518 with the SIM 8949017000000000025 from now on\n')
  await client.until(() => accepted(world.world).length === 1)
  await client.wait(({ topic, json }) => topic === 'smshub/van/result' && json.status === 'replied')

  // Accepted is accepted; and the card of before is another one now.
  await restart('8949017000000000025')
  await client.publish('smshub/van/get', '?')
  await client.until(() => accepted(world.world).length === 2)
  await restart('8949017000000000017')
  await state('degraded')
  const last = () => client.received.filter(({ topic }) => topic === 'smshub/gateway/home').at(-1)?.json.status
  expect(last()).toBe('degraded')
  await client.publish('smshub/bridge/request/gateway/accept', 'home')
  await client.until(() => last() === 'ready')
})
