import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { until } from '../support/patience.ts'
import { accepted, gateNumber } from '../support/world.ts'

let hub: HttpHub
beforeAll(async () => {
  hub = await startHttpHub({ limits: 'client_per_hour: 50, device_per_day: none, gateway_per_day: 100' })
})
afterAll(() => hub.close())

describe('a request that is wrong names the fix:', () => {
  test.each<[string, string, string, Parameters<HttpHub['ask']>[2], number, string]>([
    ['broken JSON', 'POST', '/v1/messages', { body: '{"to": "owner"' }, 400, 'malformed_request'],
    ['half a JSON text', 'POST', '/v1/messages', { body: 'nonsense' }, 400, 'malformed_request'],
    ['a key twice', 'POST', '/v1/messages', { body: '{"to":"a","to":"b","text":"x"}' }, 400, 'malformed_request'],
    ['JSON that is too deep', 'POST', '/v1/messages', { body: '['.repeat(50) }, 400, 'malformed_request'],
    [
      'another content type',
      'POST',
      '/v1/messages',
      { body: 'to=owner', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'unsupported_media_type',
    ],
    ['a list for an object', 'POST', '/v1/messages', { body: [] }, 422, 'invalid_payload'],
    ['no body', 'POST', '/v1/messages', {}, 422, 'invalid_payload'],
    ['a parameter that there is not', 'GET', '/v1/devices?lmit=2', {}, 422, 'invalid_payload'],
    ['too large a page', 'GET', '/v1/devices?limit=101', {}, 422, 'invalid_payload'],
    ['a cursor that is none', 'GET', '/v1/devices?cursor=abc', {}, 422, 'invalid_payload'],
    ['a device that there is not', 'GET', '/v1/devices/gte', {}, 404, 'unknown_device'],
    ['a command that there is not', 'POST', '/v1/devices/gate/commands/opn', {}, 404, 'unknown_command'],
    ['a gateway that there is not', 'POST', '/v1/gateways/hme/signal', {}, 404, 'no_gateway'],
    [
      'a device that there is not, in the body',
      'POST',
      '/v1/queue/pause',
      { body: { device: 'gte' } },
      422,
      'unknown_device',
    ],
    ['a route that there is not', 'GET', '/v1/nothing', {}, 404, 'unknown_route'],
    ['a method that there is not', 'DELETE', '/v1/messages', {}, 405, 'method_not_allowed'],
  ])('%s', async (_what, method, path, ask, status, code) => {
    const answer = await hub.ask(method, path, ask)
    expect({ status: answer.status, code: answer.json?.code }).toEqual({ status, code })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.json).toMatchObject({
      type: `urn:smshub:error:${code}`,
      title: expect.any(String),
      detail: expect.stringMatching(/\w/),
      instance: path.split('?')[0],
      request_id: expect.any(String),
    })
  })

  test('names of parameters and places in the body', async () => {
    expect((await hub.ask('GET', '/v1/devices?lmit=2&limit=0')).json.errors).toEqual(
      expect.arrayContaining([
        { parameter: 'lmit', detail: expect.stringMatching(/did you mean "limit"/) },
        { parameter: 'limit', detail: 'must be at least 1' },
      ]),
    )
    const { json } = await hub.ask('POST', '/v1/messages', {
      body: { messages: [{ to: 'owner', text: 'x' }, { to: 7 }] },
    })
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/messages/1/to',
      '/messages/1/text',
    ])
  })

  test('the methods of a path', async () => {
    expect((await hub.ask('PATCH', '/v1/devices')).headers.get('allow')).toBe('GET, POST, HEAD')
  })
})

describe('devices', () => {
  test('come in pages that leave out none and show none twice, and a cursor is for its own list', async () => {
    const seen: string[] = []
    let path = '/v1/devices?limit=2'
    for (;;) {
      const { json, headers } = await hub.ask('GET', path)
      seen.push(...json.data.map(({ id }: { id: string }) => id))
      if (json.next_cursor === null) break
      path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? ''
      expect(path).toContain(`cursor=${json.next_cursor}`)
    }
    expect(seen).toEqual(['boiler', 'gate', 'van'])
    const { json } = await hub.ask('GET', '/v1/devices?limit=1')
    for (const list of ['/v1/messages', '/v1/inbox', '/v1/conversations'])
      expect(await hub.ask('GET', `${list}?cursor=${json.next_cursor}`)).toMatchObject({
        status: 422,
        json: { errors: [{ parameter: 'cursor' }] },
      })
  })

  test('are only those that a key is for', async () => {
    const { json } = await hub.ask('GET', '/v1/devices', { as: 'gatekeeper' })
    expect(json.data).toEqual([expect.objectContaining({ id: 'gate' })])
    expect(json.data[0]).not.toHaveProperty('numbers')
    expect((await hub.ask('GET', '/v1/devices/van', { as: 'gatekeeper' })).status).toBe(403)
    expect((await hub.ask('GET', '/v1/devices/van/state', { as: 'gatekeeper' })).status).toBe(403)
    expect((await hub.ask('POST', '/v1/devices/van/get', { as: 'gatekeeper' })).status).toBe(403)
    // Of the commands of its own device, only those that it is for.
    for (const [path, body] of [['commands/version'], ['set/gate', { value: 'open' }], ['get']] as const)
      expect(await hub.ask('POST', `/v1/devices/gate/${path}`, { as: 'gatekeeper', body })).toMatchObject({
        status: 403,
        json: { code: 'not_allowed' },
      })
  })

  test('do a command, whose place has its result', async () => {
    const { status, headers, json } = await hub.ask('POST', '/v1/devices/gate/commands/open', {
      as: 'gatekeeper',
      headers: { 'idempotency-key': 'press' },
    })
    expect({ status, json }).toMatchObject({ status: 202, json: { device: 'gate', command: 'open', status: 'queued' } })
    const place = headers.get('location') ?? ''
    expect(place).toBe(`/v1/commands/${json.command_id}`)
    await until(async () => (await hub.ask('GET', place)).json.final)
    const again = await hub.ask('POST', '/v1/devices/gate/commands/open', {
      as: 'gatekeeper',
      headers: { 'idempotency-key': 'press' },
    })
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.json).toMatchObject({ command_id: json.command_id, final: true })
    expect(accepted(hub.world.world, gateNumber)).toHaveLength(1)
    expect((await hub.ask('GET', place, { as: 'family' })).status).toBe(200)
  })

  test('refuse the same unsafe command while it may still act', async () => {
    await hub.ask('POST', '/v1/devices/gate/commands/open', { body: { force: true } })
    const again = await hub.ask('POST', '/v1/devices/gate/commands/open')
    expect(again).toMatchObject({
      status: 409,
      json: { code: 'duplicate', details: { command_id: expect.any(String) } },
    })
  })

  test('show what a dry run would send', async () => {
    const { status, json } = await hub.ask('POST', '/v1/devices/gate/commands/open', {
      body: { dry_run: true, force: true },
    })
    expect({ status, json }).toMatchObject({
      status: 202,
      json: { status: 'cancelled', reason: expect.stringMatching(/dry run/) },
    })
  })

  test('that were changed meanwhile are not changed again', async () => {
    const added = await hub.ask('POST', '/v1/devices', {
      body: { id: 'shed', profile: 'generic/text', number: '+4915112345671' },
    })
    expect(added).toMatchObject({ status: 201, json: { ids: ['shed'] } })
    expect(added.headers.get('location')).toBe('/v1/devices/shed')
    const seen = await hub.ask('GET', '/v1/devices/shed')
    const etag = seen.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[^"]+"$/)
    expect(await hub.ask('GET', '/v1/devices/shed', { headers: { 'if-none-match': etag } })).toMatchObject({
      status: 304,
      text: '',
    })
    const body = { name: 'Shed' }
    expect((await hub.ask('PATCH', '/v1/devices/shed', { body })).status).toBe(428)
    const headers = { 'if-match': etag }
    expect((await hub.ask('PATCH', '/v1/devices/shed', { body, headers })).status).toBe(200)
    expect(await hub.ask('PATCH', '/v1/devices/shed', { body, headers })).toMatchObject({
      status: 412,
      json: { code: 'conflict' },
    })
    expect((await hub.ask('DELETE', '/v1/devices/shed', { headers })).status).toBe(412)
    const now = (await hub.ask('GET', '/v1/devices/shed')).headers.get('etag') ?? ''
    expect(now).not.toBe(etag)
    expect((await hub.ask('DELETE', '/v1/devices/shed', { headers: { 'if-match': `W/${now}` } })).status).toBe(412)
    expect((await hub.ask('DELETE', '/v1/devices/shed', { headers: { 'if-match': now } })).status).toBe(200)
    expect((await hub.ask('GET', '/v1/devices/shed')).status).toBe(404)
  })

  test.each([
    [
      'webhook',
      '/v1/webhooks',
      { id: 'panel', url: 'https://example.org/', types: ['message.failed'] },
      { description: 'x' },
    ],
    ['user', '/v1/users', { name: 'seen', password: 'correct horse', role: 'admin' }, { role: 'reader' }],
    ['key', '/v1/keys', { label: 'seen', role: 'admin' }, { role: 'reader', per_hour: 5 }],
  ])('a %s is changed by who has seen how it is, as a device is', async (_, list, wanted, body) => {
    const made = await hub.ask('POST', list, { body: wanted })
    expect(made.status).toBe(201)
    const place = made.headers.get('location') ?? ''
    const seen = await hub.ask('GET', place)
    const etag = seen.headers.get('etag') ?? ''
    expect(etag).toBe(`"${seen.json.revision}"`)
    expect((await hub.ask('GET', list)).json.data).toContainEqual(seen.json)
    expect((await hub.ask('GET', place, { headers: { 'if-none-match': etag } })).status).toBe(304)
    const change = (tag?: string) =>
      hub.ask('PATCH', place, { body, ...(tag !== undefined && { headers: { 'if-match': tag } }) })
    expect(await change()).toMatchObject({ status: 428, json: { code: 'precondition_required' } })
    expect((await change(`W/${etag}`)).status).toBe(412)
    // At the same time: one of them.
    const both = await Promise.all([change(etag), change(etag)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
    expect(await change(etag)).toMatchObject({ status: 412, json: { code: 'conflict' } })
    const now = (await hub.ask('GET', place)).headers.get('etag') ?? ''
    expect(now).not.toBe(etag)
    expect([(await change(now)).status, (await change('*')).status]).toEqual([200, 200])
    expect((await hub.ask('PATCH', `${list}/none`, { body, headers: { 'if-match': etag } })).status).toBe(404)
    expect((await hub.ask('DELETE', place)).status).toBe(204)
  })

  test('of the file are not changed by anybody', async () => {
    const body = { name: 'Gate' }
    const answer = await hub.ask('PATCH', '/v1/devices/gate', { body, headers: { 'if-match': '*' } })
    expect(answer).toMatchObject({ status: 403, json: { detail: expect.stringMatching(/smshub.yaml/) } })
  })
})

test('a key whose label names somebody who was erased has none', async () => {
  const number = '+4915112345699'
  const made = await hub.ask('POST', '/v1/keys', { body: { label: `phone of ${number}`, role: 'reader' } })
  const place = made.headers.get('location') ?? ''
  expect((await hub.ask('POST', '/v1/erasures', { body: { number, confirm: number } })).status).toBe(200)
  await until(async () => (await hub.ask('GET', place)).json.label === '')
  expect((await hub.ask('GET', '/v1/keys')).text).not.toContain(number)
  expect((await hub.ask('DELETE', place)).status).toBe(204)
})

describe('texts', () => {
  test('are cancelled while they wait, and not afterwards', async () => {
    await hub.ask('POST', '/v1/gateways/home/pause')
    const { json, headers } = await hub.ask('POST', '/v1/messages', { body: { to: 'owner', text: 'wait' } })
    const place = headers.get('location') ?? ''
    expect((await hub.ask('GET', place)).json).toMatchObject({ id: json.id, status: 'queued' })
    expect((await hub.ask('POST', `${place}/cancel`, { as: 'reader' })).status).toBe(403)
    expect((await hub.ask('DELETE', place, { as: 'reader' })).status).toBe(403)
    const early = await hub.ask('DELETE', place)
    expect(early).toMatchObject({ status: 409, json: { detail: expect.stringMatching(/cancel it first/) } })
    expect((await hub.ask('POST', `${place}/cancel`)).json).toMatchObject({ status: 'cancelled' })
    expect((await hub.ask('POST', '/v1/messages/nothing/cancel')).status).toBe(404)
    for (let i = 0; i < 2; i++) expect((await hub.ask('DELETE', place)).status).toBe(204)
    expect((await hub.ask('GET', place)).json).toMatchObject({
      id: json.id,
      status: 'cancelled',
      to: json.to,
      text: null,
    })
    expect((await hub.ask('GET', '/v1/messages?q=wait')).json.data).toEqual([])
    expect((await hub.ask('DELETE', '/v1/messages/nothing')).status).toBe(404)
    await hub.ask('POST', '/v1/gateways/home/resume')
    const sent = await hub.ask('POST', '/v1/messages', { body: { to: 'owner', text: 'go' } })
    await until(async () => (await hub.ask('GET', sent.headers.get('location') ?? '')).json.status !== 'queued')
    expect(await hub.ask('POST', `${sent.headers.get('location')}/cancel`)).toMatchObject({
      status: 409,
      json: { code: 'conflict' },
    })
  })

  test('show what is left of the quotas', async () => {
    const answer = await hub.ask('POST', '/v1/messages', { as: 'other', body: { to: 'owner', text: 'x' } })
    expect(answer.headers.get('ratelimit-policy')).toBe(
      '"client-hour";q=50;w=3600, "home-day";q=100;w=86400;smshub-unit="segments"',
    )
    // A fifth of each quota is for priority high.
    expect(answer.headers.get('ratelimit')).toMatch(/^"client-hour";r=39;t=\d+, "home-day";r=\d+;t=\d+$/)
    const listed = await hub.ask('GET', '/v1/quotas', { as: 'other' })
    expect(listed.json.data[0]).toMatchObject({ name: 'client-hour', limit: 50, left: 39 })
  })

  test('cost what the preview shows, and nothing is sent', async () => {
    const { json } = await hub.ask('POST', '/v1/messages/preview', { body: { text: 'código' } })
    expect(json).toMatchObject({ alphabet: 'ucs2', parts: 1, first_non_gsm7: 'ó' })
  })
})

describe('pages of other origins', () => {
  let listed: HttpHub
  beforeAll(async () => {
    listed = await startHttpHub({ http: { origins: ['https://app.example.org'] } })
  })
  afterAll(() => listed.close())

  const preflight = (of: HttpHub, origin: string) =>
    of.ask('OPTIONS', '/v1/messages', { as: null, headers: { origin, 'access-control-request-method': 'POST' } })

  test('are let in where they are listed, and only those', async () => {
    const allowed = await preflight(listed, 'https://app.example.org')
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.org')
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull()
    for (const origin of ['https://evil.example', 'https://app.example.org.evil.example', 'null'])
      expect((await preflight(listed, origin)).headers.get('access-control-allow-origin')).toBeNull()
    const answer = await listed.ask('GET', '/v1/devices', { headers: { origin: 'https://app.example.org' } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.org')
    expect(answer.headers.get('vary')).toBe('Origin')
  })

  test('are let in nowhere unless any is listed', async () => {
    const { headers } = await preflight(hub, 'https://app.example.org')
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

describe('the hub', () => {
  test('is managed by who has the scope for it, and by nobody else', async () => {
    const made = await hub.ask('POST', '/v1/backups')
    expect(made).toMatchObject({ status: 201, json: { file: expect.stringMatching(/smshub\.db$/) } })
    expect((await hub.ask('GET', '/v1/devices/gate/options')).json).toMatchObject({ id: 'gate', changeable: false })
    const erased = await hub.ask('POST', '/v1/erasures', {
      body: { number: '+4915112999998', confirm: '+4915112999998' },
    })
    expect(erased).toMatchObject({ status: 200, json: { commands: 0 } })
    expect((await hub.ask('POST', '/v1/erasures', { body: { number: '+4915112999998', confirm: 'x' } })).status).toBe(
      403,
    )
    expect((await hub.ask('POST', '/v1/clock/accept')).json).toEqual({ moved: expect.any(Number) })
    // A hub inside of a test is restarted by nobody.
    expect(await hub.ask('POST', '/v1/restart')).toMatchObject({ status: 403, json: { code: 'not_allowed' } })
    for (const path of ['backups', 'clock/accept', 'restart'])
      expect((await hub.ask('POST', `/v1/${path}`, { as: 'family' })).status).toBe(403)
    expect((await hub.ask('POST', '/v1/backups', { as: 'sender' })).json).toMatchObject({ code: 'insufficient_scope' })
  })
})

test('every answer has the headers that protect a browser', async () => {
  for (const path of ['/v1/devices', '/v1/nothing', '/healthz', '/openapi.json']) {
    const { headers } = await hub.ask('GET', path)
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': expect.stringMatching(/^default-src 'none'; frame-ancestors 'none'/),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    expect(headers.get('x-powered-by') ?? headers.get('server')).toBeNull()
  }
})
