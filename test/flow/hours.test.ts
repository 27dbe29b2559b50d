import { describe, expect, test } from '@jest/globals'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import type { ModemFault } from '../../src/simulator/modem/equipment/faults.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { seededRandom } from '../../src/util/random.ts'
import { SimulatedBroker, SimulatedClock, SimulatedHub, type SimulatedPublish } from '../support/simulation.ts'

const hubNumber = '+491700000001'
const pumpNumber = '+4915112345690'
const hour = 3_600_000

/** A device of its owner's making: an unsafe command, a safe one and an alarm, each with a number that tells it apart. */
const yaml = `
gateways: { home: { type: modem, path: simulated } }
devices:
  pump:
    profile: generic/text
    number: "${pumpNumber}"
    commands:
      go: { text: "GO {n}", params: { n: { type: int } }, repeat: never, reply: { expect: required, within: 60, accepted: "DONE {=n}" } }
      ask: { text: "ASK {n}", params: { n: { type: int } }, repeat: safe, reply: { expect: required, within: 60, accepted: "STATE {=n}" } }
      first: { text: "FIRST {n}", params: { n: { type: int } }, repeat: never, reply: { expect: required, within: 60, accepted: "FIRST DONE {=n}" } }
      second: { text: "SECOND {n}", params: { n: { type: int } }, repeat: never, reply: { expect: required, within: 60, accepted: "SECOND DONE {=n}" } }
      both: { steps: [ { command: first, params: { n: "{n}" } }, { command: second, params: { n: "{n}" }, wait: 5 } ], params: { n: { type: int } }, repeat: never }
      call: { ring: { seconds: 8 }, params: { n: { type: int } }, repeat: never }
    messages:
      alarm: { text: "ALARM {code:int}", event: alarm }
limits: { client_per_hour: none, device_per_day: none, gateway_per_day: none }
sms: { destinations: any }
`

/** Troubles that a modem gets into; each ends by itself. */
const modemTroubles: readonly ModemFault[] = [
  { fault: 'silence', at: 'before_prompt', command: '+CMGS', times: 1 },
  { fault: 'silence', at: 'before_acceptance', command: '+CMGS', times: 1 },
  { fault: 'silence', at: 'after_acceptance', command: '+CMGS', times: 1 },
  { fault: 'unplug', at: 'before_prompt', returnsAfterMs: 20_000, times: 1 },
  { fault: 'unplug', at: 'inside_pdu', returnsAfterMs: 20_000, times: 1 },
  { fault: 'unplug', at: 'before_acceptance', returnsAfterMs: 20_000, times: 1 },
  { fault: 'unplug', at: 'after_acceptance', returnsAfterMs: 20_000, times: 1 },
  { fault: 'reset', at: 'after_acceptance', times: 1 },
  { fault: 'error', at: 'before_acceptance', command: '+CMGS', cms: 38, times: 1 },
  { fault: 'error', at: 'before_acceptance', command: '+CMGS', cms: 500, times: 1 },
  { fault: 'error', at: 'after_acceptance', command: '+CMGS', cms: 332, times: 1 },
  { fault: 'bare_ok', command: '+CMGS', times: 1 },
  { fault: 'ok_first', command: '+CMGS', gapMs: 2_000, times: 1 },
  { fault: 'lost_indication', times: 2 },
  { fault: 'garbage', octets: 40, times: 2 },
]

interface World {
  readonly clock: SimulatedClock
  readonly broker: SimulatedBroker
  readonly network: SimulatedNetwork
  readonly modem: SimulatedModem
  readonly hub: SimulatedHub
  /** When the network took each text, by what it says. */
  readonly accepted: Map<string, number[]>
  readonly alarms: Set<string>
  readonly unsafe: SimulatedPublish[]
  readonly all: SimulatedPublish[]
  readonly calls: number[]
  readonly pump: SimulatedDevice
}

function makeWorld(seed: number): World {
  const clock = new SimulatedClock(seed)
  const network = new SimulatedNetwork({ clock })
  const modem = new SimulatedModem({ network, number: hubNumber })
  const random = seededRandom(seed + 1)
  const pump = new SimulatedDevice({
    network,
    number: pumpNumber,
    answerer: {
      answer(text) {
        if (random() < 0.05) return []
        const afterMs = 1_000 + random() * 20_000
        const [, verb, n] = /^(GO|ASK|FIRST|SECOND) (\d+)$/.exec(text) ?? []
        if (verb === undefined) return []
        const answers: Record<string, string> = { GO: 'DONE', ASK: 'STATE', FIRST: 'FIRST DONE', SECOND: 'SECOND DONE' }
        return [{ text: `${answers[verb]} ${n}`, afterMs }]
      },
    },
  })
  const broker = new SimulatedBroker(clock)
  const accepted = new Map<string, number[]>()
  network.log.watch(({ kind, from, text }) => {
    if (kind === 'accepted' && from === hubNumber && text !== null)
      accepted.set(text, [...(accepted.get(text) ?? []), clock.monotonic()])
  })
  return {
    clock,
    broker,
    network,
    modem,
    hub: new SimulatedHub(yaml, clock, broker, modem),
    accepted,
    alarms: new Set(),
    unsafe: [],
    all: [],
    calls: [],
    pump,
  }
}

/** Lives through `hours` with a trouble here and there. */
async function live(world: World, hours: number, seed: number): Promise<void> {
  const { clock, broker, network, modem, hub } = world
  const random = seededRandom(seed + 2)
  const between = (least: number, most: number) => least + random() * (most - least)
  let n = 0
  await hub.start()
  const end = clock.monotonic() + hours * hour
  while (clock.monotonic() < end) {
    await clock.advance(random() < 0.6 ? between(10_000, 10 * 60_000) : between(10 * 60_000, 10 * hour))
    const what = random()
    n++
    if (what < 0.3) {
      const publish = broker.press('pump/command/go', JSON.stringify({ n }))
      world.unsafe.push(publish)
      world.all.push(publish)
    } else if (what < 0.36) world.all.push(broker.press('pump/command/both', JSON.stringify({ n })))
    else if (what < 0.38) {
      world.calls.push(n)
      world.all.push(broker.press('pump/command/call', JSON.stringify({ n })))
    } else if (what < 0.5)
      world.all.push(
        broker.press('pump/command/ask', JSON.stringify({ n, ...(random() < 0.2 && { priority: 'high' }) })),
      )
    else if (what < 0.55) {
      for (const one of ['a', 'b', 'c'])
        world.all.push(broker.press('sms/send', JSON.stringify({ to: '+4915199999999', text: `raw ${n} ${one}` })))
    } else if (what < 0.7) {
      world.alarms.add(`ALARM ${n}`)
      network.text({ from: pumpNumber, to: hubNumber, text: `ALARM ${n}` })
    } else if (what < 0.78) modem.faults.add(modemTroubles[Math.floor(random() * modemTroubles.length)] as ModemFault)
    else if (what < 0.84)
      network.change({
        loss: between(0, 0.2),
        duplicates: between(0, 0.2),
        reordering: between(0, 0.3),
        congestion: between(0, 0.2),
        reportLoss: between(0, 0.3),
      })
    else if (what < 0.88) network.switchOff(pumpNumber)
    else if (what < 0.92) network.switchOn(pumpNumber)
    else if (what < 0.95) broker.away ? broker.comeBack() : broker.goAway()
    else if (what < 0.985) {
      await hub.kill()
      await clock.advance(random() < 0.8 ? between(500, 60_000) : between(60_000, 3 * hour))
      await hub.start()
    } else clock.wallOffset += between(-2, 2) * hour
  }
  // Every trouble ends, and every wait with it.
  modem.faults.clear()
  modem.plugIn()
  network.change({ loss: 0, duplicates: 0, reordering: 0, congestion: 0, reportLoss: 0 })
  network.switchOn(pumpNumber)
  if (broker.away) broker.comeBack()
  await clock.advance(6 * hour)
  await hub.kill()
  clock.wallOffset = Math.max(0, clock.wallOffset)
  await hub.start()
  // Longer than anything waits: a text in doubt is valid for a day.
  await clock.advance(30 * hour)
}

/** What the design promises, checked on all that was seen from outside. */
function broken({ broker, network, accepted, alarms, unsafe, all, calls, pump }: World): string[] {
  const faults: string[] = []
  const outcomes = new Map<string, Set<string>>()
  const commandOf = new Map<string, string>()
  const heard = new Map<string, Set<string>>()
  for (const { topic, payload } of broker.published) {
    if (!topic.endsWith('/result') && topic !== 'smshub/sms/received') continue
    const json = JSON.parse(payload) as Record<string, any>
    if (topic.endsWith('/result') && json.args?.n !== undefined)
      commandOf.set(json.command_id, `${json.command} ${json.args.n}`)
    if (topic.endsWith('/result') && json.final)
      outcomes.set(json.command_id, (outcomes.get(json.command_id) ?? new Set()).add(`${json.status} ${json.ok}`))
    if (topic === 'smshub/sms/received') heard.set(json.text, (heard.get(json.text) ?? new Set()).add(json.id))
  }
  for (const [id, ends] of outcomes)
    if (ends.size > 1) faults.push(`${commandOf.get(id)} ended as ${[...ends].join(' and ')}`)
  for (const publish of all.filter(({ topic }) => topic !== 'sms/send')) {
    const { n } = JSON.parse(publish.payload)
    const name = `${publish.topic.split('/').at(-1)} ${n}`
    const ids = [...commandOf].filter(([, command]) => command === name).map(([id]) => id)
    if (!publish.acknowledged) faults.push(`${name} was never acknowledged`)
    else if (ids.length !== 1) faults.push(`${name} became ${ids.length} commands`)
    else if (!outcomes.has(ids[0] as string)) faults.push(`${name} has no final result`)
  }
  for (const publish of unsafe) {
    const { n } = JSON.parse(publish.payload)
    const times = accepted.get(`GO ${n}`) ?? []
    if (times.length > 1) faults.push(`GO ${n} was accepted ${times.length} times`)
    // 120 s to live until the PDU is written; the network may take its time over the answer.
    for (const at of times) if (at - publish.at > 120_000 + 10_000) lateness(faults, publish, at, n)
  }
  // Each text of an act at most once, the second behind the first; and a phone rings once for one call.
  for (const publish of all.filter(({ topic }) => topic.endsWith('/both'))) {
    const { n } = JSON.parse(publish.payload)
    const [first = [], second = []] = ['FIRST', 'SECOND'].map((word) => accepted.get(`${word} ${n}`))
    if (first.length > 1 || second.length > 1)
      faults.push(`act ${n} was accepted ${first.length} + ${second.length} times`)
    if (second.length > 0 && !((first[0] ?? Number.POSITIVE_INFINITY) < (second[0] as number)))
      faults.push(`the second text of act ${n} went before the first`)
  }
  if (pump.rung.length > calls.length) faults.push(`${calls.length} calls rang ${pump.rung.length} times`)
  for (const publish of all.filter(({ topic }) => topic === 'sms/send')) {
    const { text } = JSON.parse(publish.payload)
    const times = accepted.get(text) ?? []
    if (times.length > 1) faults.push(`${text} was accepted ${times.length} times`)
    // Outages last for hours; a text in doubt, whose validity is a day, holds up nothing behind it.
    for (const at of times) if (at - publish.at > 12 * hour) faults.push(`${text} waited behind another`)
  }
  // The same words may come twice, from a device that was asked twice: each TPDU is one message, however often it came.
  const delivered = new Map<string, Set<string>>()
  for (const { to, text, pdu } of network.log.of('delivered')) {
    if (to === hubNumber && text !== null) delivered.set(text, (delivered.get(text) ?? new Set()).add(pdu))
  }
  for (const [text, pdus] of delivered) {
    const times = heard.get(text)?.size ?? 0
    if (times !== pdus.size) faults.push(`${text} came as ${pdus.size} messages and was published as ${times}`)
  }
  for (const alarm of alarms) if (delivered.has(alarm) && !heard.has(alarm)) faults.push(`${alarm} is lost`)
  return faults
}

function lateness(faults: string[], publish: SimulatedPublish, at: number, n: number): void {
  faults.push(`GO ${n} was accepted ${Math.round((at - publish.at) / 1000)} s after it was asked for`)
}

describe('a hub that lives for days', () => {
  // Eight lives of sixty hours each; longer ones, looking for trouble: HOURS=1000 npm test -- hours
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'keeps its promises through loss, outages, restarts and clock steps (seed %i)',
    async (seed) => {
      const world = makeWorld(seed)
      const hours = Number(process.env.HOURS ?? 60)
      await live(world, hours, seed)
      expect(world.accepted.size).toBeGreaterThan(0)
      expect(broken(world)).toEqual([])
    },
    3_600_000,
  )
})
