import { afterEach, describe, expect, test } from '@jest/globals'
import { seededRandom } from '../../src/util/random.ts'
import { Carrier, type CarrierBehaviour, CarrierGateway } from '../support/carrier.ts'
import { hubWith, numberOf, stopAll } from '../support/carrier-hub.ts'
import { Faults, failingStore } from '../support/failing-store.ts'
import { temporaryFolder } from '../support/folder.ts'
import type { TestClient } from '../support/mqtt-client.ts'
import { testClock as clock } from '../support/world.ts'

afterEach(stopAll)

const ends = ['delivered', 'undelivered', 'failed', 'expired', 'cancelled', 'in_doubt']

/** The final statuses of texts, by the id that their client gave them. */
function finals(...clients: readonly TestClient[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  const received = clients.flatMap((client) => client.received)
  // A broker may deliver a message twice, with the same octets.
  for (const { topic, json } of new Map(received.map((one) => [one.text, one])).values()) {
    if (topic !== 'smshub/sms/status' || !ends.includes(json.status)) continue
    found.set(json.client_id, [...(found.get(json.client_id) ?? []), json.status])
  }
  return found
}

const allEnded = (client: TestClient, count: number) => client.until(() => finals(client).size >= count)
const ids = (from: number, until: number) => Array.from({ length: until - from }, (_, i) => `id ${from + i}`)
const times = (carrier: Carrier) => {
  const counts = new Map<string, number>()
  for (const { text } of carrier.accepted) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}

/** Texts of a carrier that nobody is connected to any more: their reports never come. */
const missing = (carrier: Carrier, client: TestClient) =>
  carrier.accepted.filter(({ text }) => !finals(client).has(text.replace('text', 'id'))).length

/** Answers and reports come in any order, some reports before the answer that names the text. */
function anyOrder(seed: number): Pick<CarrierBehaviour, 'answerMs' | 'reportMs'> {
  const random = seededRandom(seed)
  return { answerMs: () => random() * 200, reportMs: () => random() * 400 - 100 }
}

describe('through a carrier', () => {
  test('as many texts are under way at once as its window holds, and no more', async () => {
    const carrier = new Carrier(clock, { holdsUntil: 500 })
    const { client, send } = await hubWith({ home: new CarrierGateway('home', carrier) })
    await send(0, 700)
    await allEnded(client, 700)
    expect(carrier.mostAtOnce).toBe(500)
    expect([...times(carrier).values()].every((n) => n === 1)).toBe(true)
  })

  test('its window can be made smaller', async () => {
    const carrier = new Carrier(clock, { holdsUntil: 20 })
    const { client, send } = await hubWith({ home: new CarrierGateway('home', carrier) }, { keys: ', window: 20' })
    await send(0, 60)
    await allEnded(client, 60)
    expect(carrier.mostAtOnce).toBe(20)
  })

  test('every text that was acknowledged is accepted once and ends once, whatever order reports come in', async () => {
    const carrier = new Carrier(clock, anyOrder(1))
    const { client, send } = await hubWith({ home: new CarrierGateway('home', carrier) })
    await send(0, 500)
    await allEnded(client, 500)
    expect(times(carrier)).toEqual(new Map(ids(0, 500).map((id) => [id.replace('id', 'text'), 1])))
    expect(finals(client)).toEqual(new Map(ids(0, 500).map((id) => [id, ['delivered']])))
    expect(client.received.filter(({ json }) => json.type === 'unmatched_report')).toEqual([])
  })

  test('so do those that it refused as too much, and it is given less at once', async () => {
    const carrier = new Carrier(clock, { most: 100, holdsUntil: 101, ...anyOrder(2) })
    const { client, send } = await hubWith({ home: new CarrierGateway('home', carrier) })
    await send(0, 400)
    await allEnded(client, 400)
    expect([...times(carrier).values()].filter((n) => n !== 1)).toEqual([])
    expect(
      [...finals(client).values()].filter(([status, ...more]) => status !== 'delivered' || more.length > 0),
    ).toEqual([])
    expect(carrier.throttled).toBeGreaterThan(0)
    // Each round halves what is under way: far fewer refusals than texts for each of the tries.
    expect(carrier.throttled).toBeLessThan(4 * 400)
  })

  test('what it says nothing about is in doubt, once, and is never sent again; what it refuses fails', async () => {
    const carrier = new Carrier(clock, {
      silent: (text) => /[37]$/.test(text),
      rejects: (text) => text.endsWith('5'),
      ...anyOrder(3),
    })
    const { client, send } = await hubWith({ home: new CarrierGateway('home', carrier) })
    await send(0, 100)
    await client.until(() => finals(client).size >= 80)
    const inDoubt = ({ topic, json }: (typeof client.received)[number]) =>
      topic === 'smshub/sms/status' && json.in_doubt === true && json.error !== null
    await client.until(() => new Set(client.received.filter(inDoubt).map(({ json }) => json.client_id)).size === 20)
    expect([...times(carrier).values()].filter((n) => n !== 1)).toEqual([])
    for (const [id, statuses] of finals(client)) {
      if (/[37]$/.test(id)) continue
      expect([id, statuses]).toEqual([id, [id.endsWith('5') ? 'failed' : 'delivered']])
    }
    const doubted = client.received.find(inDoubt)
    expect(doubted?.json.error).toMatchObject({ code: 'carrier_error', message: 'no answer within 60 s' })
    const failed = client.received.find(({ json }) => json.status === 'failed')
    expect(failed?.json.error).toMatchObject({ code: 'network_rejected', details: { smpp: 0x0b } })
  })

  test('what it says nothing about is settled by its report, where that repeats the name that the hub gave it', async () => {
    const silent = (text: string) => text.endsWith('7')
    const carrier = new Carrier(clock, { silent, repeatsNames: true, ...anyOrder(5) })
    const { client, send } = await hubWith({ home: new CarrierGateway('home', carrier) })
    await send(0, 100)
    await allEnded(client, 100)
    expect([...times(carrier).values()].filter((n) => n !== 1)).toEqual([])
    expect(finals(client)).toEqual(new Map(ids(0, 100).map((id) => [id, ['delivered']])))
  })

  test('a text that comes in is published, once however often the carrier brings it', async () => {
    const carrier = new Carrier(clock)
    const { client } = await hubWith({ home: new CarrierGateway('home', carrier) })
    carrier.text('+4915155000001', 'hello', 'in-1')
    const first = await client.wait(({ topic }) => topic === 'smshub/sms/received')
    expect(first.json).toMatchObject({ from: '+4915155000001', text: 'hello' })
    carrier.text('+4915155000001', 'hello', 'in-1')
    // The same words are another text, where the carrier gives it an id of its own.
    carrier.text('+4915155000001', 'hello', 'in-2')
    carrier.text('+4915155000001', 'bye', 'in-3')
    const texts = () =>
      client.received.filter(({ topic }) => topic === 'smshub/sms/received').map(({ json }) => json.text)
    await client.until(() => texts().includes('bye'))
    expect(texts()).toEqual(['hello', 'hello', 'bye'])
  })

  test('texts of many senders are settled at the same time, those of each in their order', async () => {
    const carrier = new Carrier(clock)
    const faults = new Faults()
    const { client } = await hubWith({ home: new CarrierGateway('home', carrier) }, { makeStore: failingStore(faults) })
    const senders = Array.from({ length: 40 }, (_, i) => numberOf(i))
    for (let n = 0; n < 5; n++) for (const from of senders) carrier.text(from, `text ${n}`, `${from} ${n}`)
    const texts = () => client.received.filter(({ topic }) => topic === 'smshub/sms/received')
    await client.until(() => texts().length >= 200)
    for (const from of senders)
      expect(texts().flatMap(({ json }) => (json.from === from ? [json.text] : []))).toEqual(
        [0, 1, 2, 3, 4].map((n) => `text ${n}`),
      )
    expect(faults.mostAtOnce.get('settleText')).toBeGreaterThan(1)
  })

  test('of one sender one text is settled behind the other', async () => {
    const carrier = new Carrier(clock)
    const faults = new Faults()
    const { client } = await hubWith({ home: new CarrierGateway('home', carrier) }, { makeStore: failingStore(faults) })
    for (let n = 0; n < 20; n++) carrier.text(numberOf(1), `text ${n}`, `id ${n}`)
    await client.until(() => client.received.filter(({ topic }) => topic === 'smshub/sms/received').length >= 20)
    expect(faults.mostAtOnce.get('settleText')).toBe(1)
  })
})

test('a hub that is stopped and started again while texts are under way sends each once, and each ends once', async () => {
  const folder = temporaryFolder()
  const carrier = new Carrier(clock, { silent: (text) => text.endsWith('9'), ...anyOrder(4) })
  const clients: TestClient[] = []
  for (const from of [0, 100, 200]) {
    const { hub, client, send } = await hubWith({ home: new CarrierGateway('home', carrier) }, { folder })
    clients.push(client)
    await send(from, from + 100)
    if (from === 200) {
      // What was final in an earlier run was published then, or is now.
      await client.until(() => finals(...clients).size >= 270)
    } else {
      await hub.stop()
      await client.close()
    }
  }
  expect(times(carrier).size).toBe(300)
  expect([...times(carrier).values()].filter((n) => n !== 1)).toEqual([])
  for (const [id, statuses] of finals(...clients))
    if (!id.endsWith('9')) expect([id, statuses]).toEqual([id, ['delivered']])
})

describe('a gateway of window 1 that answers quickly has a text taken out of the queue ahead', () => {
  const quick = (id: string, answerMs: () => number = () => 1) => {
    const carrier = new Carrier(clock, { answerMs })
    return { carrier, gateway: new CarrierGateway(id, carrier, 1) }
  }

  test('it never has two under way, and gets each once', async () => {
    const { carrier, gateway } = quick('home')
    const { client, send } = await hubWith({ home: gateway })
    await send(0, 100)
    await allEnded(client, 100)
    expect(carrier.mostAtOnce).toBe(1)
    expect([...times(carrier).values()].filter((n) => n !== 1)).toEqual([])
  })

  test('once its connection is gone, that text leaves by another gateway, once', async () => {
    const [first, second] = [quick('first'), quick('second')]
    const { client, send } = await hubWith({ first: first.gateway, second: second.gateway })
    second.gateway.close()
    await send(0, 20)
    await client.until(() => first.carrier.accepted.length >= 10)
    first.gateway.close()
    second.gateway.open()
    await send(20, 40)
    await client.until(() => finals(client).size + missing(first.carrier, client) >= 40)
    const all = [...first.carrier.accepted, ...second.carrier.accepted].map(({ text }) => text)
    expect(all.sort()).toEqual(
      ids(0, 40)
        .map((id) => id.replace('id', 'text'))
        .sort(),
    )
    expect(second.carrier.accepted.length).toBeGreaterThanOrEqual(20)
  })

  test('a hub that is stopped leaves it in the queue, for its next start', async () => {
    const folder = temporaryFolder()
    const { carrier, gateway } = quick('home', () => 20)
    const one = await hubWith({ home: gateway }, { folder })
    await one.send(0, 40)
    await one.client.until(() => carrier.accepted.length >= 5)
    await one.hub.stop()
    await one.client.close()
    expect(carrier.accepted.length).toBeLessThan(40)
    const two = await hubWith({ home: new CarrierGateway('home', carrier, 1) }, { folder })
    await two.client.until(() => carrier.accepted.length >= 40)
    await two.client.until(() => finals(one.client, two.client).size >= 40)
    expect([...times(carrier).values()].filter((n) => n !== 1)).toEqual([])
  })
})

test('sixty-four gateways look into the queue hardly more often than one would for the same texts', async () => {
  const gateways = Array.from({ length: 64 }, (_, i) => {
    const id = `g${i}`
    return [id, new CarrierGateway(id, new Carrier(clock, { answerMs: () => 20 }), 1)] as const
  })
  const faults = new Faults()
  const { client, send } = await hubWith(Object.fromEntries(gateways), { makeStore: failingStore(faults) })
  const before = faults.asked.get('claim') ?? 0
  await send(0, 640)
  await allEnded(client, 640)
  // One that takes a text, one that looks for the next, one that is woken for nothing.
  expect((faults.asked.get('claim') ?? 0) - before).toBeLessThan(4 * 640)
})
