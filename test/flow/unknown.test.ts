import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import { SimulatedBroker, SimulatedClock, SimulatedHub } from '../support/simulation.ts'
import { hubNumber, hubYaml } from '../support/world.ts'

const second = 1_000
const number = '+4915112345610'
const mum = '+4915112345699'
const stranger = '+4915112345600'

const devices = `
devices:
  tag:
    profile: generic/text
    number: "${number}"
    commands:
      ask: { text: ASK, repeat: safe, asks: [temperature], reply: { expect: required, within: 60, accepted: "STATE {temperature:decimal} C" } }
    messages:
      reading: { text: "READ {temperature:decimal}" }
      lost: { text: "LOST {temperature:decimal}", proof: unproven }
contacts: { mum: "${mum}" }
`

const clock = new SimulatedClock(7)
const network = new SimulatedNetwork({ clock, behaviour: { deliverMs: [100, 200] } })
const modem = new SimulatedModem({ network, number: hubNumber })
const broker = new SimulatedBroker(clock)
const hub = new SimulatedHub(hubYaml({ mqtt: '{}', path: 'simulated', devices }), clock, broker, modem)
const jsons = (topic: string): Record<string, any>[] =>
  broker.published.filter((one) => one.topic === `smshub/${topic}`).map(({ payload }) => JSON.parse(payload))
const events = (type: string) => jsons('bridge/event').filter((event) => event.type === type)

beforeAll(async () => {
  new SimulatedDevice({ network, number, answerer: { answer: () => [] } })
  await hub.start()
  await clock.advance(20 * second)
})

afterAll(() => hub.kill())

describe('a text that nobody can read', () => {
  test('of a contact is a text and no riddle', async () => {
    const before = jsons('bridge/health').at(-1)?.quarantined ?? 0
    network.text({ from: mum, to: hubNumber, text: 'Hi it is mum' })
    await clock.advance(5 * second)
    expect(jsons('sms/received').at(-1)).toMatchObject({ text: 'Hi it is mum', device: null, contact: 'mum' })
    expect(events('unknown_text')).toEqual([])
    await clock.advance(601 * second)
    expect(jsons('bridge/health').at(-1)).toMatchObject({ quarantined: before })
  })

  test('of a stranger is given no profile that does not know it', async () => {
    network.text({ from: stranger, to: hubNumber, text: 'Your balance is 3 EUR' })
    await clock.advance(5 * second)
    expect(events('unknown_text').at(-1)?.data).toMatchObject({ from: stranger, matches: [], nearest: null })
    await clock.advance(601 * second)
    expect(jsons('bridge/health').at(-1)).toMatchObject({ quarantined: 0 })
  })

  test('is named where the answer to a command is missed, with the nearest of the device’s own profile', async () => {
    broker.press('tag/command/ask', '{}')
    await clock.advance(10 * second)
    network.text({ from: number, to: hubNumber, text: 'STATE 21.5 F' })
    await clock.advance(300 * second)
    const { status, reason, error } = jsons('tag/result').at(-1) as Record<string, any>
    expect([status, reason, error.code]).toEqual(['unconfirmed', 'not_understood', 'reply_timeout'])
    expect(error.message).toContain('"STATE 21.5 F"')
    expect(error.message).toMatch(/was not recognised.*generic\/text is ask, up to character 11/)
  })

  test('as a whole is published with what could be read of it, and with what could not', async () => {
    const before = events('unknown_text').length
    network.text({ from: number, to: hubNumber, text: 'FW 2.1\nREAD 21.5\nBattery: 80%\nfoo bar' })
    await clock.advance(10 * second)
    expect(jsons('sms/received').at(-1)).toMatchObject({
      parsed: true,
      message: 'reading',
      reading: 'partial',
      unread: ['FW 2.1', 'foo bar'],
    })
    expect(jsons('tag').at(-1)).toMatchObject({ temperature: 21.5, battery: 80 })
    expect(events('unknown_text')).toHaveLength(before)
  })

  test('but fits an unproven message is reported with what it needs, in the event and in the result', async () => {
    broker.press('tag/command/ask', '{}')
    await clock.advance(10 * second)
    network.text({ from: number, to: hubNumber, text: 'LOST 21.5' })
    await clock.advance(300 * second)
    expect(events('unknown_text').at(-1)?.data).toMatchObject({
      device: 'tag',
      unproven: 'lost',
      hint: expect.stringContaining('unproven: true'),
    })
    expect(jsons('tag/result').at(-1)?.error.message).toMatch(/"LOST 21.5"; .*unproven: true/)
  })
})

describe('the notification of an MMS', () => {
  /** Octets of WAP Push from a message centre, in two segments. */
  async function announce(body: string, reference: number): Promise<void> {
    const data = [`2A0601BE8C82${body}`.slice(0, 40), `2A0601BE8C82${body}`.slice(40)]
    for (const [i, part] of data.entries()) {
      const { pdu } = encodePdu({
        type: 'deliver',
        address: { number: '80885', ton: 'unknown', npi: 1 },
        scts: new Date(clock.wall()).toISOString().replace(/\..*/, '+00:00'),
        dcs: 0x04,
        ports: { dst: 2948, src: 9200, bits: 16 },
        concat: { ref: reference, total: 2, seq: i + 1, bits: 8 },
        data: part,
      })
      network.deliver({ from: '80885', to: hubNumber, pdu, delayMs: 0 })
    }
    await clock.advance(5 * second)
  }
  const from = (sender: string) =>
    `89${(sender.length + 12).toString(16)}80${hex(`${sender}/TYPE=PLMN`)}00`.toUpperCase()
  const hex = (text: string) => Buffer.from(text).toString('hex')

  test('is published with its address, with the device that it names, and changes nothing', async () => {
    const before = jsons('tag/state').length
    broker.press('tag/command/ask', '{}')
    await clock.advance(5 * second)
    await announce(`${from(number)}96${hex('Gate')}008E02741083${hex('http://mmsc.example/a1')}00`, 7)
    expect(jsons('sms/received').at(-1)).toMatchObject({
      from: '80885',
      device: null,
      trust: 'stranger',
      parsed: false,
      parts: 2,
      text: `MMS from ${number}, "Gate", 29712 octets, http://mmsc.example/a1`,
      mms: {
        device: 'tag',
        from: number,
        subject: 'Gate',
        size: 29_712,
        expires_at: null,
        url: 'http://mmsc.example/a1',
      },
    })
    expect(jsons('tag/state')).toHaveLength(before)
    expect(jsons('tag/result').at(-1)).toMatchObject({ status: expect.stringMatching(/sent|delivered/) })
    expect(events('unknown_text').filter(({ data }) => data.text.startsWith('MMS'))).toEqual([])
  })

  test('of a hidden sender, and every other push, is kept as what it is', async () => {
    await announce(`89018183${hex('http://mmsc.example/a2-with-a-longer-name')}00`, 8)
    expect(jsons('sms/received').at(-1)).toMatchObject({
      device: null,
      mms: { device: null, from: null, subject: null, size: null },
    })
    await announce(`8986${hex('http://elsewhere.example/none')}00`, 9)
    expect(jsons('sms/received').at(-1)).not.toHaveProperty('mms')
    expect(jsons('sms/received').at(-1)).toMatchObject({ encoding: 'data', text: '' })
  })

  test('is one of a stranger: of many that name a device, sixty an hour are published', async () => {
    for (let i = 0; i < 70; i++)
      await announce(`${from(number)}83${hex(`http://mmsc.example/many-${100 + i}`)}00`, 10 + i)
    expect(jsons('sms/received').filter(({ mms }) => mms?.url.includes('many'))).toHaveLength(60 - 3)
    expect(events('text_flood').map(({ data }) => data.from)).toContain('80885')
  })
})

describe('a rule in a minute', () => {
  const tracker = '+4915112345602'
  // A store of its own: the others count the rows of theirs.
  const clock = new SimulatedClock(9)
  const network = new SimulatedNetwork({ clock, behaviour: { deliverMs: [100, 200] } })
  const broker = new SimulatedBroker(clock)
  const modem = new SimulatedModem({ network, number: hubNumber })
  const config = hubYaml({ mqtt: '{}', path: 'simulated', devices: `${devices}requests: { add_devices: true }\n` })
  const hub = new SimulatedHub(config, clock, broker, modem)
  const jsons = (topic: string): Record<string, any>[] =>
    broker.published.filter((one) => one.topic === `smshub/${topic}`).map(({ payload }) => JSON.parse(payload))
  let n = 0

  beforeAll(async () => {
    await hub.start()
    await clock.advance(20 * second)
  })

  afterAll(() => hub.kill())

  /** Asks by MQTT, as a page, a program or a person would. */
  async function ask(path: string, data: object = {}): Promise<Record<string, any>> {
    const transaction = `t${++n}`
    broker.press(`bridge/request/${path}`, JSON.stringify({ ...data, transaction }))
    await clock.advance(2 * second)
    return jsons(`bridge/response/${path}`).find((one) => one.transaction === transaction) as Record<string, any>
  }
  async function text(words: string): Promise<void> {
    network.text({ from: tracker, to: hubNumber, text: words })
    await clock.advance(90 * second)
  }
  /** The entities of a device in the discovery of Home Assistant. */
  const entities = (device: string) => {
    const found = broker.published.filter(({ topic }) => topic.endsWith(`_${device}/config`)).at(-1)
    return Object.values<Record<string, any>>(JSON.parse(found?.payload || '{}').cmps ?? {})
  }

  test('three texts of an unknown tracker become entities with what they said', async () => {
    await text('Fix! lat:51.481200 long:-3.179300 speed:12.5km/h Batt: 87% 26-11-22 12:00')
    await text('Fix! lat:51.500000 long:-3.200000 speed:0.0km/h Batt: 86% 26-11-22 12:02')
    await text('Help me! lat:51.500001 long:-3.200001 Batt: 12%')
    const { data: list } = await ask('unknown/list')
    expect(list.data).toContainEqual(expect.objectContaining({ device: null, from: tracker, texts: 3 }))
    const { data: strange } = await ask('unknown/groups', { about: tracker })
    expect(strange).toMatchObject({
      device: null,
      groups: [
        { count: 1, event: 'sos' },
        { count: 2, event: null },
      ],
    })

    expect(await ask('device/add', { id: 'cart', profile: 'generic/text', number: tracker })).toMatchObject({
      status: 'ok',
    })
    const { data: own } = await ask('unknown/groups', { about: 'cart' })
    const rules = own.groups as { name: string; pattern: string; event: string | null; texts: { text: string }[] }[]
    const before = { events: jsons('cart/event').length, received: jsons('sms/received').length }
    for (const { name, pattern, event, texts } of rules) {
      const rule = { id: 'cart', name, pattern, texts: texts.map((one) => one.text), ...(event !== null && { event }) }
      expect(await ask('device/rule', rule)).toMatchObject({ data: { id: 'cart', read: texts.length } })
    }
    // The newest text was an alarm: of it, there is what it measured, and no alarm.
    expect(jsons('cart').at(-1)).toMatchObject({ latitude: 51.500001, speed: 0, battery: 12 })
    expect({ events: jsons('cart/event').length, received: jsons('sms/received').length }).toEqual(before)
    expect(entities('cart').map(({ p, dev_cla: kind }) => kind ?? p)).toEqual(
      expect.arrayContaining(['battery', 'speed', 'device_tracker']),
    )
    expect((await ask('unknown/groups', { about: 'cart' })).data.groups).toEqual([])

    await text('Fix! lat:52.000000 long:-3.100000 speed:7.0km/h Batt: 80% 26-11-22 12:09')
    expect(jsons('cart').at(-1)).toMatchObject({ latitude: 52, speed: 7, battery: 80 })
    await text('Help me! lat:52.000001 long:-3.200001 Batt: 11%')
    expect(jsons('cart/event').at(-1)).toMatchObject({ event_type: 'sos', level: 'high', battery: 11 })
  })

  test('holes are renamed and dropped, and what a rule may not do is said before it is kept', async () => {
    await text('Tank 55 of 9')
    const { data } = await ask('device/draft', {
      id: 'cart',
      text: 'Tank 55 of 9',
      holes: { value_1: 'level:int', value_2: '-' },
    })
    expect(data).toMatchObject({
      pattern: 'Tank {level:int} of {_:decimal}',
      texts: [{ text: 'Tank 55 of 9', values: { level: 55 } }],
      problems: [],
    })
    // Tried before it is kept, it is judged as it would be then.
    const tried = await ask('device/draft', {
      id: 'cart',
      texts: ['Tank 55 of 9', 'Tank 7 of 9'],
      pattern: 'Tank {level:int} of {colour:int}',
    })
    expect(tried.data).toMatchObject({
      texts: [{ values: { level: 55 } }, { values: { level: 7 } }],
      problems: [expect.stringMatching(/no field "colour"/)],
    })
    const other = { id: 'cart', texts: ['Tank 55 of 9', 'Barrel 7'], pattern: 'Tank {level:int} of {_:int}' }
    expect((await ask('device/draft', other)).error).toMatch(/does not read/)
    expect((await ask('device/draft', { id: 'cart' })).error).toMatch(/name a text/)
    const keep = (rule: object) => ask('device/rule', { id: 'cart', name: 'tank', text: 'Tank 55 of 9', ...rule })
    const refused = async (rule: object) => String((await keep(rule)).error)
    expect(await refused({ pattern: 'Tank {colour:int} of {_:int}' })).toMatch(/no field "colour"/)
    expect(await refused({ pattern: 'Tank {level:int} of {_:int}', holes: { lvl: '-' } })).toMatch(
      /did you mean "level"/,
    )
    expect(await refused({ pattern: '{text_1:text}' })).toMatch(/no words of its own/)
    expect(await refused({ pattern: 'Tank {level:int} of 8' })).toMatch(/does not read/)
    await text('Filter changed')
    const fixed = { id: 'cart', name: 'filter_changed', pattern: 'Filter changed', text: 'Filter changed' }
    expect((await ask('device/rule', fixed)).data).toMatchObject({ read: 1 })
    await text('Filter changed')
    expect(jsons('cart/event').at(-1)).toMatchObject({ event_type: 'filter_changed' })
    expect((await keep({ pattern: 'Tank {level:int} of {_:int}' })).data).toEqual({
      id: 'cart',
      message: 'tank',
      read: 1,
    })
    expect(await refused({ pattern: 'Tank {level:int} of {_:int}' })).toMatch(/message tank already/)
    expect(jsons('cart').at(-1)).toMatchObject({ level: 55 })
    const { error } = await ask('device/rule', {
      id: 'tag',
      name: 'water',
      pattern: 'Water {level:int}',
      text: 'Water 5',
    })
    expect(error).toMatch(/smshub.yaml: add \{"water":\{"text":"Water \{level:int\}"/)
  })

  test('a sender without a number has groups too, and one that has become a device is listed as that', async () => {
    network.text({ from: 'PowerCo', to: hubNumber, text: 'Your bill is 12.50 EUR' })
    const shed = '+4915112345604'
    network.text({ from: shed, to: hubNumber, text: 'Lamp 5 of 6' })
    await clock.advance(30 * second)
    await ask('device/add', { id: 'lamp', profile: 'generic/text', number: shed })
    const senders = (await ask('unknown/list')).data.data
    expect(senders).toContainEqual(expect.objectContaining({ device: null, from: 'PowerCo', texts: 1 }))
    expect(senders).toContainEqual(expect.objectContaining({ device: 'lamp', from: null, texts: 1 }))
    const paged: typeof senders = []
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = (await ask('unknown/list', { limit: 1, ...(cursor && { cursor }) })).data
      expect(page.data.length).toBeLessThanOrEqual(1)
      paged.push(...page.data)
      cursor = page.next
    }
    const count = (all: typeof senders) => all.reduce((sum: number, { texts }: { texts: number }) => sum + texts, 0)
    expect(count(paged)).toBe(count(senders))
    expect((await ask('unknown/list', { cursor: 'x' })).error).toMatch(/must be the cursor/)
    expect((await ask('unknown/groups', { about: 'PowerCo' })).data).toMatchObject({
      device: null,
      groups: [{ pattern: expect.stringContaining('Your bill is'), count: 1 }],
    })
    expect((await ask('unknown/groups', { about: 'PowrCo' })).error).toMatch(/no device "PowrCo"/)
    await ask('device/remove', { id: 'lamp' })
    const left = (await ask('unknown/list')).data.data as { device: string | null; last_text: string }[]
    expect(left.filter(({ last_text: last }) => last === 'Lamp 5 of 6').map(({ device }) => device)).toEqual([null])
  })

  test('what an old text said opens, disarms and warns of nothing', async () => {
    const door = '+4915112345603'
    for (const words of ['Door status: ON', 'Problem ON 3.9V']) {
      network.text({ from: door, to: hubNumber, text: words })
      await clock.advance(30 * second)
    }
    const messages = {
      door: { text: 'Door status: {door:bool}' },
      trouble: { text: 'Problem {problem:bool} {battery_voltage:decimal}V' },
    }
    await ask('device/add', { id: 'porch', profile: 'generic/text', number: door, messages })
    expect((await ask('unknown/read', { id: 'porch' })).data).toEqual({ id: 'porch', read: 2 })
    expect(jsons('porch').at(-1)).toMatchObject({ door: null, problem: null, battery_voltage: 3.9 })
    expect((await ask('unknown/read', { id: 'porch' })).data).toEqual({ id: 'porch', read: 0 })
  })
})

test('three thousand texts of one stranger within an hour leave the memory empty, a hundred rows and the devices served', async () => {
  for (let i = 0; i < 3_000; i++) {
    network.text({ from: '+4915112345601', to: hubNumber, text: `spam ${i}`, delayMs: (i % 300) * 1_200 })
    if (i % 300 !== 299) continue
    await clock.advance(299 * 1_200)
    network.text({ from: number, to: hubNumber, text: `READ ${i}`, delayMs: 0 })
    const at = broker.published.length
    await clock.advance(2 * second)
    const since = broker.published.slice(at).map(({ payload }) => payload)
    expect(since.some((payload) => payload.includes(`"text":"READ ${i}"`))).toBe(true)
  }
  await clock.advance(600 * second)
  expect([modem.memories.SM.used, modem.memories.ME.used]).toEqual([0, 0])
  expect(jsons('sms/received').filter(({ from }) => from === '+4915112345601').length).toBeLessThanOrEqual(120)
  expect(events('text_flood')).toContainEqual(
    expect.objectContaining({ data: expect.objectContaining({ from: '+4915112345601' }) }),
  )
  const received = jsons('sms/received').filter(({ device }) => device === 'tag')
  expect(received.map(({ text }) => text).filter((text) => text.startsWith('READ'))).toEqual(
    Array.from({ length: 10 }, (_, i) => `READ ${i * 300 + 299}`),
  )
  await hub.kill()
  const store = new Database(join(hub.folder, 'data', 'smshub.db'), { readonly: true })
  const rows = store.prepare('SELECT COUNT(*) AS n FROM incoming WHERE sender = ?').get('+4915112345601') as {
    n: number
  }
  const raws = store.prepare('SELECT COUNT(*) AS n FROM raw').get() as { n: number }
  store.close()
  expect(rows.n).toBeLessThanOrEqual(100)
  expect(raws.n).toBeLessThanOrEqual(200)
})
