import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { TextEffects } from '../../src/ledger/inbox/settle-text.ts'
import { Fault } from '../../src/message/fault.ts'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { SimulatedBroker, SimulatedClock, SimulatedHub } from '../support/simulation.ts'
import { hubNumber, hubYaml } from '../support/world.ts'

const second = 1_000
const hour = 3_600 * second
const number = '+4915112345610'
const devices = `devices: { tag: { profile: generic/text, number: "${number}" } }`

let clock: SimulatedClock
let network: SimulatedNetwork
let broker: SimulatedBroker
let hub: SimulatedHub
/** How often each text was to be settled. */
let tries: Map<string, number>

beforeEach(async () => {
  clock = new SimulatedClock(5)
  network = new SimulatedNetwork({ clock })
  broker = new SimulatedBroker(clock)
  const modem = new SimulatedModem({ network, number: hubNumber })
  hub = new SimulatedHub(hubYaml({ mqtt: '{}', path: 'simulated', devices }), clock, broker, modem)
  new SimulatedDevice({ network, number, answerer: { answer: () => [] } })
  tries = new Map()
  await hub.start()
  await clock.advance(20 * second)
})

afterEach(() => hub.kill())

/** Texts that `fails` names can't be settled. */
function strike(fails: (text: string, attempt: number) => boolean, isCommitted = false): void {
  hub.strike = async (name, args, carryOut) => {
    if (name !== 'settleText') return carryOut()
    const { text } = (args as TextEffects).incoming
    const attempt = (tries.get(text) ?? 0) + 1
    tries.set(text, attempt)
    if (!fails(text, attempt)) return carryOut()
    if (isCommitted) await carryOut()
    throw new Fault('internal', `${text} struck`)
  }
}

const say = (...texts: string[]) => {
  for (const text of texts) network.text({ from: number, to: hubNumber, text, delayMs: 0 })
}
const received = () =>
  broker.published.filter(({ topic }) => topic === 'smshub/sms/received').map(({ payload }) => JSON.parse(payload).text)
const quarantined = () =>
  broker.published.filter(({ topic, payload }) => topic === 'smshub/bridge/event' && payload.includes('undecodable'))

test('a text that fails for good holds up the next one by nothing, and is put aside after three tries', async () => {
  strike((text) => text === 'bad')
  say('bad')
  await clock.advance(second)
  say('good')
  await clock.advance(3 * second)
  expect(received()).toEqual(['good'])
  await clock.advance(5 * second)
  expect([tries.get('bad'), quarantined().length]).toEqual([3, 1])
  say('better')
  await clock.advance(2 * second)
  expect(received()).toEqual(['good', 'better'])
})

test('tries are counted for each text: ten that fail twice each are all published', async () => {
  const texts = Array.from({ length: 10 }, (_, i) => `text ${i}`)
  strike((_, attempt) => attempt < 3)
  say(...texts)
  await clock.advance(20 * second)
  expect(received().sort()).toEqual(texts)
  expect(quarantined()).toEqual([])
})

test('a text that fails behind its commit is published once, and what waits for its end is looked after again', async () => {
  strike((text) => text === 'bad', true)
  say('bad')
  await clock.advance(10 * second)
  let looked = 0
  hub.strike = async (name, _, carryOut) => {
    if (name === 'staleAssemblies') looked++
    return carryOut()
  }
  await clock.advance(hour)
  expect(received()).toEqual(['bad'])
  expect(looked).toBeGreaterThan(50)
  expect(looked).toBeLessThan(70)
})
