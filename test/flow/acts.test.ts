import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { fastClock, type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, hubNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

/** Minutes of waiting become seconds. */
const speed = 60
const numbers = { box: '+4915112345601', panel: '+4915112345602', shy: '+4915112345604', pair: '+4915112345605' }

/** Boxes of their owner's making, each with what the shipped profiles have one of. */
const devices = `
devices:
  box:
    profile: generic/text
    number: "${numbers.box}"
    commands:
      unlock: { text: UNLOCK, repeat: never, reply: { expect: required, within: 30, accepted: UNLOCKED, refused: NO } }
      turn: { text: "TURN {n}", params: { n: { type: int } }, repeat: never, reply: { expect: required, within: 30, accepted: "TURNED {=n}" } }
      open: { steps: [ { command: unlock }, { command: turn, params: { n: "{n}" }, wait: 5 } ], params: { n: { type: int } }, repeat: never, sets: { output_1: "ON" } }
      wake: { text: WAKE, repeat: safe, reply: { expect: none } }
      read: { text: READ, repeat: safe, asks: [temperature], reply: { expect: required, within: 30, accepted: "T {temperature:decimal}" } }
      look: { steps: [ { command: wake }, { command: read, wait: 20 } ], repeat: safe }
      call: { ring: { seconds: 5 }, repeat: never, reply: { expect: optional, within: 20, accepted: RANG } }
      on: { text: "ON", repeat: safe, sets: { output_1: "ON" }, reply: { expect: required, within: 30, accepted: OK } }
      off: { text: "OFF", repeat: safe, sets: { output_1: "OFF" }, reply: { expect: required, within: 30, accepted: OK } }
      list: { text: LIST, repeat: safe, reply: { expect: required, within: 3600, any_text: true, texts: 9, within_texts: 86400 } }
      zones: { text: ZONES, repeat: safe, reply: { expect: required, within: 3600, accepted: "Z{_:int}", texts: 2, within_texts: 86400 } }
      beep: { text: BEEP, repeat: safe, reply: { expect: required, within: 3600, accepted: BEEPED } }
      calm: { text: CALM, repeat: safe, cancels: sos, reply: { expect: required, within: 30, accepted: CALMED } }
    messages:
      sos: { text: "SOS {latitude:latitude} {longitude:longitude}", event: sos, repeats: 36000 }
      input: { text: "IN {#:int}", set: { "input_#": "true" }, event: alarm, repeats: 36000 }
    properties: { output_1: { entity: switch, on: on, off: off } }
  spare:
    profile: generic/text
    number: "+4915112345609"
    commands: { on: { text: "ON", repeat: safe }, off: { text: "OFF", repeat: safe } }
    properties: { output_1: { entity: switch, on: on, off: off } }
  panel: { profile: test/panel, number: "${numbers.panel}" }
  shy: { profile: test/shy, number: "${numbers.shy}" }
  left: { profile: test/named, number: "${numbers.pair}", settings: { unit_name: LEFT } }
  right: { profile: test/named, number: "${numbers.pair}", settings: { unit_name: RIGHT } }
`

const head = 'format: 1\nrevision: 1\nmanufacturer: Test\nfamily: Box\nkind: relay\nsources: { manual: page 1 }\n'

/** Profiles with what no single shipped one has together: a password in front, shared texts, forwarded ones. */
const profiles: Readonly<Record<string, string>> = {
  'test/panel': `
sms: { alphabet: gsm7, parts: 1, join: { separator: ";", max: 3 } }
settings:
  password: { type: digits, length: 4, secret: true, default: "1111" }
  zone_text_#: { type: text, learned: true }
frames: { all: "{password}:{command}" }
forwards: "SMS from {from:number}: {inner:text}"
commands:
  out: { text: "OUT{n}={state}", params: { n: { type: int }, state: { type: enum, options: [on, off] } }, repeat: safe, sets: { "output_{n}": "{state}" }, reply: { expect: required, within: 40, accepted: "OUT{=n} is {=state}" } }
  status: { text: STATUS, repeat: safe, asks: [input_#], reply: { expect: required, within: 40, reads: status } }
  names: { text: NAMES, repeat: safe, reply: { expect: required, within: 40, accepted: "Z1:{zone_text_1:line}; Z2:{zone_text_2:line};" } }
  pulse: { text: PULSE, repeat: never, reply: { expect: none } }
  password: { text: "PW{new}", params: { new: { type: digits, length: 4, secret: true } }, repeat: safe, secret: { password: new }, reply: { expect: required, within: 40, accepted: "password is {=new} now" } }
messages:
  status: { text: "I1:{input_1:bool}" }
  alarm: { text: "{#:one_of(zone_text_#)}!", set: { "input_#": "true" }, event: alarm, repeats: 36000 }
`,
  'test/shy': `
timing: { window: { after: power_on, for: 2h } }
commands: { set: { text: "SET {n}", params: { n: { type: int } }, repeat: safe, reply: { expect: none } } }
messages: { power_on: { text: "POWER ON" }, hello: { text: HELLO } }
`,
  'test/named': `
settings: { unit_name: { type: text, required: true } }
identity: unit_name
messages: { state: { text: "{unit_name:word} {temperature:decimal}" } }
`,
}

let world: TestWorld
let started: StartedHub
let client: TestClient
/** What the box answers to a text; null is silence. */
let answers: Readonly<Record<string, string | null>> = {}
const box = () => world.world.devices.get('box') as SimulatedDevice

async function outcome(topic: string, payload: object = {}): Promise<Record<string, any>> {
  const id = `r${Math.random()}`
  await client.publish(`smshub/${topic}`, { id, ...payload })
  return (await client.final(topic.split('/')[0] as string, (json) => json.id === id)).json
}

const sentTo = (number: string) => accepted(world.world, number).map(({ text }) => text)

beforeAll(async () => {
  const clock = fastClock(speed)
  world = await startWorld({
    clock,
    yaml: 'devices: {}',
    behaviour: { acceptMs: [500, 1_000], deliverMs: [500, 1_000], reportMs: [200, 500], retryMs: 60_000 },
  })
  for (const [name, number] of Object.entries(numbers)) {
    const answerer = {
      answer: (text: string) => {
        const said = answers[text]
        return said === null || said === undefined ? [] : [{ text: said, afterMs: 2_000 }]
      },
      rung: () => [{ text: 'RANG', afterMs: 2_000 }],
    }
    world.world.devices.set(name, new SimulatedDevice({ network: world.world.network, number, answerer }))
  }
  const folder = temporaryFolder()
  for (const [id, text] of Object.entries(profiles)) {
    const file = join(folder, 'data', 'devices', `${id}.yaml`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, head + text)
  }
  const port = await freePort()
  started = await startHub(hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path: world.path, devices }), {
    clock,
    folder,
  })
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
})

afterAll(async () => {
  await client?.close()
  await started?.hub.stop()
  await world?.world.close()
})

describe('an act of two texts', () => {
  test('sends the second when the first is answered, and has one result', async () => {
    answers = { UNLOCK: 'UNLOCKED', 'TURN 7': 'TURNED 7' }
    const result = await outcome('box/command/open', { n: 7 })
    expect(result).toMatchObject({ command: 'open', status: 'replied', ok: true, reply: { text: 'TURNED 7' } })
    expect(sentTo(numbers.box).slice(-2)).toEqual(['UNLOCK', 'TURN 7'])
    const told = client.results('box').filter(({ command_id }) => command_id === result.command_id)
    expect(told.filter(({ final }) => final)).toHaveLength(1)
    expect(new Set(told.map(({ status }) => status))).toEqual(
      new Set(['queued', 'sending', 'sent', 'delivered', 'replied']),
    )
    expect(told.some(({ reason }) => reason === 'text 2 of 2')).toBe(true)
  })

  test('ends with the refusal of the first: the second is never sent', async () => {
    const before = sentTo(numbers.box).length
    answers = { UNLOCK: 'NO' }
    expect(await outcome('box/command/open', { n: 8 })).toMatchObject({
      status: 'replied',
      ok: false,
      error: { code: 'device_error' },
    })
    expect(sentTo(numbers.box).slice(before)).toEqual(['UNLOCK'])
  })

  test('ends with the silence after the first', async () => {
    const before = sentTo(numbers.box).length
    answers = {}
    expect(await outcome('box/command/open', { n: 9 })).toMatchObject({ status: 'unconfirmed', ok: null })
    expect(sentTo(numbers.box).slice(before)).toEqual(['UNLOCK'])
  })

  test('waits as long as defined in the profile where the first has no answer', async () => {
    answers = { READ: 'T 21.5' }
    const result = await outcome('box/command/look')
    expect(result).toMatchObject({ status: 'replied', ok: true, reply: { parsed: { temperature: 21.5 } } })
    const [wake, read] = accepted(world.world, numbers.box).slice(-2)
    expect([wake?.text, read?.text]).toEqual(['WAKE', 'READ'])
    expect((read?.at ?? 0) - (wake?.at ?? 0)).toBeGreaterThan(19_000)
  })

  test('is in doubt as a whole when nobody knows of the first, and is not gone on with', async () => {
    const before = sentTo(numbers.box).length
    answers = {}
    world.world.network.change({ reportLoss: 1 })
    world.world.modem.faults.add({ fault: 'silence', at: 'after_acceptance', command: '+CMGS', times: 1 })
    const result = await outcome('box/command/open', { n: 3 })
    world.world.network.change({ reportLoss: 0 })
    expect(result).toMatchObject({ status: 'in_doubt', in_doubt: true, ok: null })
    expect(sentTo(numbers.box).slice(before)).toEqual(['UNLOCK'])
  })
})

describe('a call', () => {
  test('rings, and the device answers by text', async () => {
    const result = await outcome('box/command/call')
    expect(result).toMatchObject({ status: 'replied', ok: true, sms: null, call: { gateway: 'home', seconds: 5 } })
    expect(box().rung).toHaveLength(1)
  })

  test('to a number that nobody has is in doubt, and is not made twice', async () => {
    world.world.network.switchOff(numbers.box)
    const result = await outcome('box/command/call', { force: true })
    world.world.network.switchOn(numbers.box)
    expect(result).toMatchObject({ status: 'in_doubt', ok: null })
    expect(result.call.attempts).toBe(1)
    expect(box().rung).toHaveLength(1)
  })
})

describe('a toggle without a command of its own', () => {
  test('is refused while the state is unknown, with what to do', async () => {
    expect(await outcome('spare/set/output_1', { value: 'toggle' })).toMatchObject({
      status: 'rejected',
      error: { code: 'not_allowed', message: expect.stringContaining('ask for it first (spare/get)') },
    })
  })

  test('brings about the other state', async () => {
    answers = { ON: 'OK', OFF: 'OK' }
    expect(await outcome('box/command/on')).toMatchObject({ ok: true })
    expect(await outcome('box/set/output_1', { value: 'TOGGLE' })).toMatchObject({ runs: 'off', ok: true })
    expect(await outcome('box/set/output_1', { value: 'toggle' })).toMatchObject({ runs: 'on', ok: true })
  })
})

/** The event topics since `since`, or what else a text of a device brought. */
const heard = (since: number, topic: string) =>
  client.received.slice(since).flatMap((message) => (message.topic === `smshub/${topic}` ? [message.json] : []))

async function says(from: string, text: string): Promise<Record<string, any>> {
  const since = client.received.length
  world.world.network.text({ from, to: hubNumber, text })
  const isIt = (message: { topic: string; json: Record<string, any> }) =>
    message.topic === 'smshub/sms/received' && client.received.indexOf(message as never) >= since
  return (await client.wait(isIt)).json
}

describe('an answer of several texts', () => {
  test('holds nothing up that waits behind it, and its further texts still add to it', async () => {
    answers = { ZONES: 'Z1', LIST: '1 Anna', BEEP: 'BEEPED' }
    await client.publish('smshub/box/command/zones', { id: 'zones' })
    const since = client.received.length
    await client.publish('smshub/box/command/list', { id: 'list' })
    expect(await outcome('box/command/beep')).toMatchObject({ status: 'replied', ok: true, reply: { text: 'BEEPED' } })
    await says(numbers.box, 'Z2')
    const { json } = await client.final('box', ({ id }) => id === 'zones')
    expect(json).toMatchObject({ status: 'replied', ok: true, reply: { text: 'Z1\nZ2', texts: 2 } })
    await says(numbers.box, '2 Ben')
    const told = () => heard(since, 'box/result').filter(({ id }) => id === 'list')
    await client.until(() => told().at(-1)?.reply?.texts === 2)
    expect(told().at(-1)).toMatchObject({ reason: 'partial', final: false, reply: { text: '1 Anna\n2 Ben', texts: 2 } })
  })
})

describe('commands that share a text', () => {
  test('of one request go in one SMS, and each has its own answer and result', async () => {
    const before = sentTo(numbers.panel).length
    answers = { '1111:OUT1=on;OUT2=off;STATUS': 'OUT1 is on\nOUT2 is off\nI1:1' }
    const since = client.received.length
    const list = [
      { command: 'out', args: { n: 1, state: 'on' } },
      { command: 'out', args: { n: 2, state: 'off' } },
      'status',
    ]
    await client.publish('smshub/panel/command', JSON.stringify(list))
    const finals = () => heard(since, 'panel/result').filter(({ final }) => final)
    await client.wait(({ topic }) => topic === 'smshub/panel/result' && finals().length === 3)
    expect(finals().map(({ command, ok, reply }) => [command, ok, reply.text])).toEqual(
      expect.arrayContaining([
        ['out', true, 'OUT1 is on'],
        ['out', true, 'OUT2 is off'],
        ['status', true, 'I1:1'],
      ]),
    )
    expect(new Set(finals().map(({ command_id }) => command_id)).size).toBe(3)
    expect(sentTo(numbers.panel).slice(before)).toEqual(['1111:OUT1=on;OUT2=off;STATUS'])
    const state = heard(since, 'panel').at(-1)
    expect(state).toMatchObject({ output_1: 'ON', output_2: 'OFF', input_1: true })
  })

  test('that wait for the same device are sent together; what may not be repeated goes alone', async () => {
    const before = sentTo(numbers.panel).length
    answers = { '1111:STATUS': 'I1:0', '1111:OUT1=off;OUT2=on;OUT3=on': 'OUT1 is off' }
    const since = client.received.length
    await client.publish('smshub/panel/get', '')
    for (const [n, state] of [
      [1, 'off'],
      [2, 'on'],
      [3, 'on'],
      [4, 'on'],
    ])
      await client.publish('smshub/panel/command/out', { n, state })
    await client.publish('smshub/panel/command/pulse', 'PRESS')
    const finals = () => heard(since, 'panel/result').filter(({ final }) => final)
    await client.wait(({ topic }) => topic === 'smshub/panel/result' && finals().length === 6)
    expect(sentTo(numbers.panel).slice(before)).toEqual([
      '1111:STATUS',
      '1111:OUT1=off;OUT2=on;OUT3=on',
      '1111:OUT4=on',
      '1111:PULSE',
    ])
    expect(finals().map(({ args, status }) => [args?.n, status])).toEqual(
      expect.arrayContaining([
        [1, 'replied'],
        [2, 'unconfirmed'],
        [3, 'unconfirmed'],
        [4, 'unconfirmed'],
      ]),
    )
  })
})

describe('a device with a window', () => {
  test('is sent to when it reports that the window is open, and not before', async () => {
    await client.publish('smshub/shy/command/set', { n: 5, id: 'shy' })
    await says(numbers.shy, 'HELLO')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(sentTo(numbers.shy)).toEqual([])
    await says(numbers.shy, 'POWER ON')
    await client.final('shy', ({ id }) => id === 'shy')
    expect(sentTo(numbers.shy)).toEqual(['SET 5'])
    expect(await outcome('shy/command/set', { n: 6 })).toMatchObject({ status: 'sent' })
  })
})

describe('texts that come', () => {
  test('are distinguished by the name in them where devices share a number', async () => {
    expect(await says(numbers.pair, 'RIGHT 21.5')).toMatchObject({ device: 'right', parsed: true })
    expect(await says(numbers.pair, 'left 19')).toMatchObject({ device: 'left', parsed: true })
  })

  test('and were passed on for somebody else are no reading and no answer', async () => {
    expect(await says(numbers.panel, 'SMS from +4917112345: I1:1')).toMatchObject({
      device: 'panel',
      parsed: false,
      forwarded: { from: '+4917112345', text: 'I1:1' },
    })
  })

  test('teach the names that the owner gave, and alarms are known by them', async () => {
    answers = { '1111:NAMES': 'Z1:front door; Z2:cellar;' }
    expect(await outcome('panel/command/names')).toMatchObject({ ok: true })
    const since = client.received.length
    expect(await says(numbers.panel, 'cellar!')).toMatchObject({ parsed: true, message: 'alarm' })
    await says(numbers.panel, 'front door!')
    await says(numbers.panel, 'cellar!')
    await client.wait(() => heard(since, 'panel/event').length === 2)
    expect(heard(since, 'panel/event').map(({ input_1, input_2 }) => [input_1, input_2])).toEqual([
      [undefined, true],
      [true, undefined],
    ])
  })

  test('of an alarm that repeats are one alarm, wherever it is, until it is acknowledged', async () => {
    const since = client.received.length
    answers = { CALM: 'CALMED' }
    await says(numbers.box, 'SOS 52.1 13.2')
    await says(numbers.box, 'SOS 52.2 13.3')
    expect(heard(since, 'box/event')).toHaveLength(1)
    expect(await outcome('box/command/calm')).toMatchObject({ ok: true })
    await says(numbers.box, 'SOS 52.3 13.4')
    await client.until(() => heard(since, 'box/event').length >= 2)
    expect(heard(since, 'box/event')).toHaveLength(2)
  })
})

describe('a password', () => {
  const sent = () => sentTo(numbers.panel).at(-1)

  test('that was changed is used from then on, and nobody sees it', async () => {
    answers = { '1111:PW2222': 'password is 2222 now', '2222:STATUS': 'I1:1' }
    const since = client.received.length
    expect(await outcome('panel/command/password', { new: '2222' })).toMatchObject({ ok: true, args: { new: '***' } })
    expect(await outcome('panel/command/status')).toMatchObject({ ok: true })
    expect(sent()).toBe('2222:STATUS')
    const seen = client.received.slice(since).filter(({ topic }) => topic !== 'smshub/panel/command/password')
    expect(seen.filter(({ text }) => text.includes('2222'))).toEqual([])
  })

  test('that is in doubt is tried by the next question, and the right one stays', async () => {
    answers = { '3333:STATUS': 'I1:0' }
    expect(await outcome('panel/command/password', { new: '3333' })).toMatchObject({ status: 'unconfirmed' })
    expect(await outcome('panel/command/password', { new: '4444' })).toMatchObject({
      status: 'rejected',
      error: { message: expect.stringContaining('query the device first (panel/get)') },
    })
    const before = sentTo(numbers.panel).length
    expect(await outcome('panel/command/status')).toMatchObject({
      status: 'replied',
      ok: true,
      reply: { text: 'I1:0' },
    })
    expect(sentTo(numbers.panel).slice(before)).toEqual(['2222:STATUS', '3333:STATUS'])
    expect(await outcome('panel/command/status')).toMatchObject({ ok: true })
    expect(sentTo(numbers.panel).slice(before)).toEqual(['2222:STATUS', '3333:STATUS', '3333:STATUS'])
  })

  test('that the device did not take stays what it was', async () => {
    answers = { '3333:STATUS': 'I1:0' }
    expect(await outcome('panel/command/password', { new: '5555' })).toMatchObject({ status: 'unconfirmed' })
    expect(await outcome('panel/command/status')).toMatchObject({ ok: true })
    expect(sent()).toBe('3333:STATUS')
    answers = { '3333:PW6666': 'password is 6666 now' }
    expect(await outcome('panel/command/password', { new: '6666' })).toMatchObject({ ok: true })
  })

  test('is not shown by a text that nobody knows, which is kept with the nearest profile named', async () => {
    const since = client.received.length
    expect(await says(numbers.panel, 'I1:1 and the code is 6666, was 2222')).toMatchObject({ parsed: false })
    const event = await client.wait(({ json }) => json.type === 'unknown_text' && json.data.device === 'panel')
    expect(event.json.data).toMatchObject({ matches: [], nearest: { profile: 'test/panel', message: 'status' } })
    expect(event.json.data.text).toBe('I1:1 and the code is ***, was 2222')
    expect(client.received.slice(since).filter(({ text }) => text.includes('6666'))).toEqual([])
    expect(started.log.some(({ message }) => message.includes('the nearest is test/panel status'))).toBe(true)
    expect((await started.hub.readings()).stored.quarantined).toBeGreaterThan(0)
  })

  test('is still known after a restart, until the owner writes another', async () => {
    const passwordAfter = async (password: string) => {
      await started.hub.stop()
      const yaml = hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${await freePort()} } }`, path: world.path, devices })
      const own = `number: "${numbers.panel}"${password}`
      started = await startHub(yaml.replace(`number: "${numbers.panel}"`, own), { folder: started.folder })
      return started.hub.devices.get('panel')?.settings.password
    }
    expect(await passwordAfter('')).toBe('6666')
    expect(await passwordAfter(', settings: { password: "9999" }')).toBe('9999')
  })
})
