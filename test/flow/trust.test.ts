import { afterEach, describe, expect, test } from '@jest/globals'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import { SimulatedBroker, SimulatedClock, SimulatedHub } from '../support/simulation.ts'
import { hubNumber, hubYaml } from '../support/world.ts'

const second = 1_000
const minute = 60 * second
const number = '+4915112345610'
const known = '491710760001'
const unknown = '447700900001'

const devicesOf = (trust: string) => `
devices:
  alarm:
    profile: generic/text
    number: "${number}"
${trust === '' ? '' : `    trust: ${trust}\n`}    commands:
      status: { text: STATUS, repeat: safe, asks: [alarm_state], reply: { expect: required, within: 60, reads: [disarmed, armed, relay] } }
      disarm: { text: DISARM, repeat: never, sets: { alarm_state: disarmed }, reply: { expect: required, within: 60, reads: disarmed } }
      on: { text: "ON", repeat: never, sets: { relay: "ON" }, reply: { expect: required, within: 60, reads: relay } }
    messages:
      disarmed: { text: "DISARMED", set: { alarm_state: disarmed }, event: disarmed }
      armed: { text: "ARMED", set: { alarm_state: armed_away }, event: armed }
      relay: { text: "Relay {relay:on_off}" }
      sos: { text: "SOS", event: sos, level: high, repeats: 600 }
`

/** A hub with one device whose texts the test writes, from the service centre that it names. */
class Scene {
  readonly clock = new SimulatedClock(11)
  readonly network = new SimulatedNetwork({ clock: this.clock })
  readonly modem = new SimulatedModem({ network: this.network, number: hubNumber })
  readonly broker = new SimulatedBroker(this.clock)
  readonly hub: SimulatedHub
  readonly sent: string[] = []

  constructor(devices: string) {
    const yaml = hubYaml({ mqtt: '{}', path: 'simulated', devices })
    this.hub = new SimulatedHub(yaml, this.clock, this.broker, this.modem)
    const answer = (text: string) => {
      this.sent.push(text)
      return []
    }
    new SimulatedDevice({ network: this.network, number, answerer: { answer } })
  }

  async say(text: string, centre = known): Promise<void> {
    const { pdu } = encodePdu({
      type: 'deliver',
      smsc: { number: centre, ton: 'international', npi: 1 },
      address: { number: number.slice(1), ton: 'international', npi: 1 },
      scts: `${new Date(this.clock.wall()).toISOString().slice(0, 19)}+00:00`,
      text,
    })
    this.network.deliver({ from: number, to: hubNumber, pdu, delayMs: 0 })
    await this.clock.advance(20 * second)
  }

  /** A command that has left; the answer may come. */
  async command(name: string): Promise<void> {
    this.broker.press(`alarm/command/${name}`, '{}')
    await this.clock.advance(20 * second)
  }

  /** So many answers to a command of ours. */
  async learn(times: number, centre = known): Promise<void> {
    for (let i = 0; i < times; i++) {
      await this.command('status')
      await this.say('ARMED', centre)
      await this.clock.advance(minute)
    }
  }

  jsons(topic: string): Record<string, any>[] {
    return this.broker.published
      .filter((one) => one.topic === `smshub/${topic}`)
      .map(({ payload }) => JSON.parse(payload))
  }

  get state(): Record<string, any> {
    return this.jsons('alarm').at(-1) ?? {}
  }
  get event(): Record<string, any> {
    return this.jsons('alarm/event').at(-1) ?? {}
  }
  get result(): Record<string, any> {
    return this.jsons('alarm/result').at(-1) ?? {}
  }
  get questions(): number {
    return this.sent.filter((text) => text === 'STATUS').length
  }
}

let scene: Scene

async function start(trust: string, devices = devicesOf(trust)): Promise<void> {
  scene = new Scene(devices)
  await scene.hub.start()
  await scene.clock.advance(20 * second)
}

afterEach(() => scene.hub.kill())

describe('trust: secret', () => {
  test.each([
    ['while the hub is off', true],
    ['while the hub runs', false],
  ])('a device is asked again after a clock that was ahead was set right %s', async (_, restarts) => {
    scene = new Scene(devicesOf('secret'))
    scene.clock.wallOffset = 365 * 24 * 60 * minute
    await scene.hub.start()
    await scene.clock.advance(20 * second)
    await scene.say('Relay ON')
    expect(scene.questions).toBe(1)
    if (restarts) await scene.hub.kill()
    scene.clock.wallOffset = 0
    await scene.clock.advance(20 * minute)
    if (restarts) await scene.hub.start()
    await scene.clock.advance(minute)
    await scene.say('Relay OFF')
    expect(scene.questions).toBe(2)
  })

  test('a plain "Relay ON" is an unverified event and keeps the state (attack 17)', async () => {
    await start('secret')
    await scene.say('Relay ON')
    expect(scene.state).toMatchObject({ relay: null, last_seen: null })
    expect(scene.event).toMatchObject({ event_type: 'unverified', unverified: true, trust: 'number', relay: 'ON' })
    expect(scene.jsons('sms/received').at(-1)).toMatchObject({ device: 'alarm', trust: 'number', text: 'Relay ON' })
  })

  test('the device is asked back, and its answer settles what is', async () => {
    await start('secret')
    await scene.say('Relay ON')
    expect(scene.questions).toBe(1)
    await scene.say('Relay ON')
    expect(scene.state).toMatchObject({ relay: 'ON' })
    expect(scene.result).toMatchObject({ status: 'replied', ok: true, reply: { trust: 'secret' } })
    expect(scene.jsons('alarm/event').some(({ event_type }) => event_type === 'contradiction')).toBe(false)
  })

  test('an answer without proof ends its command, without success or failure', async () => {
    await start('secret')
    await scene.command('on')
    await scene.say('Relay ON')
    expect(
      scene
        .jsons('alarm/result')
        .filter(({ command }) => command === 'on')
        .at(-1),
    ).toMatchObject({
      status: 'replied',
      final: true,
      ok: null,
      reason: 'unverified',
      reply: { trust: 'number' },
    })
    expect(scene.state).toMatchObject({ relay: null })
  })

  test('a forged alarm does not hide the true one', async () => {
    await start('{ state: secret }')
    await scene.say('SOS')
    await scene.say('SOS')
    expect(scene.jsons('alarm/event').map(({ unverified }) => unverified)).toEqual([true])
  })
})

describe('trust: { danger: … }', () => {
  test('a forged DISARMED is asked back, and the true ARMED contradicts it (attack 18)', async () => {
    await start('{ danger: secret }')
    await scene.say('ARMED')
    expect(scene.state).toMatchObject({ alarm_state: 'armed_away' })
    await scene.say('DISARMED')
    expect(scene.state).toMatchObject({ alarm_state: 'armed_away' })
    expect(scene.event).toMatchObject({ event_type: 'disarmed', unverified: true, alarm_state: 'disarmed' })
    expect(scene.questions).toBe(1)
    await scene.say('ARMED')
    expect(scene.event).toMatchObject({ event_type: 'contradiction', level: 'high', alarm_state: 'armed_away' })
    expect(scene.state).toMatchObject({ alarm_state: 'armed_away' })
  })

  test('a true answer behind a forged one contradicts it too', async () => {
    await start('{ danger: secret }')
    await scene.say('DISARMED')
    await scene.say('DISARMED')
    expect(scene.state).toMatchObject({ alarm_state: 'disarmed' })
    await scene.say('ARMED')
    expect(scene.event).toMatchObject({ event_type: 'contradiction', level: 'high' })
  })

  test('the device is asked once in ten minutes and five times a day, and no answer asks again', async () => {
    await start('{ danger: secret }')
    for (let i = 0; i < 3; i++) await scene.say('DISARMED')
    expect(scene.questions).toBe(1)
    for (let i = 0; i < 30; i++) {
      await scene.clock.advance(11 * minute)
      await scene.say('DISARMED')
    }
    expect(scene.questions).toBe(5)
    await scene.clock.advance(24 * 60 * minute)
    await scene.say('DISARMED')
    expect(scene.questions).toBe(6)
  })

  test('the question survives no answer: nothing changes, nothing repeats', async () => {
    await start('{ danger: secret }')
    await scene.say('DISARMED')
    await scene.clock.advance(60 * minute)
    expect(scene.questions).toBe(1)
    expect(scene.state).toMatchObject({ alarm_state: null })
  })
})

describe('trust: route', () => {
  test('the same answer from an unknown service centre is unverified (attack 19)', async () => {
    await start('route')
    await scene.learn(5)
    await scene.say('ARMED')
    await scene.say('DISARMED', unknown)
    expect(scene.state).toMatchObject({ alarm_state: 'armed_away' })
    const asked = scene.questions
    await scene.say('DISARMED', unknown)
    expect(scene.questions).toBe(asked)
    expect(scene.event).toMatchObject({ event_type: 'disarmed', unverified: true, trust: 'number' })
    expect(scene.result).toMatchObject({ status: 'replied', ok: null, reason: 'unverified' })
    expect(scene.state).toMatchObject({ alarm_state: 'armed_away' })
  })

  test('a route is learned by five answers (attack 20)', async () => {
    await start('route')
    await scene.learn(5)
    await scene.say('DISARMED')
    expect(scene.event).not.toHaveProperty('unverified')
    expect(scene.event).toMatchObject({ event_type: 'disarmed', trust: 'route' })
    expect(scene.state).toMatchObject({ alarm_state: 'disarmed' })
    await scene.command('disarm')
    await scene.say('DISARMED')
    expect(scene.result).toMatchObject({ status: 'replied', ok: true, reply: { trust: 'route' } })
  })

  test('and by no number of spontaneous texts (attack 20)', async () => {
    await start('{ danger: route, ask: { day: 0 } }')
    for (let i = 0; i < 8; i++) await scene.say('ARMED')
    await scene.say('DISARMED')
    expect(scene.event).toMatchObject({ unverified: true, trust: 'number' })
    expect(scene.questions).toBe(0)
    await scene.learn(4)
    await scene.say('DISARMED')
    expect(scene.event).toMatchObject({ unverified: true })
  })

  test('with trust: secret, not even an answer counts that comes by a foreign route', async () => {
    await start('secret')
    await scene.learn(5)
    await scene.command('status')
    await scene.say('DISARMED', unknown)
    expect(scene.result).toMatchObject({ status: 'replied', ok: null, reason: 'unverified' })
    expect(scene.state).toMatchObject({ alarm_state: 'armed_away' })
  })

  test('what was learned outlives a restart', async () => {
    await start('route')
    await scene.learn(5)
    scene.hub.kill()
    await scene.hub.start()
    await scene.clock.advance(20 * second)
    await scene.say('DISARMED')
    expect(scene.state).toMatchObject({ alarm_state: 'disarmed' })
  })
})

test('without trust, every text from the number counts and nobody is asked', async () => {
  await start('')
  await scene.say('DISARMED', unknown)
  expect(scene.state).toMatchObject({ alarm_state: 'disarmed' })
  expect(scene.event).toMatchObject({ event_type: 'disarmed', trust: 'number' })
  expect(scene.event).not.toHaveProperty('unverified')
  await scene.command('disarm')
  await scene.say('DISARMED', unknown)
  expect(scene.result).toMatchObject({ status: 'replied', ok: true })
  expect(scene.questions).toBe(0)
})

describe('the dialect of a device', () => {
  const devices = `
devices:
  alarm: { profile: beninca/call, number: "${number}" }
`
  const ours = 'COMMAND OK'
  const italian = 'COMANDO ESEGUITO CORRETTAMENTE'
  const answered = async (text: string, times: number, centre = known) => {
    for (let i = 0; i < times; i++) {
      await scene.command('reset_sms_count')
      await scene.say(text, centre)
    }
  }
  const shown = () => scene.jsons('bridge/devices').at(-1)?.devices[0].dialect

  test('is what its texts show; what others write with its number shows and turns nothing that is known', async () => {
    await start('', devices)
    await answered(ours, 1)
    expect(shown()).toBe('none')
    // Five answers make its route known: from then on they are its own.
    await answered(italian, 5)
    expect(shown()).toBe('italian')
    await answered(ours, 2, unknown)
    expect(shown()).toBe('italian')
    await answered(italian, 3)
    await answered(ours, 2, unknown)
    await scene.hub.kill()
    await scene.hub.start()
    await scene.clock.advance(20 * second)
    expect(shown()).toBe('italian')
    // Other firmware: its own texts turn it.
    await answered(ours, 2)
    expect(shown()).toBe('italian')
    await answered(ours, 1)
    expect(shown()).toBe('none')
    expect(scene.result).toMatchObject({ status: 'replied', ok: true, reply: { trust: 'route' } })
  })
})
