import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { ModemFault } from '../../src/simulator/modem/equipment/faults.ts'
import { freePort } from '../support/folder.ts'
import { fastClock, type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

/** Minutes of waiting become seconds. */
const speed = 60
const boxNumber = '+4915112345690'

const devices = `
devices:
  box:
    profile: generic/text
    number: "${boxNumber}"
    commands:
      quiet: { text: QUIET, repeat: never, reply: { expect: none } }
      asked: { text: ASKED, repeat: never, reply: { expect: required, within: 90, accepted: DONE } }
`

let world: TestWorld
let started: StartedHub
let client: TestClient
let people = 0

beforeAll(async () => {
  const clock = fastClock(speed)
  world = await startWorld({
    clock,
    yaml: 'devices: {}',
    behaviour: { acceptMs: [500, 1_000], deliverMs: [500, 1_000] },
  })
  const port = await freePort()
  const more = 'sms: { destinations: any }'
  const mqtt = `{ broker: { listen: 127.0.0.1:${port} } }`
  started = await startHub(hubYaml({ mqtt, path: world.path, devices, more }), { clock })
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
})

afterAll(async () => {
  await client?.close()
  await started?.hub.stop()
  await world?.world.close()
})

/** What makes a hand-over doubtful, and what the result says of it at once. */
const doubts: Readonly<Record<string, { readonly fault: ModemFault; readonly told: RegExp }>> = {
  'a modem that is unplugged behind the PDU': {
    fault: { fault: 'unplug', at: 'before_acceptance', returnsAfterMs: 5_000, times: 1 },
    told: /./,
  },
  'an OK that is lost': { fault: { fault: 'silence', at: 'after_acceptance', command: '+CMGS', times: 1 }, told: /./ },
  '+CMS ERROR: 500': {
    fault: { fault: 'error', at: 'after_acceptance', command: '+CMGS', cms: 500, times: 1 },
    told: /500/,
  },
  'a plain ERROR behind the PDU': {
    fault: { fault: 'error', at: 'after_acceptance', command: '+CMGS', times: 1 },
    told: /ERROR/,
  },
}

describe.each(Object.entries(doubts))('%s', (_, { fault, told }) => {
  test('holds up no other text to the same person, and is reported at once', async () => {
    const number = `+49151555000${String(people++).padStart(2, '0')}`
    world.world.network.change({ reportLoss: 1 })
    world.world.modem.faults.add(fault)
    await client.publish('smshub/sms/send', { to: number, text: 'first' })
    const { json } = await client.wait(
      (message) => message.topic === 'smshub/sms/status' && message.json.to === number && message.json.in_doubt,
    )
    expect(json).toMatchObject({ status: 'sending', error: { message: expect.stringMatching(told) } })
    await client.publish('smshub/sms/send', { to: number, text: 'second' })
    await client.wait(
      (message) =>
        message.topic === 'smshub/sms/status' && message.json.to === number && message.json.status === 'sent',
    )
    expect(accepted(world.world, number).filter(({ text }) => text === 'second')).toHaveLength(1)
    expect(accepted(world.world, number).filter(({ text }) => text === 'first').length).toBeLessThan(2)
    world.world.network.change({ reportLoss: 0 })
  })

  test('holds a device for its time to reply at most', async () => {
    world.world.network.change({ reportLoss: 1 })
    world.world.modem.faults.add(fault)
    const asked = `asked${people++}`
    const quiet = `quiet${people++}`
    const of = (id: string) => client.results('box').filter((json) => json.id === id)
    await client.publish('smshub/box/command/asked', { id: asked, force: true })
    await client.until(() => of(asked).some(({ in_doubt, error }) => in_doubt && error !== undefined))
    await client.publish('smshub/box/command/quiet', { id: quiet, force: true, ttl: 600 })
    await client.until(() => of(quiet).some(({ status }) => status === 'sent'))
    const writtenAt = Date.parse(of(asked).find(({ status }) => status === 'sending')?.queued_at)
    expect(Date.parse(of(quiet).find(({ status }) => status === 'sent')?.sent_at) - writtenAt).toBeLessThan(300_000)
    world.world.network.change({ reportLoss: 0 })
  })
})
