import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fastify from 'fastify'
import type { Data } from '../../src/api/operation.ts'
import { httpProblem, problemOf, retryAfterOf } from '../../src/http/problem-document.ts'
import { refuseFault } from '../../src/http/refuse.ts'
import { type RestSource, serveRest } from '../../src/http/rest-api.ts'
import type { Route } from '../../src/http/route.ts'
import { deviceRoutes } from '../../src/http/routes/device-routes.ts'
import { listRoutes } from '../../src/http/routes/list-routes.ts'
import { validatorCompiler } from '../../src/http/validate.ts'
import type { Asker } from '../../src/message/accepted.ts'
import type { Caller } from '../../src/message/caller.ts'
import { faults as codes, Fault, type FaultCode } from '../../src/message/fault.ts'
import { isoTime } from '../../src/message/result.ts'
import { seededRandom } from '../../src/util/random.ts'
import { Faults, failingStore } from '../support/failing-store.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { until } from '../support/patience.ts'
import { accepted } from '../support/world.ts'

const faults = new Faults()
let hub: HttpHub
beforeAll(async () => {
  hub = await startHttpHub({ hub: { makeStore: failingStore(faults) } })
})
afterAll(() => hub.close())

const refused = { path: '/v1/messages', requestId: 'req-1', route: '/v1/messages' }

describe('a fault as a problem', () => {
  test.each(Object.keys(codes) as FaultCode[])('%s has a status that fits whether it may pass', (code) => {
    const problem = problemOf(new Fault(code, 'words'), refused)
    expect(problem).toMatchObject({ code, type: `urn:smshub:error:${code}`, retryable: codes[code].retryable })
    expect(problem.status).toBeGreaterThanOrEqual(400)
    const isLater = [429, 503].includes(problem.status)
    expect(retryAfterOf(problem, 0) !== null).toBe(isLater)
  })

  test.each<[FaultCode, number]>([
    ['invalid_payload', 422],
    ['unknown_device', 422],
    ['unknown_command', 422],
    ['unknown_property', 422],
    ['out_of_range', 422],
    ['text_too_long', 422],
    ['encoding_error', 422],
    ['ttl_expired', 422],
    ['not_allowed', 403],
    ['number_blocked', 403],
    ['duplicate', 409],
    ['conflict', 409],
    ['rate_limited', 429],
    ['queue_full', 429],
    ['no_gateway', 422],
    ['storage_full', 503],
    ['storage_failed', 503],
  ])('%s of a text is %d', (code, status) => {
    expect(problemOf(new Fault(code, 'words'), refused).status).toBe(status)
  })

  test.each<[FaultCode, string, number]>([
    ['unknown_device', '/v1/devices/:id', 404],
    ['unknown_device', '/v1/conversations/:about', 404],
    ['unknown_device', '/v1/users/:name', 422],
    ['unknown_command', '/v1/devices/:device/commands/:command', 404],
    ['unknown_command', '/v1/messages/:id/cancel', 404],
    ['unknown_command', '/v1/users/:name', 422],
    ['unknown_property', '/v1/devices/:device/set/:property', 404],
    ['unknown_property', '/v1/devices/:device/get', 422],
    ['not_found', '/v1/webhooks/:id', 404],
    ['no_gateway', '/v1/gateways/:gateway/signal', 404],
    ['no_gateway', '/v1/devices/:device/commands/:command', 422],
  ])('%s is at %s %d: the path names it, or the body', (code, route, status) => {
    expect(problemOf(new Fault(code, 'words'), { ...refused, route }).status).toBe(status)
  })

  test.each<[FaultCode, object, number]>([
    ['no_gateway', { gateways: 0 }, 503],
    ['conflict', { revision: 'r7' }, 412],
    ['duplicate', { reused_id: 'one' }, 422],
  ])('%s with %j is %d', (code, detail, status) => {
    expect(problemOf(new Fault(code, 'words', { ...detail }), refused).status).toBe(status)
  })

  test('waits until the quota is free, and no second longer', () => {
    const fault = new Fault('rate_limited', 'words', { frees_at: '2026-11-22T12:00:30.000Z' })
    const now = Date.parse('2026-11-22T12:00:00Z')
    expect(retryAfterOf(problemOf(fault, refused), now)).toBe(30)
  })

  test('shows nothing of a defect', () => {
    const problem = problemOf(new Fault('internal', 'SELECT secret FROM keys', { sql: 'SELECT' }), refused)
    expect(JSON.stringify(problem)).not.toContain('SELECT')
  })

  test('of HTTP itself has its own code', () => {
    expect(httpProblem('unknown_route', 'words', refused)).toMatchObject({ status: 404, retryable: false })
    expect(httpProblem('too_many_streams', 'words', refused)).toMatchObject({ status: 503, retryable: true })
  })
})

/** Routes of a table by themselves: everybody is an admin, named by the header Authorization. */
function serverOf(routes: readonly Route[], now: number, request: RestSource['request']) {
  const caller: Caller = { name: 'key:many', via: 'key', rights: { role: 'admin' }, scopes: null, perHour: null }
  const server = fastify()
  server.decorateRequest('caller', null)
  server.addHook('onRequest', async (asked) => {
    asked.caller = { ...caller, name: `key:${asked.headers.authorization}` }
  })
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(() => (data) => JSON.stringify(data))
  const source = { now: () => now, log: () => {} }
  server.setErrorHandler((error, asked, reply) => refuseFault(asked, reply, error, source))
  serveRest(server, routes, { request, ...source })
  return server
}

test('a command beyond the quota of its device names that quota, and when there is room again', async () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  const frees_at = '2026-11-22T12:00:29.001Z'
  const own = { name: 'client-hour', unit: 'requests', limit: 50, left: 41, window_s: 3_600, frees_at: isoTime(now) }
  const server = serverOf(deviceRoutes, now, async (path) => {
    if (path === 'quota/list') return { quotas: [own] }
    throw new Fault('rate_limited', 'words', { quota: 'device:gate', limit: 10, frees_at })
  })
  const { statusCode, headers, body } = await server.inject({ method: 'POST', url: '/v1/devices/gate/commands/open' })
  expect({ statusCode, headers, body: JSON.parse(body) }).toMatchObject({
    statusCode: 429,
    headers: {
      'ratelimit-policy': '"client-hour";q=50;w=3600, "device-day";q=10;w=86400;smshub-unit="segments"',
      ratelimit: '"client-hour";r=41;t=0, "device-day";r=0;t=30',
      'retry-after': '30',
    },
    body: {
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      code: 'rate_limited',
      'violated-policies': ['device-day'],
    },
  })
  await server.close()
})

test('a caller who waits for too many lists is refused another, and who goes away is waited for no longer', async () => {
  const asked: { readonly asker: Asker; readonly answer: (data: Data) => void }[] = []
  const server = serverOf(listRoutes, 0, (_path, _data, asker) => {
    return new Promise((answer) => asked.push({ asker, answer }))
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const away = new AbortController()
  const list = (name: string, signal?: AbortSignal) =>
    fetch(`${url}/v1/messages?q=x`, { headers: { authorization: name }, ...(signal && { signal }) })
  const many = Array.from({ length: 64 }, () => list('many', away.signal).catch(() => null))
  await until(() => asked.length === 64)
  expect((await list('many')).status).toBe(429)
  const other = list('other')
  await until(() => asked.length === 65)
  away.abort()
  await Promise.all(many)
  await until(() => asked.slice(0, 64).every(({ asker }) => asker.wanted?.aborted === true))
  const [last] = asked.slice(-1)
  expect(last?.asker.wanted?.aborted).toBe(false)
  for (const { answer } of asked) answer({ data: [], next: null })
  expect((await other).status).toBe(200)
  const again = list('many')
  await until(() => asked.length === 66)
  asked[65]?.answer({ data: [], next: null })
  expect((await again).status).toBe(200)
  expect(last?.asker.wanted?.aborted).toBe(false)
  await server.close()
})

describe('a store that fails', () => {
  const text = { to: '+4915112345601', text: 'kept' }
  const ask = () => hub.ask('POST', '/v1/messages', { body: text, headers: { 'idempotency-key': 'kept' } })

  test.each<[FaultCode, number]>([
    ['internal', 500],
    ['storage_full', 503],
  ])('with %s answers %d, and the same key is taken when it works again', async (code, status) => {
    const before = accepted(hub.world.world, text.to).length
    text.text = `kept ${code}`
    const headers = { 'idempotency-key': code }
    const again = () => hub.ask('POST', '/v1/messages', { body: text, headers })
    faults.add('enqueue', code)
    const first = await again()
    expect(first).toMatchObject({ status, json: { code, retryable: true } })
    if (status === 503) expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0)
    await until(async () => (await again()).status === 202)
    await until(() => accepted(hub.world.world, text.to).length === before + 1)
    expect((await again()).headers.get('idempotency-replayed')).toBe('true')
  })

  test.each<[FaultCode, number, boolean]>([
    ['number_blocked', 403, false],
    ['not_allowed', 403, false],
    ['duplicate', 409, false],
    ['out_of_range', 422, false],
    ['text_too_long', 422, false],
    ['encoding_error', 422, false],
    ['ttl_expired', 422, false],
    ['queue_full', 429, true],
    ['rate_limited', 429, true],
  ])('and refuses with %s answers %d', async (code, status, isLater) => {
    faults.add('enqueue', code)
    const { json, ...answer } = await hub.ask('POST', '/v1/messages', { body: { ...text, text: code } })
    expect({ status: answer.status, json }).toMatchObject({ status, json: { status, code } })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(Number(answer.headers.get('retry-after')) > 0).toBe(isLater)
  })

  test('for figures only does not change the answer', async () => {
    faults.add('quotaRooms', 'internal')
    const { status, headers } = await ask()
    expect(status).toBe(202)
    expect(headers.get('ratelimit')).toBeNull()
    expect(hub.log.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/the quotas of key:\w+ can't be read/),
    )
  })
})

describe('bodies of any form', () => {
  const random = seededRandom(20261130)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const scalars = [
    null,
    true,
    0,
    -1,
    1e308,
    '',
    'owner',
    'gate',
    '+4915112345601',
    '\u0000',
    '\ud800',
    '{}',
    '__proto__',
  ]
  const keys = [
    'to',
    'text',
    'messages',
    'ttl',
    'priority',
    'gateway',
    'id',
    'atomic',
    'device',
    'value',
    'args',
    '__proto__',
    'constructor',
  ]
  const paths = [
    '/v1/messages',
    '/v1/messages/preview',
    '/v1/devices/gate/commands/open',
    '/v1/devices/gate/set/gate',
    '/v1/devices/gate/get',
    '/v1/devices',
    '/v1/queue/resume',
    '/v1/gateways/home/ussd',
  ]

  function value(depth: number): unknown {
    const kind = random()
    if (depth === 0 || kind < 0.5) return pick(scalars)
    const length = Math.floor(random() * 4)
    if (kind < 0.7) return Array.from({ length }, () => value(depth - 1))
    return Object.fromEntries(Array.from({ length }, () => [pick(keys), value(depth - 1)]))
  }

  test('are answered, never with a defect of the hub', async () => {
    for (let i = 0; i < 400; i++) {
      const text = JSON.stringify(value(4)) ?? 'null'
      const cut = random() < 0.2 ? text.slice(0, Math.floor(random() * text.length)) : text
      const path = pick(paths)
      const { status, json } = await hub.ask('POST', path, { body: cut })
      expect({ path, body: cut, status, code: json?.code }).not.toMatchObject({ code: 'internal' })
      expect(status).toBeLessThan(500)
    }
    expect((await hub.ask('GET', '/v1/health')).status).toBe(200)
  })
})
