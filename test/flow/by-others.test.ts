import { afterEach, describe, expect, test } from '@jest/globals'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { SimulatedBroker, SimulatedClock, SimulatedHub } from '../support/simulation.ts'
import { hubNumber, hubYaml } from '../support/world.ts'

const second = 1_000

const numbers = {
  shed: '+4915112345620',
  phone: '+4915112345621',
  router: '+4915112345622',
  stranger: '+4915112345699',
  gate: '+4915112345630',
}
type Sender = keyof typeof numbers

/** The shed's texts come through a phone, whose app forwards what it receives, or through a router. */
const devicesOf = (phone: string, shed = '') => `
devices:
  shed:
    profile: generic/text
    number: "${numbers.shed}"
    settings: {}
    ${shed}
    commands:
      status: { text: STATUS, repeat: safe, asks: [alarm_state], reply: { expect: required, within: 60, reads: [armed, disarmed, relay] } }
      on: { text: "ON", repeat: never, reply: { expect: required, within: 60, reads: relay } }
      cut: { text: "CUT", repeat: never, danger: the fridge stops, reply: { expect: required, within: 60, accepted: "CUT DONE" } }
    messages:
      armed: { text: "ARMED", set: { alarm_state: armed_away }, event: armed }
      disarmed: { text: "DISARMED", set: { alarm_state: disarmed }, event: disarmed }
      relay: { text: "Relay {relay:on_off}" }
  phone: { profile: generic/phone, number: "${numbers.phone}"${phone} }
  router: { profile: mikrotik/routeros, number: "${numbers.router}", settings: { password: s3cr3t }, forwards: true }
`

/** A hub and the numbers that text and call it; what they are sent is kept. */
class Scene {
  readonly clock = new SimulatedClock(17)
  readonly network = new SimulatedNetwork({ clock: this.clock })
  readonly modem = new SimulatedModem({ network: this.network, number: hubNumber })
  readonly broker = new SimulatedBroker(this.clock)
  readonly hub: SimulatedHub
  readonly devices = new Map<string, SimulatedDevice>()

  constructor(devices: string) {
    const yaml = hubYaml({ mqtt: '{}', path: 'simulated', devices })
    this.hub = new SimulatedHub(yaml, this.clock, this.broker, this.modem)
    for (const [name, number] of Object.entries(numbers)) {
      const answerer = { answer: () => [] }
      this.devices.set(name, new SimulatedDevice({ network: this.network, number, answerer }))
    }
  }

  async say(sender: Sender, text: string): Promise<void> {
    this.devices.get(sender)?.send(hubNumber, text)
    await this.clock.advance(30 * second)
  }

  /** A call that is rejected, as the hub does. */
  async call(caller: Sender): Promise<void> {
    this.network.call(numbers[caller], hubNumber)
    await this.clock.advance(30 * second)
  }

  async command(path: string, payload = {}): Promise<void> {
    this.broker.press(path, JSON.stringify(payload))
    await this.clock.advance(20 * second)
  }

  jsons(topic: string): Record<string, any>[] {
    return this.broker.published
      .filter((one) => one.topic === `smshub/${topic}` && one.payload !== '')
      .map(({ payload }) => JSON.parse(String(payload)))
  }

  last = (topic: string): Record<string, any> => this.jsons(topic).at(-1) ?? {}
}

let scene: Scene

async function start(devices: string): Promise<void> {
  scene = new Scene(devices)
  await scene.hub.start()
  await scene.clock.advance(20 * second)
}

afterEach(() => scene.hub.kill())

const forwarded = (text: string, from = numbers.shed) => `From ${from}:\n${text}`

describe('a text that a device forwards', () => {
  test('is read as that of its sender, and names who brought it', async () => {
    await start(devicesOf(', forwards: true'))
    await scene.say('phone', forwarded('Relay ON'))
    expect(scene.last('shed')).toMatchObject({ relay: 'ON' })
    expect(scene.last('shed').last_seen).not.toBeNull()
    expect(scene.last('phone').last_seen).not.toBeNull()
    expect(scene.last('sms/received')).toMatchObject({
      device: 'shed',
      forwarded_by: 'phone',
      from: numbers.phone,
      trust: 'number',
      text: forwarded('Relay ON'),
      forwarded: { from: numbers.shed, text: 'Relay ON' },
      message: 'relay',
    })
    await scene.say('router', `From: ${numbers.shed} Date:nov/22/2026 12:00:31 GMT +1 Msg: ARMED`)
    expect(scene.last('shed')).toMatchObject({ alarm_state: 'armed_away' })
    expect(scene.last('shed/event')).toMatchObject({ event_type: 'armed', forwarded_by: 'router', trust: 'number' })
  })

  test('is only published where its device is not configured to forward, from a stranger, and of an unknown number', async () => {
    await start(devicesOf(''))
    await scene.say('phone', forwarded('Relay ON'))
    expect(scene.last('sms/received')).toMatchObject({ device: 'phone', forwarded: { text: 'Relay ON' } })
    await scene.say('stranger', forwarded('Relay ON'))
    expect(scene.last('sms/received')).toMatchObject({ device: null, trust: 'stranger' })
    await scene.say('router', `From: ${numbers.stranger} Date:today Msg: Relay ON`)
    expect(scene.last('sms/received')).toMatchObject({ device: 'router', forwarded: { from: numbers.stranger } })
    expect(scene.last('sms/received')).not.toHaveProperty('forwarded_by')
    expect(scene.last('shed')).toMatchObject({ relay: null, last_seen: null })
    expect(scene.jsons('shed/event')).toEqual([])
  })

  test('is not followed when it is forwarded itself', async () => {
    await start(devicesOf(', forwards: true'))
    await scene.say('phone', forwarded(forwarded('Relay ON')))
    await scene.say('router', `From: ${numbers.phone} Date:today Msg: ${forwarded('Relay ON')}`)
    await scene.say('phone', forwarded('Relay ON', numbers.phone))
    expect(scene.jsons('sms/received').filter(({ forwarded_by }) => forwarded_by !== undefined)).toEqual([])
    expect(scene.last('shed')).toMatchObject({ relay: null, last_seen: null })
  })

  test('confirms a command', async () => {
    await start(devicesOf(', forwards: true'))
    await scene.command('shed/command/on')
    await scene.say('phone', forwarded('Relay ON'))
    expect(scene.last('shed/result')).toMatchObject({
      status: 'replied',
      ok: true,
      reply: { text: 'Relay ON', trust: 'number', forwarded_by: 'phone' },
    })
  })

  test('proves no more than what brought it: the answer to a query does not become a secret', async () => {
    await start(devicesOf(', forwards: true', 'trust: secret'))
    await scene.command('shed/get')
    await scene.say('phone', forwarded('Relay ON'))
    expect(scene.last('shed/result')).toMatchObject({ ok: null, reason: 'unverified', reply: { trust: 'number' } })
    expect(scene.last('shed')).toMatchObject({ relay: null })
  })

  test.each([
    [', forwards: true', null, null],
    [', forwards: { danger: true }', true, 'disarmed'],
  ])('with%s, what is dangerous is ok: %s', async (phone, ok, state) => {
    await start(devicesOf(phone))
    await scene.command('shed/command/cut', { confirm: 'shed' })
    await scene.say('phone', forwarded('CUT DONE'))
    const results = scene.jsons('shed/result').filter(({ command }) => command === 'cut')
    expect(results.at(-1)).toMatchObject({ status: 'replied', final: true, ok })
    await scene.say('phone', forwarded('DISARMED'))
    expect(scene.last('shed')).toMatchObject({ alarm_state: state })
    expect(scene.last('shed/event')).toMatchObject({ event_type: 'disarmed', ...(ok === null && { unverified: true }) })
  })

  test('that nothing reads is an unknown text of its device', async () => {
    await start(devicesOf(', forwards: { text: "Fw {from:number} says {inner:text}" }'))
    await scene.say('phone', `Fw ${numbers.shed} says a riddle`)
    expect(scene.jsons('bridge/event').map(({ type, data }) => [type, data.device])).toContainEqual([
      'unknown_text',
      'shed',
    ])
  })
})

const gate = (more = '') => `
devices:
  gate: { profile: tousek/gsm-420, number: "${numbers.gate}", settings: { password: "12345" }${more} }
  shed: { profile: generic/text, number: "${numbers.shed}" }
`

describe('a call', () => {
  test('is an event of the device with the number, of a stranger one of the gateway only', async () => {
    await start(gate())
    await scene.call('shed')
    expect(scene.last('gateway/home/event')).toMatchObject({ event_type: 'incoming_call', device: 'shed' })
    expect(scene.last('shed/event')).toMatchObject({ event_type: 'call', trust: 'number', message_id: null })
    expect(scene.last('shed/event').received_at).toBe(scene.last('gateway/home/event').at)
    expect(scene.last('shed').last_seen).not.toBeNull()
    await scene.call('stranger')
    expect(scene.last('gateway/home/event')).toMatchObject({ from: numbers.stranger, device: null })
    expect(scene.jsons('gate/event')).toEqual([])
  })

  test('answers the command that waits for one, and no other', async () => {
    await start(gate())
    await scene.command('gate/command/status')
    await scene.call('gate')
    expect(scene.last('gate/result')).toMatchObject({ command: 'status', final: false })
    await scene.say('gate', 'out 1 on; out 2 off')
    await scene.call('gate')
    await scene.command('gate/command/open')
    await scene.call('stranger')
    expect(scene.last('gate/result')).toMatchObject({ command: 'open', final: false })
    await scene.call('gate')
    const reply = { text: 'call', parsed: {}, matched_by: 'call', trust: 'number' }
    expect(scene.last('gate/result')).toMatchObject({ command: 'open', status: 'replied', ok: true, reply })
    await scene.call('gate')
    expect(scene.jsons('gate/event').map(({ event_type }) => event_type)).toEqual(Array(4).fill('call'))
  })

  test('proves no more than its number', async () => {
    await start(gate(', trust: secret'))
    await scene.command('gate/command/open')
    await scene.call('gate')
    const results = scene.jsons('gate/result').filter(({ command }) => command === 'open')
    expect(results.at(-1)).toMatchObject({ status: 'replied', ok: null, reason: 'unverified' })
    expect(scene.last('gate/event')).toMatchObject({ event_type: 'call', unverified: true })
  })

  test('behind a call of the hub is its answer', async () => {
    const rung =
      'commands: { knock: { ring: { seconds: 5 }, repeat: never, reply: { expect: required, within: 120, reads: back } } }'
    const back = 'messages: { back: { call: true, event: opened, set: { door: true } } }'
    await start(`devices: { gate: { profile: generic/text, number: "${numbers.gate}", ${rung}, ${back} } }`)
    await scene.command('gate/command/knock')
    expect(scene.devices.get('gate')?.rung).toHaveLength(1)
    await scene.call('gate')
    expect(scene.last('gate/result')).toMatchObject({ status: 'replied', ok: true, call: { seconds: 5 } })
    expect(scene.last('gate/event')).toMatchObject({ event_type: 'opened', door: true })
    expect(scene.last('gate')).toMatchObject({ door: true })
  })
})

const housing = `
devices:
  tracker:
    profile: coban/tk103
    number: "${numbers.gate}"
    settings: { password: "123456" }
    messages: { ready: { text: "READY", event: ready } }
  panel:
    profile: generic/text
    number: "${numbers.gate}"
    commands: { check: { text: "CHECK", repeat: safe, asks: [alarm_state], reply: { expect: required, within: 120, reads: ready, accepted: "FINE" } } }
    messages: { armed: { text: "ARMED", set: { alarm_state: armed_away } }, ready: { text: "READY", event: ready } }
`

describe('two devices in one housing', () => {
  test('have the texts that their profiles know, and the answers to their commands', async () => {
    await start(housing)
    await scene.say('gate', 'ARMED')
    expect(scene.last('sms/received')).toMatchObject({ device: 'panel', message: 'armed' })
    await scene.say('gate', 'ACC on! http://maps.google.com/maps?f=q&q=19.401230,-99.171230&z=16')
    expect(scene.last('sms/received')).toMatchObject({ device: 'tracker', parsed: true })
    await scene.command('panel/command/check')
    await scene.say('gate', 'FINE')
    expect(scene.last('panel/result')).toMatchObject({ status: 'replied', ok: true, reply: { text: 'FINE' } })
    expect(scene.jsons('tracker/result')).toEqual([])
  })

  test('a text that both know is of the one whose command it answers, else of neither, and kept', async () => {
    await start(housing)
    await scene.say('gate', 'READY')
    expect(scene.last('sms/received')).toMatchObject({ parsed: false, may_be_of: ['tracker', 'panel'] })
    expect([scene.jsons('tracker/event'), scene.jsons('panel/event')]).toEqual([[], []])
    expect([scene.last('tracker').last_seen, scene.last('panel').last_seen]).toEqual([null, null])
    scene.broker.press('bridge/request/unknown/read', JSON.stringify({ id: 'tracker' }))
    await scene.clock.advance(2 * second)
    expect(scene.last('bridge/response/unknown/read')).toMatchObject({ status: 'ok', data: { id: 'tracker', read: 0 } })
    await scene.command('panel/command/check')
    await scene.say('gate', 'READY')
    expect(scene.last('panel/result')).toMatchObject({ status: 'replied', ok: true })
    expect(scene.last('sms/received')).toMatchObject({ device: 'panel', message: 'ready' })
  })
})
