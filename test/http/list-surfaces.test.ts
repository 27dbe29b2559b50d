import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { messageCursors, pageOf } from '../../src/api/list-filter.ts'
import { serveControl } from '../../src/http/local-socket.ts'
import type { Page, Query } from '../../src/ledger/lists/newest.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { noFilter } from '../support/ledger.ts'
import { until } from '../support/patience.ts'
import { gateNumber, hubNumber } from '../support/world.ts'

const mum = '+4915112345699'

/** Whatever a search could take for its own language. */
const texts = [
  'the gate is OPEN (a OR b) NOT c* NEAR/2',
  '100% of under_scores! said "quoted" and it\'s !%_ so',
  'DROP TABLE submission; -- ? ?1 :a $b @c',
  'ÄÖÜ straße Ünïcödé \u{1f600} \u4f60\u597d',
  'path\\to\\nowhere [a-z] .* ^x$ {"$ne":1}',
]

let hub: HttpHub
let socket: string
let control: { close(): Promise<unknown> }

interface Answer {
  readonly status: number
  readonly json: any
}

/** A request on the local socket, as the command line makes it. */
function local(path: string, body: object | string): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const asked = request({ socketPath: socket, method: 'POST', path: `/ask/${path}`, headers }, (response) => {
      let answer = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        answer += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, json: JSON.parse(answer) }))
    })
    asked.on('error', reject)
    asked.end(text)
  })
}

beforeAll(async () => {
  hub = await startHttpHub()
  socket = join(hub.folder, 'lists.sock')
  const source = {
    health: () => hub.hub.healthy,
    metrics: async () => ({ contentType: 'text/plain', body: '' }),
    backup: async () => {},
    ask: (path: string, body: Readonly<Record<string, unknown>>) => hub.hub.request(path, body),
  }
  control = await serveControl(source, socket)
  for (const text of texts) hub.world.world.network.text({ from: mum, to: hubNumber, text })
  hub.world.world.network.text({ from: gateNumber, to: hubNumber, text: 'gate says hello' })
  await hub.hub.request('sms/send', { to: 'owner', text: 'for the owner alone' })
  await hub.hub.request('device/command', { device: 'boiler', command: 'status' })
  await hub.hub.request('device/command', { device: 'gate', command: 'open' })
  await until(async () => {
    const { data } = (await hub.ask('GET', '/v1/inbox')).json
    return data.length > texts.length
  })
})

afterAll(async () => {
  await control?.close()
  await hub?.close()
})

/** Lists by their operation, and their place in the REST interface; null where they have none. */
const lists: readonly (readonly [operation: string, path: string | null, more: object])[] = [
  ['history', null, {}],
  ['message/list', '/v1/messages', {}],
  ['inbox/list', '/v1/inbox', {}],
  ['conversation/list', '/v1/conversations', {}],
  ['conversation/get', `/v1/conversations/${encodeURIComponent(mum)}`, { about: mum }],
  ['device/find', '/v1/devices', {}],
]

test('a cursor is for its own list, whichever interface it is from', async () => {
  const cursors = new Map<string, string>()
  for (const [operation, , more] of lists) {
    const first = (await local(operation, { ...more, limit: 1 })).json.answer
    expect({ operation, next: first.next }).toEqual({ operation, next: expect.stringMatching(/^[\w-]+$/) })
    cursors.set(operation, first.next)
    const second = (await local(operation, { ...more, limit: 1, cursor: first.next })).json.answer
    expect(second.data ?? second.entries).not.toEqual(first.data ?? first.entries)
  }
  for (const [operation, path, more] of [...lists, ['webhook/deliveries', null, { id: 'none' }]] as typeof lists)
    for (const [other, cursor] of cursors) {
      if (other === operation) {
        if (path !== null) expect((await hub.ask('GET', `${path}?limit=1&cursor=${cursor}`)).status).toBe(200)
        continue
      }
      const words = /cursor.*must be the cursor that the previous page of this list ended with/
      const refused = await local(operation, { ...more, cursor })
      expect({ operation, other, ...refused }).toMatchObject({
        status: 500,
        json: { code: 'invalid_payload', error: expect.stringMatching(words) },
      })
      if (path === null) continue
      expect(await hub.ask('GET', `${path}?cursor=${cursor}`)).toMatchObject({
        status: 422,
        json: { detail: expect.stringMatching(words), errors: [{ parameter: 'cursor' }] },
      })
    }
})

test.each(['', 'x', '1.1', '99999999999999999.1', `messages:${'9'.repeat(400)}`, 'messages:1.1\n', 'messages:-1.1'])(
  'a cursor that nobody gave, %j, is refused',
  async (place) => {
    for (const cursor of [place, Buffer.from(place).toString('base64url')]) {
      expect((await local('message/list', { cursor })).json.code).toBe('invalid_payload')
      expect((await hub.ask('GET', `/v1/messages?cursor=${encodeURIComponent(cursor)}`)).status).toBe(422)
    }
  },
)

test('a search in a long history looks at a limited part of it for each answer, and reaches all of it', async () => {
  const cursors = messageCursors('messages')
  let reads = 0
  const read = async ({ place }: Query): Promise<Page<string>> => {
    const at = place?.in ?? 10
    expect(++reads).toBeLessThanOrEqual(2)
    return { entries: at === 1 ? ['the oldest'] : [], next: at === 1 ? null : { out: 0, in: at - 1 } }
  }
  const answers: string[][] = []
  let cursor: string | undefined
  do {
    reads = 0
    const { entries, next } = await pageOf(read, { ...noFilter, search: 'oldest' }, 50, cursors, cursor)
    answers.push(entries)
    cursor = next ?? undefined
  } while (cursor !== undefined)
  expect(answers).toEqual([[], [], [], [], ['the oldest']])
})

describe('a search', () => {
  const words: readonly string[] = [
    ...['open', 'OPEN', 'a OR b', 'a AND b', '(a', ')', 'NOT c*', '*', 'NEAR/2', 'text:gate', '^x$', '-a', '"'],
    ...['"quoted"', '"unbalanced', "it's", "' OR 1=1 --", '"; DROP TABLE submission; --', 'DROP TABLE', '?', '?1'],
    ...[':a', '$b', '@c', '%', '_', '!', '!%_', '!!', '100%', 'under_scores', 'under-scores', '%%%%%%', '_______'],
    ...['\\', '\\to\\', '[a-z]', '.*', '{"$ne":1}', 'äöü', 'ÄÖÜ', 'STRASSE', 'straße', 'ünïcödé', 'u\u0308ni\u0308'],
    ...['\u{1f600}', '\u4f60', '\u200b', '\ufffd', 'null', 'undefined', '0', '-1', '+49', '%00', '\u0301'],
    ...['x'.repeat(100), '%'.repeat(100), `${'!'.repeat(99)}%`],
  ]

  /** Of the known texts alone, without what the hub makes of a search. */
  const expected = (q: string) =>
    texts.filter((text) => text.toLowerCase().includes(q.normalize('NFC').trim().toLowerCase())).sort()

  test.each(words)('for %j finds what has it as it is written', async (q) => {
    const from = encodeURIComponent(mum)
    const rest = await hub.ask('GET', `/v1/messages?from=${from}&q=${encodeURIComponent(q)}`)
    const inbox = await hub.ask('GET', `/v1/inbox?number=${from}&q=${encodeURIComponent(q)}`)
    const answers = [
      rest.json.data,
      inbox.json.data,
      (await local('message/list', { from: mum, q })).json.answer?.data,
      (await local('inbox/list', { number: mum, q })).json.answer?.data,
      (await local('history', { number: mum, q })).json.answer?.entries,
    ]
    for (const found of answers) expect(found.map(({ text }: { text: string }) => text).sort()).toEqual(expected(q))
  })

  const refused: readonly (readonly [string, string, string])[] = [
    ['ten kilobytes', 'x'.repeat(10_240), JSON.stringify('x'.repeat(10_240))],
    ['ten kilobytes of wildcards', '%25'.repeat(3_400), JSON.stringify('%'.repeat(10_240))],
    ['NUL', 'a%00b', '"a\\u0000b"'],
    ['a line break', 'a%0Ab', '"a\\nb"'],
    ['DEL', '%7F', '"\\u007f"'],
    ['nothing', '', '""'],
    ['blanks', '%20%20', '"  "'],
    ['a list', 'a&q=b', '["a", "b"]'],
    ['an object', 'a&q[x]=b', '{"x": "b"}'],
  ]
  test.each(refused)('for %s is refused', async (_, query, json) => {
    for (const path of ['messages', 'inbox']) {
      const answer = await hub.ask('GET', `/v1/${path}?q=${query}`)
      expect({ path, ...answer }).toMatchObject({ status: 422, json: { code: 'invalid_payload' } })
      expect(answer.text.length).toBeLessThan(2_000)
    }
    for (const operation of ['message/list', 'inbox/list', 'history'])
      expect((await local(operation, `{"q": ${json}}`)).json.code).toBe('invalid_payload')
  })

  test('for half a letter is refused, and what is no letter in an address finds nothing else', async () => {
    for (const half of ['\\ud83d', '\\ude00', 'a\\udc00b'])
      expect((await local('message/list', `{"q": "${half}"}`)).json.code).toBe('invalid_payload')
    for (const octets of ['%ED%A0%80', '%FF', '%C3', '%zz', '%']) {
      const answer = await hub.ask('GET', `/v1/messages?q=${octets}`)
      expect([200, 400, 422]).toContain(answer.status)
      for (const { text } of answer.json.data ?? []) expect(expected(octets)).toContain(text)
    }
  })
})

/** A caller of its own rights, who sees this device alone. */
async function keyFor(devices: readonly string[], role: string): Promise<string> {
  const { key } = await hub.hub.request('key/add', { label: `${role} of ${devices.join()}`, role, devices })
  return String(key)
}

/** Unread texts by conversation, as the owner sees them. */
const unreadOf = async (): Promise<[about: string, unread: number][]> =>
  (await hub.ask('GET', '/v1/conversations')).json.data.map((one: any) => [one.device ?? one.number, one.unread])

describe.each(['reader', 'operator', 'home_assistant'])('a %s for one device', (role) => {
  let key: string
  const get = async (path: string, more: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const answer = await fetch(`${hub.url}${path}`, { headers, ...more })
    const text = await answer.text()
    return { status: answer.status, text, json: text === '' ? null : JSON.parse(text) }
  }
  const post = (path: string, body: object) => get(path, { method: 'POST', body: JSON.stringify(body) })
  /** What is of others, and stands in an answer. */
  const secretsIn = (text: string) =>
    [...texts, mum, 'for the owner alone', 'owner', '+4915112345670', 'boiler', '+4915112345680', 'pair', 'van'].filter(
      (one) => text.includes(JSON.stringify(one).slice(1, -1)),
    )

  beforeAll(async () => {
    key = await keyFor(['gate'], role)
  })

  test('sees the messages of that device, and nothing of others, in every list and search', async () => {
    const all = [
      ...['/v1/messages', '/v1/inbox', '/v1/conversations', '/v1/devices', '/v1/messages?limit=1'],
      ...['/v1/messages?direction=in', '/v1/messages?direction=out', '/v1/messages?device=gate'],
      ...['/v1/conversations/gate', `/v1/conversations/${encodeURIComponent(gateNumber)}`],
    ]
    for (const path of all) {
      const { status, text, json } = await get(path)
      expect({ path, status, secrets: secretsIn(text), some: json.data?.length > 0 }).toEqual({
        path,
        status: 200,
        secrets: [],
        some: true,
      })
    }
  })

  test('finds nothing of others by words, numbers, names, or the ids of their messages', async () => {
    const number = encodeURIComponent(mum)
    const none = [
      ...['OPEN%20(a', 'owner%20alone', mum.slice(1), number, '%25', '_', '345699'].map((q) => `/v1/messages?q=${q}`),
      ...['OPEN%20(a', mum.slice(3)].map((q) => `/v1/inbox?q=${q}`),
      ...['device=boiler', `number=${number}`, `about=${number}`, 'about=owner', 'to=owner', `from=${number}`].map(
        (filter) => `/v1/messages?${filter}`,
      ),
      ...['boiler', 'owner', 'nobody', number].map((about) => `/v1/conversations/${about}`),
    ]
    for (const path of none) {
      const { status, json } = await get(path)
      expect({ path, status, data: json.data }).toEqual({ path, status: 200, data: [] })
    }
    const { data } = (await hub.ask('GET', '/v1/messages')).json
    const others = data.filter(({ device }: { device: string | null }) => device !== 'gate')
    expect(others.length).toBeGreaterThan(texts.length)
    for (const { id, command_id } of others)
      for (const one of [id, command_id].filter((name) => typeof name === 'string')) {
        const { status, text } = await get(`/v1/messages/${one}`)
        expect({ status, secrets: secretsIn(text) }).toEqual({ status: 404, secrets: [] })
      }
  })

  test('is not told who is a contact', async () => {
    const answers = await Promise.all(['owner', 'nobody', 'ownr'].map((name) => get(`/v1/messages?contact=${name}`)))
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403])
    for (const { text } of answers) expect(text).not.toMatch(/pair|mean "owner/)
  })

  test('marks texts of that device as read, and none of others', async () => {
    const read = (about: string, until?: string) =>
      post(`/v1/conversations/${encodeURIComponent(about)}/read`, until === undefined ? {} : { until })
    const ofOthers = async () =>
      (await unreadOf()).filter(([about]) => about !== 'gate' && about !== 'boiler').toSorted()
    const before = await ofOthers()
    for (const about of [mum, 'boiler', 'nobody'])
      expect(await read(about)).toMatchObject({ status: 200, json: { unread: 0 } })
    const [its] = (await hub.ask('GET', `/v1/inbox?number=${encodeURIComponent(mum)}`)).json.data
    for (const about of [mum, 'gate'])
      for (const until of [its.id, 'nothing'])
        expect(await read(about, until)).toMatchObject({ status: 422, json: { code: 'unknown_command' } })
    expect(await ofOthers()).toEqual(before)
    hub.world.world.network.text({ from: gateNumber, to: hubNumber, text: `gate says hello to the ${role}` })
    const unread = async () => (await get('/v1/conversations/gate')).json.unread as number
    await until(async () => (await unread()) > 0)
    await until(async () => (await read('gate')).json.unread === 0 && (await unread()) === 0)
  })

  test('sees the events of that device only, as pages and live', async () => {
    const { status, text, json } = await get('/v1/events?after=0&limit=500')
    expect({ status, secrets: secretsIn(text) }).toEqual({ status: 200, secrets: [] })
    expect(json.data.map(({ data }: { data: { device?: string } }) => data.device)).toContain('gate')
    const stop = new AbortController()
    const headers = { authorization: `Bearer ${key}`, accept: 'text/event-stream', 'last-event-id': '0' }
    const stream = await fetch(`${hub.url}/v1/events`, { headers, signal: stop.signal })
    expect(stream.status).toBe(200)
    let octets = ''
    const decoder = new TextDecoder()
    for await (const chunk of stream.body as unknown as AsyncIterable<Uint8Array>) {
      octets += decoder.decode(chunk, { stream: true })
      if (octets.includes(`id: ${json.data.at(-1).id}\n`)) break
    }
    stop.abort()
    expect(octets).toContain('"gate"')
    expect(secretsIn(octets)).toEqual([])
  })
})

test('a conversation is read until one of its texts, or as far as it goes, for everybody who sees it', async () => {
  const path = `/v1/conversations/${encodeURIComponent(mum)}/read`
  const { data } = (await hub.ask('GET', `/v1/inbox?number=${encodeURIComponent(mum)}`)).json
  expect(Object.fromEntries(await unreadOf())[mum]).toBe(data.length)
  expect(await hub.ask('POST', path, { as: 'sender' })).toMatchObject({
    status: 403,
    json: { code: 'insufficient_scope' },
  })
  const asked = await hub.ask('POST', path, { as: 'family', body: { until: data[1].id } })
  expect(asked).toMatchObject({ status: 200, json: { unread: 1 } })
  expect(await hub.ask('GET', path.replace('/read', ''))).toMatchObject({ status: 200, json: { unread: 1 } })
  expect(await hub.ask('POST', path, { body: { until: data.at(-1).id } })).toMatchObject({ json: { unread: 1 } })
  expect(await local('conversation/read', { about: mum })).toMatchObject({ json: { answer: { unread: 0 } } })
  expect(Object.fromEntries(await unreadOf())[mum]).toBe(0)
  expect((await hub.ask('POST', path, { body: { until: 1 } })).status).toBe(422)
})
