import { describe, expect, test } from '@jest/globals'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { componentsOf, pressesOf, wrongState } from '../homeassistant/client.ts'
import { render } from '../homeassistant/jinja.ts'
import { SimulatedBroker, SimulatedClock, SimulatedHub } from '../support/simulation.ts'

const hubNumber = '+491700000001'
const number = '+4915112345690'
const minute = 60_000
const hour = 60 * minute

/** A gate of its owner's making, which texts at least once an hour and tells its state. */
const yaml = `
gateways: { home: { type: modem, path: simulated } }
devices:
  gate:
    profile: generic/text
    number: "${number}"
    expected: 1h
    commands:
      open: { text: OPEN, repeat: never, reply: { expect: required, within: 300, reads: gate } }
      close: { text: CLOSE, repeat: never, reply: { expect: required, within: 300, reads: gate } }
      wave: { text: WAVE, repeat: never }
    messages:
      gate: { text: [{ text: Gate is open, set: { gate: open } }, { text: Gate is closed, set: { gate: closed } }] }
    properties:
      gate: { entity: cover, open: open, close: close }
limits: { client_per_hour: none, device_per_day: none, gateway_per_day: none }
`

async function start(answers: Readonly<Record<string, string>> = {}) {
  const clock = new SimulatedClock(1)
  const network = new SimulatedNetwork({ clock })
  const modem = new SimulatedModem({ network, number: hubNumber })
  new SimulatedDevice({
    network,
    number,
    answerer: { answer: (text) => (answers[text] === undefined ? [] : [{ text: answers[text], afterMs: minute }]) },
  })
  const broker = new SimulatedBroker(clock)
  const hub = new SimulatedHub(yaml, clock, broker, modem)
  await hub.start()
  await clock.advance(minute)
  const told = (topic: string) => broker.published.filter((one) => one.topic === topic).map(({ payload }) => payload)
  return { clock, network, broker, hub, told }
}

describe('a gate in Home Assistant', () => {
  /** What its cover shows, one state behind the other as the hub tells them. */
  function shownBy({ broker, told }: Awaited<ReturnType<typeof start>>): {
    cover: Record<string, any>
    shown: string[]
  } {
    const document = broker.published.findLast(({ topic }) => topic.endsWith('_gate/config'))
    const cover = componentsOf(JSON.parse(document?.payload ?? '{}')).find(({ platform }) => platform === 'cover') ?? {}
    const states = told(cover.state_topic)
    expect(states.map((payload) => wrongState(cover, payload)).filter((wrong) => wrong !== null)).toEqual([])
    const shown = states.map((payload) => render(cover.value_template, { value_json: JSON.parse(payload) }))
    return { cover, shown: shown.filter((state, i) => state !== shown[i - 1]) }
  }

  const press = (word: string, world: Awaited<ReturnType<typeof start>>) => {
    const use = pressesOf(shownBy(world).cover).find((one) => one.word === word)
    world.broker.press((use?.topic ?? '').replace(/^smshub\//, ''), use?.payload ?? '')
  }

  test('is opening until the gate reports that it is open, and closing until it is closed', async () => {
    const world = await start({ OPEN: 'Gate is open', CLOSE: 'Gate is closed' })
    expect(shownBy(world).shown).toEqual(['None'])
    press('OPEN', world)
    await world.clock.advance(30_000)
    expect(shownBy(world).shown).toEqual(['None', 'opening'])
    await world.clock.advance(10 * minute)
    press('CLOSE', world)
    await world.clock.advance(10 * minute)
    expect(shownBy(world).shown).toEqual(['None', 'opening', 'open', 'closing', 'closed'])
    await world.hub.kill()
  })

  test('is opening until time is up when the gate does not answer, and then shows what was known before', async () => {
    const world = await start({ CLOSE: 'Gate is closed' })
    press('CLOSE', world)
    await world.clock.advance(10 * minute)
    press('OPEN', world)
    await world.clock.advance(4 * minute)
    expect(shownBy(world).shown).toEqual(['None', 'closing', 'closed', 'opening'])
    await world.clock.advance(6 * minute)
    expect(shownBy(world).shown).toEqual(['None', 'closing', 'closed', 'opening', 'closed'])
    const last = JSON.parse(world.told('smshub/gate/result').at(-1) ?? '{}')
    expect(last).toMatchObject({ status: 'unconfirmed', final: true, ok: null })
    await world.hub.kill()
  })
})

describe('a device that owes texts', () => {
  test('is offline when it is silent for long, and online again at the delivery report of a text to it', async () => {
    const { clock, network, broker, hub, told } = await start()
    network.text({ from: number, to: hubNumber, text: 'Gate is closed' })
    await clock.advance(3 * hour)
    expect(told('smshub/gate/availability').at(-1)).toBe('online')
    expect(JSON.parse(told('smshub/gate').at(-1) ?? '{}').reporting).toBe('late')
    await clock.advance(26 * hour)
    expect(told('smshub/gate/availability').at(-1)).toBe('offline')
    const received = told('smshub/sms/received').length
    broker.press('gate/command/wave', 'PRESS')
    await clock.advance(10 * minute)
    expect(JSON.parse(told('smshub/gate/result').at(-1) ?? '{}')).toMatchObject({ status: 'delivered', ok: true })
    expect(told('smshub/sms/received').length).toBe(received)
    expect(told('smshub/gate/availability').at(-1)).toBe('online')
    expect(JSON.parse(told('smshub/gate').at(-1) ?? '{}').reporting).toBe('on_time')
    await hub.kill()
  })
})

describe('a broker that is away for an hour', () => {
  test('receives afterwards all that happened meanwhile, once and in order', async () => {
    const { clock, network, broker, hub, told } = await start({ OPEN: 'Gate is open' })
    broker.press('gate/command/open', 'PRESS')
    await clock.advance(1_000)
    broker.goAway()
    for (let n = 0; n < 30; n++) {
      network.text({ from: number, to: hubNumber, text: n % 2 === 0 ? 'Gate is closed' : 'Gate is open' })
      await clock.advance(2 * minute)
    }
    const before = told('smshub/sms/received').length
    broker.comeBack()
    await clock.advance(5 * minute)
    const ids = told('smshub/sms/received').map((payload) => JSON.parse(payload).id as string)
    // The answer of the command came while the broker was away as well.
    expect(ids.length - before).toBe(31)
    expect(new Set(ids).size).toBe(ids.length)
    const final = told('smshub/gate/result')
      .map((payload) => JSON.parse(payload))
      .filter((result) => result.final)
    expect(final).toMatchObject([{ status: 'replied', ok: true }])
    const seen = told('smshub/gate').map((payload) => Date.parse(JSON.parse(payload).last_seen ?? 0))
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    await hub.kill()
  })
})
