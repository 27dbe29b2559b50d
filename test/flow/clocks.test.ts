import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import type { DeliverDraft } from '../../src/sms/tpdu.ts'
import { SimulatedBroker, SimulatedClock, SimulatedHub } from '../support/simulation.ts'
import { hubNumber, hubYaml } from '../support/world.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const number = '+4915112345610'
const stranger = '+4915112345699'

const devices = `
devices:
  tag:
    profile: generic/text
    number: "${number}"
    commands:
      ask: { text: ASK, repeat: safe, asks: [temperature], reply: { expect: required, within: 60, accepted: "STATE {temperature:decimal}" } }
      open: { text: OPEN, repeat: never, reply: { expect: optional, within: 60, accepted: "RELAY ON" } }
    messages:
      reading: { text: "READ {temperature:decimal}" }
`

/** A device whose texts the test writes itself: octet for octet, with the stamps of any service centre. */
class Scene {
  readonly clock = new SimulatedClock(7)
  readonly network = new SimulatedNetwork({ clock: this.clock })
  readonly modem = new SimulatedModem({ network: this.network, number: hubNumber })
  readonly broker = new SimulatedBroker(this.clock)
  readonly hub = new SimulatedHub(
    hubYaml({ mqtt: '{}', path: 'simulated', devices }),
    this.clock,
    this.broker,
    this.modem,
  )
  constructor() {
    new SimulatedDevice({ network: this.network, number, answerer: { answer: () => [] } })
  }

  /** A text of the device with a stamp so many ms from now; null writes zeros. */
  async say(text: string, stamp: number | null, more: Partial<DeliverDraft> = {}): Promise<void> {
    const { pdu } = encodePdu({
      type: 'deliver',
      smsc: { number: '491710760001', ton: 'international', npi: 1 },
      address: { number: number.slice(1), ton: 'international', npi: 1 },
      scts: stamp === null ? null : `${new Date(this.clock.wall() + stamp).toISOString().slice(0, 19)}+00:00`,
      ...(more.data === undefined && { text }),
      ...more,
    })
    await this.hear(pdu)
  }

  async hear(pdu: string): Promise<void> {
    this.network.deliver({ from: number, to: hubNumber, pdu, delayMs: 0 })
    await this.clock.advance(2 * second)
  }

  /** A command that has left; the answer may come. */
  async command(name: string): Promise<void> {
    this.broker.press(`tag/command/${name}`, '{}')
    await this.clock.advance(5 * second)
  }

  jsons(topic: string): Record<string, any>[] {
    return this.broker.published
      .filter((one) => one.topic === `smshub/${topic}`)
      .map(({ payload }) => JSON.parse(payload))
  }

  get results(): Record<string, any>[] {
    return this.jsons('tag/result')
  }

  get texts(): string[] {
    return this.jsons('sms/received').map(({ text }) => text)
  }
}

let scene: Scene

beforeEach(async () => {
  scene = new Scene()
  await scene.hub.start()
  await scene.clock.advance(20 * second)
})

afterEach(() => scene.hub.kill())

describe('an answer that has just arrived is the answer, whatever the clock of its service centre', () => {
  const stamps: readonly (readonly [string, number | null])[] = [
    ['a second behind', -1 * second],
    ['10 s behind', -10 * second],
    ['a minute behind', -60 * second],
    ['463 s behind', -463 * second],
    ['an hour behind, as summer time is forgotten', -hour],
    ['11 hours behind, as its zone bit is wrong', -11 * hour],
    ['a minute ahead', minute],
    ['10 hours ahead', 10 * hour],
    ['years ahead', 3 * 365 * 24 * hour],
    ['46 years behind, as it was never set', Date.parse('1980-01-06T00:00:00Z') - Date.parse('2026-11-22T12:00:00Z')],
    ['of zeros', null],
  ]
  test.each(stamps)('a stamp %s', async (_, stamp) => {
    await scene.command('ask')
    await scene.say('STATE 21.5', stamp)
    expect(scene.results.at(-1)).toMatchObject({
      status: 'replied',
      ok: true,
      reply: { parsed: { temperature: 21.5 } },
    })
    await scene.command('open')
    await scene.say('RELAY ON', stamp)
    expect(scene.results.at(-1)).toMatchObject({ command: 'open', status: 'replied', ok: true })
    expect(scene.jsons('sms/received').some((text) => text.late_for !== undefined)).toBe(false)
  })
})

test('the stamps of a centre prove that a text was sent before the command, those of another one prove nothing', async () => {
  await scene.say('READ 1', -3 * second)
  await scene.command('ask')
  await scene.say('STATE 2', -5 * minute)
  expect(scene.results.at(-1)).toMatchObject({ status: 'sent', final: false })
  expect(scene.jsons('sms/received').at(-1)).toMatchObject({ late_for: scene.results.at(-1)?.command_id })
  await scene.say('STATE 3', -5 * minute, { smsc: { number: '491710760002', ton: 'international', npi: 1 } })
  expect(scene.results.at(-1)).toMatchObject({ status: 'replied', reply: { parsed: { temperature: 3 } } })
})

test('texts that an outage held up are late, not what holds now', async () => {
  await scene.say('READ 1', -3 * second)
  await scene.clock.advance(hour)
  await scene.say('READ 2', -3 * second)
  await scene.say('READ 1.5', -30 * minute)
  expect(scene.jsons('tag').at(-1)).toMatchObject({ temperature: 2 })
  await scene.say('READ 3', -3 * second)
  expect(scene.jsons('tag').at(-1)).toMatchObject({ temperature: 3 })
})

test('a text stamped in the future holds up nothing that comes behind it', async () => {
  // TP-SCTS 08106000000000 says 80/01/06: that is 1980. 79 is the future.
  for (const [scts, value] of [
    ['08106000000000', 1],
    ['97106000000000', 3],
  ] as const) {
    await scene.say(`READ ${value}`, null, { sctsRaw: scts })
    expect(scene.jsons('tag').at(-1)).toMatchObject({ temperature: value })
    await scene.say(`READ ${value + 1}`, 0)
    expect(scene.jsons('tag').at(-1)).toMatchObject({ temperature: value + 1 })
  }
})

test('without a stamp the same position twice is two texts, unless it comes twice at once', async () => {
  await scene.say('READ 1', null)
  await scene.say('READ 2', null)
  await scene.say('READ 1', null)
  await scene.say('READ 1', null)
  expect(scene.texts).toEqual(['READ 1', 'READ 2', 'READ 1'])
  await scene.clock.advance(10 * minute)
  await scene.say('READ 1', null)
  expect(scene.texts).toEqual(['READ 1', 'READ 2', 'READ 1', 'READ 1'])
})

test('without a stamp the same text into the same slot, while the hub is off, is another one', async () => {
  await scene.say('READ 1', null)
  await scene.hub.kill()
  await scene.clock.advance(20 * hour)
  await scene.say('READ 1', null)
  await scene.hub.start()
  await scene.clock.advance(minute)
  expect(scene.texts).toEqual(['READ 1', 'READ 1'])
})

test.each<[string, readonly [seq: number, stamp: number | null][]]>([
  [
    'rising',
    [
      [1, -3 * second],
      [2, -2 * second],
    ],
  ],
  [
    'falling',
    [
      [1, -2 * second],
      [2, -3 * second],
    ],
  ],
  [
    'falling, the last part first',
    [
      [2, -3 * second],
      [1, -2 * second],
    ],
  ],
  [
    'equal, the last part first',
    [
      [2, -3 * second],
      [1, -5 * second],
    ],
  ],
  [
    'of zeros',
    [
      [1, null],
      [2, null],
    ],
  ],
  [
    'of zeros, the last part first',
    [
      [2, null],
      [1, null],
    ],
  ],
])('a text of two segments with stamps that are %s is whole at once', async (_, segments) => {
  for (const [seq, stamp] of segments)
    await scene.say(`<${seq}>`, stamp, { concat: { ref: 9, bits: 8, total: 2, seq } })
  expect(scene.jsons('sms/received')).toMatchObject([{ text: '<1><2>', parts: 2 }])
  expect(scene.jsons('sms/received')[0]?.damaged).toBeUndefined()
})

test('a segment of a text that is not whole is never joined with the next text', async () => {
  const segment = (text: string, seq: number, stamp: number) =>
    scene.say(text, stamp, { concat: { ref: 9, bits: 8, total: 2, seq } })
  await segment('E-one ', 1, -10 * minute)
  await segment('F-one ', 1, -4 * second)
  await segment('F-two', 2, -3 * second)
  expect(scene.jsons('sms/received')).toMatchObject([{ text: 'F-one F-two', parts: 2 }])
  expect(scene.jsons('sms/received')[0]?.damaged).toBeUndefined()
  await scene.clock.advance(7 * hour)
  expect(scene.jsons('sms/received').at(-1)).toMatchObject({ text: 'E-one […]', incomplete: true, missing: [2] })
})

test.each([
  ['total 0', { ref: 1, bits: 8, total: 0, seq: 1 }],
  ['sequence number 0', { ref: 1, bits: 8, total: 2, seq: 0 }],
  ['a sequence number behind the total', { ref: 1, bits: 16, total: 2, seq: 3 }],
] as const)('a segment with %s is a text of its own', async (_, { ref, bits, total, seq }) => {
  const octets = [...(bits === 16 ? [ref >> 8] : []), ref & 0xff, total, seq]
  const data = octets
    .map((octet) => octet.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
  await scene.say('READ 5', -2 * second, { udh: [{ iei: bits === 16 ? 8 : 0, data }] } as never)
  expect(scene.texts).toEqual(['READ 5'])
})

test('a reserved message type is a text', async () => {
  await scene.hear('07919471010000F0070D91945111325476F8000062112271244380094D6A124447CBCB65')
  expect(scene.jsons('bridge/event')).not.toContainEqual(expect.objectContaining({ type: 'undecodable' }))
  expect(scene.jsons('sms/received')).toHaveLength(1)
})

test.each([4, 0x05, 0x14, 0xf4, 0xf6])('octets under data coding %i that are a text answer as one', async (dcs) => {
  await scene.command('ask')
  await scene.say('', -2 * second, { dcs, data: Buffer.from('STATE 21.5').toString('hex').toUpperCase() })
  expect(scene.results.at(-1)).toMatchObject({ status: 'replied', reply: { parsed: { temperature: 21.5 } } })
  expect(scene.jsons('sms/received').at(-1)).toMatchObject({ text: 'STATE 21.5', encoding: 'data' })
  await scene.say('', -1 * second, { dcs, data: '00FF10' })
  expect(scene.jsons('sms/received').at(-1)).toMatchObject({ text: '', data: '00FF10' })
})

test('a stranger on a fresh hub is heard, though his service centre is ten hours behind', async () => {
  await scene.say('HELLO', -10 * hour, { address: { number: stranger.slice(1), ton: 'international', npi: 1 } })
  expect(scene.texts).toEqual(['HELLO'])
})
