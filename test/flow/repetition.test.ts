import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ModemServer } from '../../src/simulator/modem/modem-server.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { freePort } from '../support/folder.ts'
import { fastClock, type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, startWorld, type TestWorld } from '../support/world.ts'

const boxNumber = '+4915112345690'
const otherNumber = '+491700000012'

let world: TestWorld
let other: SimulatedModem
let server: ModemServer
let started: StartedHub
let client: TestClient

/** A box that is reached through one modem, and knows the number of the other one too. */
beforeAll(async () => {
  const clock = fastClock(20)
  world = await startWorld({ clock, yaml: 'devices: {}' })
  const { network } = world.world
  const sim = { iccid: '8949017000000000012', serviceCentre: network.serviceCentre }
  other = new SimulatedModem({ network, number: otherNumber, imei: '490154203237512', sim })
  server = await ModemServer.listen(other, '127.0.0.1', 0)
  const port = await freePort()
  const yaml = `
mqtt: { broker: { listen: "127.0.0.1:${port}" } }
gateways:
  home: { type: modem, path: "${world.path}" }
  other: { type: modem, path: "tcp://127.0.0.1:${server.port}" }
devices:
  box:
    profile: generic/text
    number: "${boxNumber}"
    gateway: home
    commands:
      ask: { text: ASK, repeat: safe, reply: { expect: required, within: 3600, accepted: DONE, refused: NO, pending: SOON } }
http: { enabled: false }
`
  started = await startHub(yaml, { clock })
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  for (const gateway of ['home', 'other'])
    await client.wait(({ topic, text }) => topic === `smshub/gateway/${gateway}/availability` && text === 'online')
})

afterAll(async () => {
  await client?.close()
  await started?.hub.stop()
  await server?.close()
  await world?.world.close()
})

test.each([
  ['DONE', { status: 'replied', ok: true }],
  ['NO', { status: 'replied', ok: false }],
])(
  'a command that waits to be repeated, and is answered with %s after all, has ended and is not sent again',
  async (text, expected) => {
    const { modem, network } = world.world
    const before = accepted(world.world, boxNumber).length
    // The network has it, and the modem is gone before it can say so.
    modem.faults.add({ fault: 'unplug', at: 'after_acceptance', returnsAfterMs: 86_400_000, times: 1 })
    await client.publish('smshub/box/command/ask', { id: text, ttl: 86_400 })
    const results = () => client.results('box').filter((json) => json.id === text)
    await client.until(() => results().some(({ status }, i) => status === 'queued' && i > 0))
    network.text({ from: boxNumber, to: otherNumber, text, delayMs: 0 })
    const { json } = await client.final('box', ({ id }) => id === text)
    expect(json).toMatchObject({ ...expected, reply: { text }, sms: { attempts: 1 } })
    const ready = client.next(({ topic, json: { status } }) => topic === 'smshub/gateway/home' && status === 'ready')
    modem.plugIn()
    await ready
    await client.publish('smshub/box/command/ask', { id: `${text} again` })
    await client.until(() => accepted(world.world, boxNumber).length > before + 1)
    network.text({ from: boxNumber, to: otherNumber, text: 'DONE', delayMs: 0 })
    await client.final('box', ({ id }) => id === `${text} again`)
    expect(accepted(world.world, boxNumber)).toHaveLength(before + 2)
    expect(results().filter(({ final }) => final)).toHaveLength(1)
  },
)
