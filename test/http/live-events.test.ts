import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { eventSchemas } from '../../src/api/public-events.ts'
import { happening } from '../../src/message/hub-event.ts'
import type { PublicEventType } from '../../src/message/public-event-types.ts'
import type { EventClient } from '../support/event-client.ts'
import { alarm, EventServer } from '../support/event-server.ts'
import { until } from '../support/patience.ts'

let server: EventServer
const clients: EventClient[] = []

beforeEach(async () => {
  server = await new EventServer().start()
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await server.stop()
})

/** A stream that is open. */
async function opened(name = 'owner', query = '', headers: Readonly<Record<string, string>> = {}) {
  const client = server.client(name, query, headers)
  clients.push(client)
  expect(await client.open()).toBe(200)
  await until(() => client.lastEventId !== '' || client.events.length > 0)
  return client
}

const numbers = (client: EventClient) => client.events.map(({ data }) => data.data.number)
const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i)

describe('a stream of events', () => {
  test('begins with how to come again and the place, and has each event with its id and type', async () => {
    const client = await opened()
    expect(client.octets).toMatch(/^retry: \d+\n\nid: 0\n\n$/)
    expect(client.retryMs).toBeGreaterThanOrEqual(2_000)
    await server.emit(alarm('gate', 1), { kind: 'state', subject: 'gate', data: { gate: 'open' } })
    const [first, second] = await client.has(2)
    expect([first?.event, second?.event]).toEqual(['device.event', 'device.state'])
    expect(Number(second?.id)).toBeGreaterThan(Number(first?.id))
    for (const { event, data } of client.events)
      expect(eventSchemas[event as PublicEventType].schema.safeParse(data)).toMatchObject({ success: true })
    expect(second?.data).toEqual({
      type: 'device.state',
      timestamp: '2026-11-22T12:00:00.000Z',
      data: { device: 'gate', state: { gate: 'open' } },
    })
  })

  test('must not be kept, changed or collected on its way', async () => {
    const { response } = await opened()
    expect(response?.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    })
    expect(response?.headers['content-length']).toBeUndefined()
  })

  test('shows nothing of what happened before it began, and all behind an event that is named', async () => {
    await server.alarms('gate', 0, 3)
    const late = await opened()
    const early = await opened('owner', '?after=0')
    await early.has(3)
    await server.alarms('gate', 3, 1)
    await Promise.all([late.has(1), early.has(4)])
    expect([numbers(late), numbers(early)]).toEqual([[3], [0, 1, 2, 3]])
    const [, second] = early.events
    const behind = await opened('owner', `?after=${second?.id}`)
    await behind.has(2)
    expect(numbers(behind)).toEqual([2, 3])
  })

  test('what a browser was sent last wins over the address that it opened first', async () => {
    await server.alarms('gate', 0, 4)
    const client = await opened('owner', '?after=0', { 'last-event-id': '3' })
    await client.has(1)
    expect(numbers(client)).toEqual([3])
  })

  test('goes on over restarts of the hub, with every event once', async () => {
    const client = await opened()
    for (let round = 0; round < 3; round++) {
      await server.alarms('gate', 10 * round, 5)
      await client.has(10 * round + 5)
      await server.stop()
      await client.closed()
      await server.start()
      // Before it is back.
      await server.alarms('gate', 10 * round + 5, 5)
      expect(await client.open()).toBe(200)
      await client.has(10 * round + 10)
    }
    expect(numbers(client)).toEqual(upTo(30))
  })

  test('resumes where nothing had happened yet when it was lost', async () => {
    const client = await opened()
    client.close()
    await server.alarms('gate', 0, 2)
    await client.open()
    await client.has(2)
    expect(numbers(client)).toEqual([0, 1])
  })

  test('has a text with line breaks and hostile letters in one line of data', async () => {
    const client = await opened()
    const text = 'one\ntwo\r\nthree\rfour\u2028five\u2029six\u0085seven\u0000\n\nid: 99\nevent: fake\n\n😀'
    await server.alarms('gate', 0, 1, text)
    const [event] = await client.has(1)
    expect(event?.data.data.text).toBe(text)
    // Clients that know more line ends than the standard read the same.
    const lines = client.octets.split(/\r\n|[\n\r\v\f\x1c-\x1e\u0085\u2028\u2029]/)
    expect(lines.filter((line) => line.startsWith('id: '))).toEqual(['id: 0', `id: ${event?.id}`])
    expect(lines.filter((line) => line.startsWith('data: '))).toEqual([expect.stringContaining('event: fake')])
    expect([client.events.length, client.lastEventId, event?.event]).toEqual([1, event?.id, 'device.event'])
  })

  test('is kept alive, and moves its place past what it does not show', async () => {
    const client = await opened('owner', '?device=gate')
    await server.alarms('van', 0, 3)
    await until(() => server.streaming === 1)
    await server.clock.advance(15_000)
    await until(() => client.comments.includes('heartbeat'))
    await until(() => client.lastEventId === '3')
    expect(client.events).toEqual([])
    await server.clock.advance(15_000)
    await until(() => client.comments.length === 2)
  })

  test.each(['HEAD', 'POST'])('is not what %s asks for', async (method) => {
    const answer = await fetch(`${server.url}/v1/events`, {
      method,
      headers: { authorization: 'Bearer owner', accept: 'text/event-stream' },
    })
    expect(answer.headers.get('content-type')).not.toContain('text/event-stream')
    expect(server.streaming).toBe(0)
  })

  test('ends at once with the hub, without any time going by', async () => {
    const all = await Promise.all(upTo(20).map(() => opened()))
    await server.stop()
    for (const client of all) await client.closed()
    await until(() => server.streaming === 0)
    expect(server.logged).toEqual([])
    await server.start()
  })
})

describe('a place that is not known', () => {
  test.each([
    ['was never given', '99', ''],
    ['is no number', 'abc', ''],
    ['is negative', '-5', ''],
    ['is in the address', '', '?after=99'],
  ])('and %s begins with a reset, and the stream goes on from there', async (_, id, query) => {
    await server.alarms('gate', 0, 2)
    const client = await opened('owner', query, id === '' ? {} : { 'last-event-id': id })
    const [reset] = await client.has(1)
    expect(reset).toEqual({
      id: '2',
      event: 'reset',
      data: { type: 'reset', timestamp: '2026-11-22T12:00:00.000Z', data: {} },
    })
    await server.alarms('gate', 2, 1)
    await client.has(2)
    expect(client.events[1]?.data.data.number).toBe(2)
  })

  test('because its events are pruned begins with a reset', async () => {
    const client = await opened()
    await server.alarms('gate', 0, 3)
    await client.has(3)
    client.close()
    await server.alarms('gate', 3, 3)
    const week = 8 * 86_400_000
    const now = server.clock.wall() + week
    await server.store.run('prune', { now, before: 0, rawBefore: 0, limit: 500 })
    await client.open()
    await client.has(4)
    expect(client.events[3]?.event).toBe('reset')
  })

  test('and has no form is refused with the way to write it', async () => {
    const answer = await server.ask('/v1/events?after=yesterday')
    expect(answer).toMatchObject({ status: 422, json: { code: 'invalid_payload' } })
    expect(answer.json.detail).toMatch(/after: must be the "id" of an event/)
    const stream = server.client('owner', '?after=yesterday')
    expect(await stream.open()).toBe(422)
    stream.close()
  })
})

describe('a stream shows', () => {
  test('the types that are asked for', async () => {
    const client = await opened('owner', '?types=device.state,hub.*')
    await server.emit(
      alarm('gate', 1),
      { kind: 'state', subject: 'gate', data: {} },
      happening('clock_right', { time: '2026-11-22T12:00:00Z' }),
    )
    await client.has(2)
    expect(client.events.map(({ event }) => event)).toEqual(['device.state', 'hub.clock_right'])
  })

  test('the device that is asked for', async () => {
    const client = await opened('owner', '?device=gate')
    await server.emit(alarm('van', 1), alarm('gate', 2), happening('clock_right', {}), alarm('gate', 3))
    await client.has(2)
    expect(numbers(client)).toEqual([2, 3])
  })

  test('only the devices of a caller who is restricted to them', async () => {
    const client = await opened('gatekeeper')
    await server.emit(alarm('van', 1), happening('clock_right', {}), happening('device_removed', { device: 'van' }))
    await server.alarms('gate', 2, 1)
    await client.has(1)
    expect(numbers(client)).toEqual([2])
    const { json } = await server.ask('/v1/events?after=0', { as: 'gatekeeper' })
    expect(json.data.map(({ data }: { data: { number: number } }) => data.number)).toEqual([2])
  })

  test('no texts of people to who may not see texts', async () => {
    const received = (id: string, device: string | null) =>
      ({
        kind: 'received',
        subject: '',
        data: {
          id,
          from: '+4915112345678',
          device,
          gateway: 'home',
          trust: 'number',
          text: 'hello',
          received_at: '2026-11-22T12:00:00.000Z',
          smsc_at: null,
          parts: 1,
          parsed: false,
          encoding: 'gsm7',
        },
      }) as const
    const [reader, owner] = await Promise.all([opened('reader'), opened()])
    await server.emit(received('in_1', null), received('in_2', 'gate'))
    await Promise.all([owner.has(2), reader.has(1)])
    expect(reader.events.map(({ data }) => data.data.id)).toEqual(['in_2'])
  })

  test.each([
    ['types=message.sendt', /types: there is no event "message.sendt"; did you mean "message.sent"\?/],
    ['types=', /there is no event ""/],
    ['typ=message.*', /unknown key "typ"/],
    ['device=', /device/],
  ])('nothing for ?%s, which is refused', async (query, words) => {
    const answer = await server.ask(`/v1/events?${query}`)
    expect(answer.status).toBe(422)
    expect(answer.json.detail).toMatch(words)
    const stream = server.client('owner', `?${query}`)
    expect(await stream.open()).toBe(422)
    stream.close()
  })
})

describe('who reads', () => {
  test('must be known, and have the scope', async () => {
    const headers = { accept: 'text/event-stream' }
    const unknown = await fetch(`${server.url}/v1/events`, { headers })
    expect(unknown.status).toBe(401)
    const sender = server.client('sender')
    expect(await sender.open()).toBe(403)
    sender.close()
    expect((await server.ask('/v1/events/ticket', { as: 'sender', method: 'POST' })).status).toBe(403)
    expect((await server.ask('/v1/events/ticket', { as: null, method: 'POST' })).status).toBe(401)
  })

  test('sees nothing more once the key is removed, and is closed at the next event', async () => {
    const client = await opened('program')
    await server.alarms('gate', 0, 1)
    await client.has(1)
    server.ended.add('program')
    await server.alarms('gate', 1, 1)
    await client.closed()
    expect(numbers(client)).toEqual([0])
  })

  test('is closed without any event, too', async () => {
    const client = await opened('program')
    await until(() => server.streaming === 1)
    server.ended.add('program')
    await server.clock.advance(15_000)
    await client.closed()
  })

  test('is one of at most so many, and is asked to come again', async () => {
    await Promise.all(upTo(250).map(() => opened('many')))
    const one = server.client('many')
    expect(await one.open()).toBe(503)
    expect(one.response?.headers['retry-after']).toBe('15')
    one.close()
    // Others have their own.
    await opened('other')
    clients[0]?.close()
    await until(() => server.streaming === 250)
    await opened('many')
  })
})

describe('a ticket', () => {
  const made = async (as = 'owner') => {
    const { status, json, headers } = await server.ask('/v1/events/ticket', { as, method: 'POST' })
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store'])
    return json.ticket as string
  }
  const openedWith = (ticket: string) => {
    const client = server.client('nobody', `?ticket=${ticket}`, { authorization: '' })
    clients.push(client)
    return client
  }

  test('opens one stream for who can send no header, with the rights of who got it', async () => {
    const ticket = await made('gatekeeper')
    const client = openedWith(ticket)
    expect(await client.open()).toBe(200)
    await until(() => client.lastEventId !== '')
    await server.emit(alarm('van', 1), alarm('gate', 2))
    await client.has(1)
    expect(numbers(client)).toEqual([2])
    expect(await openedWith(ticket).open()).toBe(401)
  })

  test('ends with the key of who got it', async () => {
    const ticket = await made('program')
    const other = await made('program')
    const client = openedWith(ticket)
    expect(await client.open()).toBe(200)
    await until(() => client.lastEventId !== '')
    server.ended.add('program')
    await server.alarms('gate', 0, 1)
    await client.closed()
    expect(client.events).toEqual([])
    expect(await openedWith(other).open()).toBe(401)
  })

  test('is for half a minute', async () => {
    const ticket = await made()
    await server.clock.advance(30_000)
    expect(await openedWith(ticket).open()).toBe(401)
  })

  test('of a stranger is worth nothing', async () => {
    for (const ticket of ['', 'abc', 'A'.repeat(43), '__proto__']) expect(await openedWith(ticket).open()).toBe(401)
  })

  test('is forgotten where thousands are made', async () => {
    const first = await made()
    for (let i = 0; i < 1_000; i++) await made()
    expect(await openedWith(first).open()).toBe(401)
    expect(await openedWith(await made()).open()).toBe(200)
  })
})

describe('a page of events', () => {
  test('has the oldest first, and where the next one begins', async () => {
    await server.alarms('gate', 0, 7)
    const found: number[] = []
    let after = ''
    for (let pages = 0; pages < 3; pages++) {
      const { json } = await server.ask(`/v1/events?limit=3${after}`)
      found.push(...json.data.map(({ data }: { data: { number: number } }) => data.number))
      after = `&after=${json.next_cursor}`
    }
    expect(found).toEqual(upTo(7))
    const { json } = await server.ask(`/v1/events?limit=3${after}`)
    expect(json).toEqual({ data: [], next_cursor: '7', reset: false })
  })

  test('before an event has the newest first, of a device too', async () => {
    await server.alarms('gate', 0, 3)
    await server.alarms('van', 3, 2)
    const page = async (query: string) => {
      const { json } = await server.ask(`/v1/events?${query}`)
      return [json.data.map(({ data }: { data: { number: number } }) => data.number), json.next_cursor, json.reset]
    }
    expect(await page('before=newest&limit=3')).toEqual([[4, 3, 2], '3', false])
    expect(await page('before=3&limit=3')).toEqual([[1, 0], '0', false])
    expect(await page('before=0')).toEqual([[], '0', false])
    expect(await page('before=newest&device=gate&limit=2')).toEqual([[2, 1], '2', false])
    expect(await page('before=2&device=gate&types=device.*')).toEqual([[0], '0', false])
    expect(await page('device=gate')).toEqual([[0, 1, 2], '5', false])
  })

  test.each([
    ['before=newest&after=3', /after: "before" goes back in time, and "after" forward: leave one of them out/],
    ['before=3&wait=5', /wait: "before" goes back in time/],
    ['before=yesterday', /before: must be the "id" of an event/],
  ])('is refused for ?%s', async (query, words) => {
    const { status, json } = await server.ask(`/v1/events?${query}`)
    expect([status, json.detail]).toEqual([422, expect.stringMatching(words)])
  })

  test('is the same as the stream', async () => {
    const client = await opened()
    await server.alarms('gate', 0, 2)
    await client.has(2)
    const { json } = await server.ask('/v1/events')
    expect(json.data).toEqual(client.events.map(({ id, data }) => ({ id, ...data })))
  })

  test('begins at the end where that is asked for, and waits for the first event', async () => {
    await server.alarms('gate', 0, 2)
    const { json } = await server.ask('/v1/events?after=newest')
    expect(json).toEqual({ data: [], next_cursor: '2', reset: false })
    const waiting = server.ask(`/v1/events?after=${json.next_cursor}&wait=50`)
    await server.alarms('gate', 2, 1)
    const answer = await waiting
    expect(answer.json.data).toHaveLength(1)
    expect(answer.json.next_cursor).toBe('3')
  })

  test('that waits in vain is empty', async () => {
    const waiting = server.ask('/v1/events?after=newest&wait=20')
    let answer: Awaited<typeof waiting> | null = null
    waiting.then((one) => {
      answer = one
    })
    await until(async () => {
      await server.clock.advance(20_000)
      return answer !== null
    })
    expect(await waiting).toMatchObject({ status: 200, json: { data: [], next_cursor: '0', reset: false } })
  })

  test('says where events are gone', async () => {
    await server.alarms('gate', 0, 2)
    const { json } = await server.ask('/v1/events?after=77')
    expect(json).toEqual({ data: [], next_cursor: '2', reset: true })
  })

  test.each(['limit=0', 'limit=501', 'limit=many', 'wait=-1', 'wait=51', 'wait=long'])(
    'is refused for ?%s',
    async (query) => {
      expect((await server.ask(`/v1/events?${query}`)).status).toBe(422)
    },
  )
})
