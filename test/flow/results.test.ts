import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { faults } from '../../src/message/fault.ts'
import { commandStatuses, smsStatuses as knownSmsStatuses } from '../../src/message/status.ts'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { freePort } from '../support/folder.ts'
import { fastClock, type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, gateNumber, hubNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

/** Minutes of waiting become seconds. */
const speed = 60
const boxNumber = '+4915112345690'

/** A gate opener, an alarm panel whose answer takes two texts, a tracker, and a box of its owner's making. */
const devices = `
devices:
  gate: { profile: king-pigeon/rtu5024, variant: classic, number: "${gateNumber}" }
  panel: { profile: eldes/esim, number: "+4915112345691", settings: { password: "1111" } }
  van: { profile: coban/tk103, number: "+4915112345692" }
  box:
    profile: generic/text
    number: "${boxNumber}"
    commands:
      one: { text: ONE, repeat: safe, reply: { expect: required, within: 60, accepted: OK, already: IS ON, refused: [NO, { text: NOT NOW, reason: not_possible }] } }
      patient: { text: PATIENT, repeat: safe, reply: { expect: required, within: 86400, accepted: OK } }
      two: { text: TWO, repeat: safe, reply: { expect: required, within: 60, accepted: OK } }
      pulse: { text: PULSE, repeat: never, reply: { expect: required, within: 60, accepted: PULSED } }
      told: { text: TOLD, repeat: never, reply: { expect: none } }
      level: { text: "LEVEL {level}", params: { level: { type: int, min: 1, max: 9 } }, repeat: safe, reply: { expect: none } }
      word: { text: "WORD {word}", params: { word: { type: text } }, repeat: safe, reply: { expect: none } }
    properties: { level: { entity: number, set: level } }
`

let world: TestWorld
let started: StartedHub
let client: TestClient
/** What the box says next; nothing by default. */
let boxSays: readonly string[] = []
const codes = new Set<string>()
const statuses = new Set<string>()
const smsStatuses = new Set<string>()

/** Publishes and waits for the one final result; remembers what was seen for the tables at the end. */
async function outcome(topic: string, payload: object = {}): Promise<Record<string, any>> {
  const id = `r${Math.random()}`
  const device = topic.split('/')[0] as string
  await client.publish(`smshub/${topic}`, { id, ...payload })
  return (await client.final(device, (json) => json.id === id)).json
}

async function refusal(topic: string, payload: string | Buffer): Promise<Record<string, any>> {
  const before = client.received.length
  await client.client.publishAsync(`smshub/${topic}`, payload, { qos: 1 })
  const { json } = await client.wait(
    (message) =>
      client.received.indexOf(message) >= before &&
      message.json.status === 'rejected' &&
      message.json.error !== undefined,
  )
  return json
}

beforeAll(async () => {
  const clock = fastClock(speed)
  world = await startWorld({
    clock,
    yaml: devices.replace(/ {2}box:[\s\S]*/, ''),
    answerMs: 2_000,
    behaviour: { acceptMs: [500, 1_000], deliverMs: [500, 1_000], reportMs: [200, 500], retryMs: 60_000 },
  })
  new SimulatedDevice({
    network: world.world.network,
    number: boxNumber,
    answerer: { answer: () => boxSays.map((text, i) => ({ text, afterMs: 3_000 * (i + 1) })) },
  })
  const port = await freePort()
  const limits = 'limits: { client_per_hour: none, device_per_day: none, gateway_per_day: none, device_queue: 3 }'
  const yaml = hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path: world.path, devices }).replace(
    /limits:.*/,
    limits,
  )
  started = await startHub(yaml, { clock })
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
})

afterAll(async () => {
  await client.close()
  await started.hub.stop()
  await world.world.close()
})

describe('every outcome', () => {
  test('replied: the device did it', async () => {
    boxSays = ['OK']
    expect(await outcome('box/command/one')).toMatchObject({
      status: 'replied',
      ok: true,
      reply: { text: 'OK', matched_by: 'pattern' },
    })
  })

  test('replied: it held before', async () => {
    boxSays = ['is on']
    const result = await outcome('box/command/one')
    expect(result).toMatchObject({ status: 'replied', ok: true, already: true })
    expect(result.reply).toEqual({ text: 'is on', parsed: {}, matched_by: 'pattern', trust: 'number' })
  })

  test.each([
    ['NO', undefined],
    ['Wrong password!', 'wrong_password'],
    ['not now', 'not_possible'],
  ])('replied, not ok: the device refused with %s', async (text, reason) => {
    boxSays = [text]
    expect(await outcome('box/command/one')).toMatchObject({
      status: 'replied',
      ok: false,
      ...(reason !== undefined && { reason }),
      error: { code: 'device_error' },
    })
  })

  test('unconfirmed: the text arrived and no answer came in time', async () => {
    boxSays = []
    expect(await outcome('box/command/pulse')).toMatchObject({
      status: 'unconfirmed',
      ok: null,
      error: { code: 'reply_timeout' },
    })
  })

  test('sent: nothing more is to be expected', async () => {
    expect(await outcome('box/command/level', { level: 5 })).toMatchObject({ status: 'sent', ok: null })
  })

  test('delivered: the device has the text, and answers none', async () => {
    expect(await outcome('box/command/told')).toMatchObject({ status: 'delivered', ok: true, sms: { valid_for: 300 } })
  })

  test('undelivered: the network could not reach the device while the text was valid', async () => {
    world.world.network.switchOff(boxNumber)
    const result = await outcome('box/command/pulse')
    world.world.network.switchOn(boxNumber)
    expect(result).toMatchObject({
      status: 'undelivered',
      ok: false,
      error: { code: 'delivery_failed', details: { status: 0x46 } },
    })
  })

  test('failed: the network will not have it', async () => {
    world.world.modem.faults.add({ fault: 'error', at: 'before_acceptance', command: '+CMGS', cms: 28, times: 1 })
    expect(await outcome('box/command/pulse')).toMatchObject({
      status: 'failed',
      ok: false,
      error: { code: 'network_rejected', details: { cms: 28 } },
    })
  })

  test('failed: the modem will not have it', async () => {
    world.world.modem.faults.add({ fault: 'error', at: 'before_acceptance', command: '+CMGS', cms: 304, times: 1 })
    expect(await outcome('box/command/pulse')).toMatchObject({
      status: 'failed',
      error: { code: 'modem_error', details: { cms: 304 } },
    })
  })

  test('a temporary refusal is retried, a press too: the network has reported that it did not accept it', async () => {
    boxSays = ['PULSED']
    world.world.modem.faults.add({ fault: 'error', at: 'before_acceptance', command: '+CMGS', cms: 42, times: 2 })
    const result = await outcome('box/command/pulse', { force: true })
    expect(result).toMatchObject({ status: 'replied', ok: true, sms: { attempts: 3 } })
  })

  // TS 24.011 annex E-2, TS 27.005 clause 3.2.5: a failure on the way, or the modem's own timer, and no refusal.
  test.each([38, 41, 331])(
    'in doubt: +CMS ERROR %i behind the PDU does not say that the network did not take a press, so it is not repeated',
    async (cms) => {
      boxSays = []
      const before = accepted(world.world, boxNumber).length
      world.world.network.change({ reportLoss: 1 })
      world.world.modem.faults.add({ fault: 'error', at: 'after_acceptance', command: '+CMGS', cms, times: 1 })
      const result = await outcome('box/command/pulse', { force: true })
      world.world.network.change({ reportLoss: 0 })
      expect(result).toMatchObject({ status: 'in_doubt', ok: null, error: { details: { cms } }, sms: { attempts: 1 } })
      expect(accepted(world.world, boxNumber).length).toBe(before + 1)
    },
  )

  test('what is safe is repeated behind such an error, and a press behind one before the PDU', async () => {
    boxSays = ['OK']
    world.world.modem.faults.add({ fault: 'error', at: 'before_acceptance', command: '+CMGS', cms: 38, times: 1 })
    expect(await outcome('box/command/one')).toMatchObject({ status: 'replied', ok: true, sms: { attempts: 2 } })
    boxSays = ['PULSED']
    world.world.modem.faults.add({ fault: 'error', at: 'before_prompt', command: '+CMGS', cms: 38, times: 1 })
    const pressed = await outcome('box/command/pulse', { force: true })
    expect(pressed).toMatchObject({ status: 'replied', ok: true, sms: { attempts: 2 } })
  })

  test('in doubt: the modem fell silent, and a press is never repeated', async () => {
    boxSays = []
    const before = accepted(world.world, boxNumber).length
    world.world.modem.faults.add({ fault: 'silence', at: 'before_acceptance', command: '+CMGS', times: 1 })
    expect(await outcome('box/command/pulse')).toMatchObject({
      status: 'in_doubt',
      ok: null,
      in_doubt: true,
      sms: { attempts: 1 },
    })
    expect(accepted(world.world, boxNumber).length).toBe(before)
  })

  test('a doubt is settled by the report and the answer, when the text went out after all', async () => {
    boxSays = ['PULSED']
    const before = accepted(world.world, boxNumber).length
    world.world.modem.faults.add({ fault: 'silence', at: 'after_acceptance', command: '+CMGS', times: 1 })
    expect(await outcome('box/command/pulse', { force: true })).toMatchObject({ status: 'replied', ok: true })
    expect(accepted(world.world, boxNumber).length).toBe(before + 1)
  })

  test('expired: no modem was there in time, and it is not sent later', async () => {
    const before = accepted(world.world, boxNumber).length
    world.world.modem.unplug()
    const result = await outcome('box/command/pulse', { ttl: 60 })
    expect(result).toMatchObject({ status: 'expired', ok: false, error: { code: 'ttl_expired' } })
    world.world.modem.plugIn()
    await client.wait(({ topic, json }) => topic === 'smshub/gateway/home' && json.status === 'ready')
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(accepted(world.world, boxNumber).length).toBe(before)
  })

  test('cancelled: a later value of the same property overtook it', async () => {
    world.world.modem.unplug()
    const first = outcome('box/set', { level: 3 })
    const second = outcome('box/set', { level: 4 })
    expect(await first).toMatchObject({ status: 'cancelled', ok: null, reason: expect.stringContaining('superseded') })
    world.world.modem.plugIn()
    expect(await second).toMatchObject({ status: 'sent', value: 4 })
  })

  test('an answer of several texts is one answer', async () => {
    const result = await outcome('panel/command/status')
    expect(result).toMatchObject({ status: 'replied', ok: true })
    expect(result.reply.parsed).toMatchObject({ alarm_state: 'armed_away', zone_text_1: 'door triggered' })
  })

  test('a pending answer is published, and the final one ends it', async () => {
    const result = await outcome('van/command/stop', { confirm: 'van' })
    expect(result).toMatchObject({ status: 'replied', ok: true, reply: { text: 'Stop engine Succeed' } })
    const before = client
      .results('van')
      .find(({ command_id, reason }) => command_id === result.command_id && reason === 'pending')
    expect(before?.reply.text).toContain('it will be executed')
    await client.wait(({ topic, json }) => topic === 'smshub/van' && json.engine_blocked === 'ON')
  })

  test('high priority does not wait for the answer of a safe command', async () => {
    boxSays = []
    const slow = outcome('box/command/patient')
    const isOut = ({ command, status }: Record<string, any>) => command === 'patient' && status === 'sent'
    await client.wait(({ topic, json }) => topic === 'smshub/box/result' && isOut(json))
    const fast = outcome('box/command/told', { priority: 'high' })
    expect(await slow).toMatchObject({ status: 'unconfirmed', ok: null, reason: 'overtaken' })
    expect(await fast).toMatchObject({ status: 'delivered' })
  })

  test('an answer that could be for two commands is success for neither', async () => {
    boxSays = []
    expect(await outcome('box/command/one')).toMatchObject({ status: 'unconfirmed' })
    boxSays = ['OK']
    expect(await outcome('box/command/two')).toMatchObject({
      status: 'unconfirmed',
      ok: null,
      error: { code: 'reply_mismatch' },
    })
  })

  test('an answer that comes too late is news, never a second result', async () => {
    boxSays = []
    const result = await outcome('box/command/pulse', { force: true })
    expect(result.status).toBe('unconfirmed')
    world.world.network.text({ from: boxNumber, to: hubNumber, text: 'PULSED' })
    const { json } = await client.wait(
      ({ topic, json: event }) =>
        topic === 'smshub/box/event' && event.event_type === 'late_reply' && event.command_id === result.command_id,
    )
    expect(json.reply.text).toBe('PULSED')
    expect(
      client.results('box').filter(({ command_id, final }) => command_id === result.command_id && final),
    ).toHaveLength(1)
  })
})

describe('every refusal', () => {
  test('unknown_device', async () =>
    expect(await refusal('shed/command/open', 'PRESS')).toMatchObject({
      device: 'shed',
      error: { code: 'unknown_device' },
    }))
  test('unknown_command, with the one that was meant', async () => {
    expect((await refusal('gate/command/opn', 'PRESS')).error).toMatchObject({
      code: 'unknown_command',
      message: expect.stringContaining('did you mean "open"'),
    })
  })
  test('unknown_property', async () =>
    expect((await refusal('gate/set/colour', 'red')).error.code).toBe('unknown_property'))
  test('out_of_range, with what is accepted', async () => {
    expect((await refusal('box/command/level', '{"level": 12}')).error).toMatchObject({
      code: 'out_of_range',
      message: expect.stringMatching(/1.*9/),
    })
  })
  test('out_of_range for the wrong type', async () =>
    expect((await refusal('box/command/level', '{"level": "much"}')).error.code).toBe('out_of_range'))
  test('not_allowed, quoting the confirmation that is missing', async () => {
    expect((await refusal('van/command/stop', 'PRESS')).error).toMatchObject({
      code: 'not_allowed',
      details: { confirm: 'van' },
    })
  })
  test('invalid_payload for what is no UTF-8', async () =>
    expect((await refusal('gate/command/open', Buffer.from([0xff, 0xfe]))).error.code).toBe('invalid_payload'))
  test('invalid_payload for more than 64 KiB', async () =>
    expect((await refusal('gate/command/open', 'x'.repeat(65_537))).error.code).toBe('invalid_payload'))
  test('invalid_payload for a wrong meta key', async () =>
    expect((await refusal('gate/command/open', '{"ttl": -1}')).error.code).toBe('invalid_payload'))
  test('invalid_payload for a text without a number', async () =>
    expect((await refusal('sms/send', '{"text": "x"}')).error.code).toBe('invalid_payload'))
  test('number_blocked, with both ways out', async () => {
    const { error } = await refusal('sms/send', '{"to": "+491601234567", "text": "x"}')
    expect(error).toMatchObject({
      code: 'number_blocked',
      message: expect.stringMatching(/contacts:.*sms\.destinations: any/),
    })
  })
  test('no_gateway', async () =>
    expect((await refusal('gate/command/open', '{"gateway": "attic"}')).error.code).toBe('no_gateway'))
  test('encoding_error: no alphabet is changed in silence', async () => {
    expect(
      (await refusal('panel/command/temperature_limits', '{"sensor": 1, "min": 1, "max": 2, "name": "Жара"}')).error
        .code,
    ).toBe('encoding_error')
  })
  test('text_too_long', async () =>
    expect((await refusal('sms/send', JSON.stringify({ to: gateNumber, text: 'x'.repeat(60_000) }))).error.code).toBe(
      'text_too_long',
    ))
  test('duplicate for the impatient second press, and force overrides it', async () => {
    boxSays = []
    const first = await client.publish('smshub/box/command/pulse', { id: 'impatient' })
    expect(first).toBeDefined()
    expect((await refusal('box/command/pulse', 'PRESS')).error).toMatchObject({
      code: 'duplicate',
      details: { command_id: expect.any(String) },
    })
    await client.final('box', ({ id }) => id === 'impatient')
  })
  test('queue_full, device by device', async () => {
    world.world.modem.unplug()
    for (let i = 0; i < 3; i++) await client.publish('smshub/box/send', `filler ${i}`)
    const { error } = await refusal('box/send', 'one too many')
    world.world.modem.plugIn()
    expect(error.code).toBe('queue_full')
  })
})

describe('the tables', () => {
  test('hold no status and no code that nothing reaches', () => {
    for (const { topic, json } of client.received) {
      if (topic.endsWith('/result')) statuses.add(json.status)
      if (topic === 'smshub/sms/status') smsStatuses.add(json.status)
      if (json.error?.code !== undefined) codes.add(json.error.code)
    }
    expect(commandStatuses.filter((status) => !statuses.has(status))).toEqual([])
    expect(knownSmsStatuses.filter((status) => !smsStatuses.has(status))).toEqual([])
    // Reached by tests of their own: quotas, retained commands, gateways other than modems, what only
    // requests are answered, and what only owners see.
    const elsewhere = [
      'not_supported',
      'carrier_error',
      'not_found',
      'conflict',
      'rate_limited',
      'retained_command',
      'invalid_config',
      'invalid_profile',
      'data_locked',
      'store_damaged',
      'store_newer',
      'storage_full',
      'storage_failed',
      'port_failed',
      'malformed_pdu',
      'internal',
    ]
    expect(Object.keys(faults).filter((code) => !codes.has(code) && !elsewhere.includes(code))).toEqual([])
  })
})
