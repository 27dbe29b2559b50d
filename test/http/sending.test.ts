import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { until } from '../support/patience.ts'
import { accepted } from '../support/world.ts'

let hub: HttpHub
beforeAll(async () => {
  hub = await startHttpHub()
})
afterAll(() => hub.close())

let last = 0
/** A number that no other test has sent to. */
const someone = () => `+49151200${String(++last).padStart(5, '0')}`
const send = (body: unknown, ask: Omit<Parameters<HttpHub['ask']>[2] & object, 'body'> = {}, query = '') =>
  hub.ask('POST', `/v1/messages${query}`, { ...ask, body })
const sentTo = (number: string) => accepted(hub.world.world, number)

describe('a text', () => {
  test('is taken with 202, its place and itself, and reaches the network', async () => {
    const to = someone()
    const { status, headers, json } = await send({ to, text: 'Grüße' })
    expect({ status, json }).toMatchObject({
      status: 202,
      json: {
        direction: 'out',
        status: 'queued',
        to,
        text: 'Grüße',
        alphabet: 'gsm7',
        parts: 1,
        batch: null,
        error: null,
      },
    })
    expect(headers.get('location')).toBe(`/v1/messages/${json.id}`)
    expect(headers.get('idempotency-replayed')).toBeNull()
    await until(() => sentTo(to).length === 1)
  })

  test.each([
    ['no recipient', { text: 'x' }, 422, /belong together|"to" with "text"/],
    ['a blank text', { to: '+4915112340000', text: '  ' }, 422, /blank/],
    [
      'a key that there is not',
      { to: '+4915112340000', text: 'x', txt: 1 },
      422,
      /unknown key "txt"; did you mean "text"/,
    ],
    ['an unknown contact', { to: 'ownr', text: 'x' }, 422, /no contact "ownr".*owner/],
    [
      'an unknown gateway',
      { to: '+4915112340000', text: 'x', gateway: 'nope' },
      422,
      /no gateway "nope"; there is home/,
    ],
    [
      'a time without its zone',
      { to: '+4915112340000', text: 'x', send_at: '2026-12-24T18:00' },
      422,
      /2026-12-24T18:00:00\+01:00/,
    ],
    [
      'too late a time',
      { to: '+4915112340000', text: 'x', send_at: '2126-12-24T18:00:00Z' },
      422,
      /a year ahead at most/,
    ],
    [
      'a time whose life is over',
      { to: '+4915112340000', text: 'x', send_at: '2020-01-01T00:00:00Z' },
      422,
      /wanted at 2020-01-01T00:00:00.000Z, for 86400 s/,
    ],
    ['no life at all', { to: '+4915112340000', text: 'x', ttl: 0 }, 422, /ttl/],
    ['too long a text', { to: '+4915112340000', text: 'x'.repeat(10_001) }, 422, /at most 10000 characters/],
  ])('with %s is refused and names the fix', async (_what, body, status, detail) => {
    const answer = await send(body)
    expect(answer).toMatchObject({ status, json: { status, type: expect.stringMatching(/^urn:smshub:error:/) } })
    expect(answer.json.detail).toMatch(detail)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  test('for later waits with its time, where the queue and its own page show it, until it is cancelled', async () => {
    const to = someone()
    const at = new Date(Date.now() + 86_400_000)
    const send_at = at.toISOString()
    const dry = await send({ to, text: 'x', send_at, dry_run: true })
    expect(dry.json.planned).toMatchObject([{ send_at }])
    const headers = { 'idempotency-key': 'for-later' }
    const { status, json } = await send(
      { to, text: 'x', send_at: send_at.replace('Z', '+00:00'), ttl: 60 },
      { headers },
    )
    expect({ status, json }).toMatchObject({ status: 202, json: { status: 'queued', send_at, sent_at: null } })
    expect((await send({ to, text: 'x', send_at: send_at.replace('Z', '+00:00'), ttl: 60 }, { headers })).json.id).toBe(
      json.id,
    )
    const shown = await hub.ask('GET', `/v1/messages/${json.id}`)
    expect(shown.json).toMatchObject({ send_at, expires_at: new Date(at.getTime() + 60_000).toISOString() })
    const past = new Date(at.getTime() - 90_000_000)
    const passing = await send({ to, text: 'now', send_at: past.toISOString() })
    expect(passing.json).toMatchObject({ send_at: null })
    const passed = await hub.ask('GET', `/v1/messages/${passing.json.id}`)
    expect(passed.json).toMatchObject({ expires_at: new Date(past.getTime() + 86_400_000).toISOString() })
    const open = await hub.ask('POST', '/v1/devices/gate/commands/open', { body: { send_at: past.toISOString() } })
    expect(open).toMatchObject({ status: 422, json: { detail: expect.stringMatching(/that is over/) } })
    await until(() => sentTo(to).length === 1)
    const queue = (await hub.ask('GET', '/v1/queue')).json.commands
    expect(queue.findLast((one: { to: string }) => one.to === to)).toMatchObject({
      send_at: at.getTime(),
      status: 'queued',
    })
    const command = await hub.ask('POST', '/v1/devices/gate/commands/open', { body: { send_at } })
    expect(command).toMatchObject({ status: 202, json: { status: 'queued', send_at } })
    for (const id of [json.id, command.json.command_id])
      expect((await hub.ask('POST', `/v1/messages/${id}/cancel`)).json).toMatchObject({ status: 'cancelled' })
    expect(sentTo(to).map(({ text }) => text)).toEqual(['now'])
  })

  test.each(['pair', 'group:pair', 'GROUP:Pair'])('to %s is answered number by number', async (to) => {
    const { status, json } = await send({ to, text: `for ${to}` })
    expect({ status, json }).toMatchObject({
      status: 202,
      json: {
        batch: expect.stringMatching(/^bat_/),
        messages: [
          { index: 0, to: '+4915112345671', alphabet: 'gsm7', parts: 1 },
          { index: 0, to: '+4915112345672' },
        ],
      },
    })
  })

  test.each(['group:pear', 'group:owner', 'group:gate', 'group:'])(
    'to %s, which is no group, is refused',
    async (to) => {
      const { status, json } = await send({ to, text: 'x' })
      expect({ status, json }).toMatchObject({ status: 422, json: { code: 'invalid_payload' } })
      expect(json.detail).toMatch(/^there is no group "(pear"; did you mean "pair"|(owner|gate|)"; there is pair)/)
    },
  )
})

describe('the same key', () => {
  test.each(['"8e03978e-40d5-43e8-bc93-6894a57f9324"', 'bare-key', '"with\\"inside"'])(
    '%s makes one text, and the answer is how that one is now',
    async (key) => {
      const to = someone()
      const headers = { 'idempotency-key': key }
      const first = await send({ to, text: 'once' }, { headers })
      await until(() => sentTo(to).length === 1)
      const again = await send({ to, text: 'once' }, { headers })
      expect(again).toMatchObject({ status: 202, json: { id: first.json.id } })
      expect(again.headers.get('idempotency-replayed')).toBe('true')
      expect(again.headers.get('location')).toBe(`/v1/messages/${first.json.id}`)
      await until(async () => (await send({ to, text: 'once' }, { headers })).json.status !== 'queued')
      expect(sentTo(to)).toHaveLength(1)
    },
  )

  test('in the header and as id of the payload is the same key', async () => {
    const to = someone()
    const first = await send({ to, text: 'once', id: 'both-ways' })
    const again = await send({ to, text: 'once' }, { headers: { 'idempotency-key': 'both-ways' } })
    const both = await send({ to, text: 'once', id: 'both-ways' }, { headers: { 'idempotency-key': '"both-ways"' } })
    expect([again.json.id, both.json.id]).toEqual([first.json.id, first.json.id])
    const differing = await send({ to, text: 'once', id: 'one' }, { headers: { 'idempotency-key': 'other' } })
    expect(differing).toMatchObject({ status: 422, json: { errors: [{ pointer: '/id' }] } })
  })

  test('with other content is 422, and sends nothing', async () => {
    const to = someone()
    const headers = { 'idempotency-key': 'reused' }
    await send({ to, text: 'one' }, { headers })
    const other = await send({ to, text: 'other' }, { headers })
    expect(other).toMatchObject({
      status: 422,
      json: { code: 'duplicate', detail: expect.stringMatching(/"reused" was used/) },
    })
    await until(() => sentTo(to).length === 1)
  })

  test('of another caller is another key', async () => {
    const to = someone()
    const headers = { 'idempotency-key': 'shared' }
    const [mine, theirs] = [
      await send({ to, text: 'x' }, { headers }),
      await send({ to, text: 'x' }, { headers, as: 'other' }),
    ]
    expect(theirs.headers.get('idempotency-replayed')).toBeNull()
    expect(theirs.json.id).not.toBe(mine.json.id)
  })

  test.each(['', '"', '"unfinished', 'with space', `${'x'.repeat(256)}`, '"', 'a, b'])('%j is no key', async (key) => {
    const { status, json } = await send({ to: someone(), text: 'x' }, { headers: { 'idempotency-key': key } })
    expect({ status, json }).toMatchObject({ status: 422, json: { errors: [{ parameter: 'Idempotency-Key' }] } })
  })

  test('after a refusal that may pass is taken when there is room again', async () => {
    const headers = { 'idempotency-key': 'patient' }
    for (let i = 0; i < 4; i++) expect((await send({ to: someone(), text: 'x' }, { as: 'few' })).status).toBe(202)
    const to = someone()
    const refused = await send({ to, text: 'x' }, { as: 'few', headers })
    expect(refused).toMatchObject({
      status: 429,
      json: {
        type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
        status: 429,
        code: 'rate_limited',
        retryable: true,
        'violated-policies': ['client-hour'],
      },
    })
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
    expect(refused.headers.get('ratelimit-policy')).toBe('"client-hour";q=5;w=3600')
    const [, left, seconds] = /^"client-hour";r=(\d+);t=(\d+)$/.exec(refused.headers.get('ratelimit') ?? '') ?? []
    expect([left, Number(seconds) > 0]).toEqual(['0', true])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(Number(seconds))
    const urgent = await send({ to, text: 'x', priority: 'high' }, { as: 'few', headers })
    expect(urgent.status).toBe(202)
    expect(urgent.headers.get('idempotency-replayed')).toBeNull()
  })
})

describe('many texts at once', () => {
  test('are answered one by one, in their order, and doubles are sent once', async () => {
    const [a, b] = [someone(), someone()]
    const { status, json } = await send({ to: [a, 'nobody', b, a], text: 'all' })
    expect(status).toBe(202)
    expect(json.messages).toMatchObject([
      { index: 0, to: a, status: 'queued', parts: 1 },
      { index: 1, to: 'nobody', status: 'rejected', error: { code: 'invalid_payload' } },
      { index: 2, to: b, status: 'queued' },
      { index: 3, to: a, status: 'duplicate', duplicate_of: 0 },
    ])
    const { data } = (await hub.ask('GET', `/v1/messages?batch=${json.batch}&limit=2`)).json
    expect(data.map((one: { to: string }) => one.to)).toEqual([b, 'nobody'])
    await until(() => sentTo(a).length === 1 && sentTo(b).length === 1)
  })

  test('each with its own text are all sent, also to the same number', async () => {
    const to = someone()
    const { json } = await send({
      messages: [
        { to, text: 'one' },
        { to, text: 'two' },
        { to, text: 'one' },
      ],
    })
    expect(json.messages.map(({ status }: { status: string }) => status)).toEqual(['queued', 'queued', 'duplicate'])
    await until(() => sentTo(to).length === 2)
  })

  test('a thousand are one request, and the same key answers it again', async () => {
    const messages = Array.from({ length: 1_000 }, (_, i) => ({
      to: `+4915300${String(i).padStart(6, '0')}`,
      text: `${i}`,
    }))
    const headers = { 'idempotency-key': 'thousand' }
    const first = await send({ messages }, { headers })
    expect(first.status).toBe(202)
    expect(first.json.messages.map(({ index }: { index: number }) => index)).toEqual(messages.map((_, i) => i))
    const again = await send({ messages }, { headers })
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    const ids = (answer: typeof first) => answer.json.messages.map(({ id }: { id: string }) => id)
    expect(ids(again)).toEqual(ids(first))
    expect(again.json.batch).toBe(first.json.batch)
    const last = await hub.ask('GET', `/v1/messages?batch=${first.json.batch}&direction=out&q=99`)
    expect(last.json.data[0]).toMatchObject({ id: ids(first)[999], batch: first.json.batch, alphabet: 'gsm7' })
    expect((await hub.ask('GET', `/v1/messages?batch=${first.json.batch}&direction=in`)).json.data).toEqual([])
    await hub.ask('POST', '/v1/queue/purge')
  })

  test('with refusals are answered alike when they are repeated', async () => {
    const to = [someone(), ...Array.from({ length: 100 }, (_, i) => `nobody-${i}`), someone()]
    const headers = { 'idempotency-key': 'mixed' }
    const first = await send({ to, text: 'mixed' }, { headers })
    const again = await send({ to, text: 'mixed' }, { headers })
    expect([first.status, again.status]).toEqual([202, 202])
    const taken = (answer: typeof first) => answer.json.messages.map(({ id }: { id?: string }) => id ?? null)
    expect(taken(again)).toEqual(taken(first))
  })

  test('ten thousand recipients are refused with the way to do it', async () => {
    const to = Array.from({ length: 10_000 }, (_, i) => `+4915${String(i).padStart(8, '0')}`)
    const { status, json } = await send({ to, text: 'x' })
    expect({ status, json }).toMatchObject({ status: 422, json: { errors: [{ pointer: '/to' }] } })
    expect(json.detail).toMatch(/10000 entries.*at most 1000: split it/)
  })

  test('of which none can be taken are 422, with the reason of each at its place', async () => {
    const { status, json } = await send({
      messages: [
        { to: 'nobody', text: 'x' },
        { to: 'nobody else', text: 'x' },
      ],
    })
    expect({ status, json }).toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/messages/0', code: 'invalid_payload' }, { pointer: '/messages/1' }] },
    })
  })

  test('are all or none where that is wanted', async () => {
    const to = someone()
    const { status, json } = await send({ to: [to, 'nobody'], text: 'atomic' }, {}, '?atomic=true')
    expect({ status, json }).toMatchObject({ status: 422, json: { errors: [{ pointer: '/to/1' }] } })
    expect(json.detail).toMatch(/^1 of 2 can't be taken, so none was/)
    const other = someone()
    expect((await send({ to: [to, other], text: 'atomic' }, {}, '?atomic=true')).status).toBe(202)
    await until(() => sentTo(to).length === 1 && sentTo(other).length === 1)
  })
})

describe('who may send', () => {
  test.each([
    [null, someone(), 401, 'unauthenticated'],
    ['reader', 'owner', 403, 'not_allowed'],
    ['family', 'owner', 202, undefined],
    ['family', '+4915112999999', 403, 'not_allowed'],
    ['gatekeeper', 'owner', 403, 'not_allowed'],
    ['sender', someone(), 202, undefined],
  ] as const)('%s to %s: %d %s', async (as, to, status, code) => {
    const answer = await send({ to, text: 'x' }, { as })
    expect({ status: answer.status, code: answer.json.code }).toEqual({ status, code })
  })

  test('a key is asked for, and a scope that is missing is named', async () => {
    const nobody = await send({ to: 'owner', text: 'x' }, { as: null })
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer realm="smshub"')
    const limited = await hub.ask('GET', '/v1/devices', { as: 'sender' })
    expect(limited).toMatchObject({ status: 403, json: { code: 'insufficient_scope' } })
    expect(limited.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="devices:read"')
  })
})
