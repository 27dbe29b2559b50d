import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { patienceMs } from '../support/patience.ts'

let hub: HttpHub
beforeAll(async () => {
  hub = await startHttpHub()
})
afterAll(() => hub.close())

/** All that comes back for some octets until the server closes, or until `enough`. */
function exchange(octets: string | Buffer, enough: RegExp | null = null): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(hub.port, '127.0.0.1', () => socket.write(octets))
    let received = ''
    const late = setTimeout(() => socket.destroy(new Error(`no end within ${patienceMs} ms: ${received}`)), patienceMs)
    const end = () => {
      clearTimeout(late)
      socket.destroy()
      resolve(received)
    }
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (enough?.test(received)) end()
    })
    // A server that closes while octets are on the way resets the connection.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return end()
      clearTimeout(late)
      return reject(error)
    })
    socket.on('close', end)
  })
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)
const answersIn = (text: string) => text.match(/HTTP\/1\.1 \d+/g) ?? []
const lines = (...all: string[]) => `${all.join('\r\n')}\r\n\r\n`
const key = () => `Authorization: Bearer ${hub.keys.owner}`
const host = 'Host: localhost'
const json = 'Content-Type: application/json'
/** A request that must never be carried out. */
const hidden = () => lines('POST /v1/queue/pause HTTP/1.1', host, key())

const isPaused = async () => (await hub.ask('GET', '/v1/queue')).json.paused.length > 0

describe('a request that two programs could read differently is refused, and nothing behind it is carried out:', () => {
  test.each<[string, () => string]>([
    [
      'both lengths',
      () =>
        `${lines('POST /v1/queue/resume HTTP/1.1', host, key(), 'Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${hidden()}`,
    ],
    [
      'two different lengths',
      () =>
        `${lines('POST /v1/queue/resume HTTP/1.1', host, key(), 'Content-Length: 0', 'Content-Length: 60')}${hidden()}`,
    ],
    [
      'lengths in a list',
      () => `${lines('POST /v1/queue/resume HTTP/1.1', host, key(), 'Content-Length: 0, 60')}${hidden()}`,
    ],
    [
      'a length with a sign',
      () => `${lines('POST /v1/queue/resume HTTP/1.1', host, key(), 'Content-Length: +0')}${hidden()}`,
    ],
    [
      'an encoding behind the chunks',
      () =>
        `${lines('POST /v1/queue/resume HTTP/1.1', host, key(), 'Transfer-Encoding: chunked, identity')}0\r\n\r\n${hidden()}`,
    ],
    [
      'an encoding that nobody knows',
      () =>
        `${lines('POST /v1/queue/resume HTTP/1.1', host, key(), 'Transfer-Encoding: xchunked')}0\r\n\r\n${hidden()}`,
    ],
    [
      'a space before the colon',
      () => `${lines('POST /v1/queue/resume HTTP/1.1', host, key(), 'Content-Length : 60')}${hidden()}`,
    ],
    [
      'a folded header',
      () => `${lines('POST /v1/queue/resume HTTP/1.1', host, key(), 'X-One: a\r\n Content-Length: 60')}${hidden()}`,
    ],
    [
      'a size of a chunk that is no number',
      () =>
        `${lines('POST /v1/queue/resume HTTP/1.1', host, key(), json, 'Transfer-Encoding: chunked')}zz\r\n{}\r\n0\r\n\r\n${hidden()}`,
    ],
    ['lines that end with a line feed alone', () => `GET /v1/queue HTTP/1.1\n${host}\n${key()}\n\n${hidden()}`],
    [
      'a carriage return in a header',
      () => `${lines('GET /v1/queue HTTP/1.1', host, key(), 'X-One: a\rX-Two: b')}${hidden()}`,
    ],
    [
      'a line feed in the extension of a chunk',
      () =>
        `${lines('POST /v1/queue/resume HTTP/1.1', host, key(), json, 'Transfer-Encoding: chunked')}0;a\nb\r\n\r\n${hidden()}`,
    ],
    [
      'chunks in HTTP/1.0',
      () =>
        lines('POST /v1/queue/resume HTTP/1.0', host, key(), json, 'Transfer-Encoding: chunked').concat('0\r\n\r\n'),
    ],
    ['a header with a zero octet', () => `${lines('GET /v1/queue HTTP/1.1', host, key(), 'X-One: a\0b')}${hidden()}`],
    ['two hosts', () => lines('GET /v1/queue HTTP/1.1', host, 'Host: evil.example', key(), 'Connection: close')],
    [
      'a whole address as its target',
      () => lines('GET http://evil.example/v1/queue HTTP/1.1', host, key(), 'Connection: close'),
    ],
    ['no host', () => lines('GET /v1/queue HTTP/1.1', key(), 'Connection: close')],
    ['something that is not HTTP', () => 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['TLS on a plain port', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('%s', async (_what, octets) => {
    const answer = await exchange(Buffer.from(octets(), 'latin1'))
    expect(statusOf(answer)).toBe(400)
    expect(answersIn(answer)).toHaveLength(1)
    expect(await isPaused()).toBe(false)
  })

  test('what stands in a body stays a body', async () => {
    const octets = `${lines('GET /v1/queue HTTP/1.1', host, key(), `Content-Length: ${hidden().length}`, 'Connection: close')}${hidden()}`
    expect(answersIn(await exchange(octets))).toHaveLength(1)
    expect(await isPaused()).toBe(false)
  })

  test('every answer to such octets has the headers of all others, and closes the connection', async () => {
    const answer = await exchange('NONSENSE\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    for (const header of [
      'content-type: application/problem+json',
      'x-content-type-options: nosniff',
      'cache-control: no-store',
      'connection: close',
    ])
      expect(answer).toContain(`${header}\r\n`)
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status: 400, code: 'malformed_request' })
  })
})

describe('who sends slowly is cut off, and others are served meanwhile:', () => {
  test.each<[string, string]>([
    ['headers that never end', 'GET /v1/queue HTTP/1.1\r\nHost: localhost\r\nX-One: '],
    [
      'a body that never ends',
      'POST /v1/queue/pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\nAuthorization: ',
    ],
  ])('%s', async (_what, start) => {
    const slow = exchange(
      start.endsWith('Authorization: ') ? `${start}Bearer ${hub.keys.owner}\r\n${json}\r\n\r\n{` : start,
    )
    expect((await hub.ask('GET', '/v1/queue')).status).toBe(200)
    expect(await slow).toMatch(/^HTTP\/1\.1 408 /)
    expect(await isPaused()).toBe(false)
  })
})

describe('what is too large is refused before it is read:', () => {
  test.each([
    ['64 KiB', 65_536, '/v1/queue/resume', '{'],
    ['1 MiB of texts', 1_048_576, '/v1/messages', '{"to":"+4915112340000","text":"x","dry_run":true'],
  ])('a body of more than %s, by an octet', async (_what, limit, path, start) => {
    const ask = (octets: number) => hub.ask('POST', path, { body: `${start.padEnd(octets - 1)}}` })
    expect((await ask(limit)).status).toBe(200)
    expect(await ask(limit + 1)).toMatchObject({ status: 413, json: { code: 'payload_too_large' } })
  })

  test('a body of unknown length', async () => {
    const chunk = `${(0x4000).toString(16)}\r\n${' '.repeat(0x4000)}\r\n`
    const head = lines('POST /v1/queue/pause HTTP/1.1', host, key(), json, 'Transfer-Encoding: chunked')
    expect(statusOf(await exchange(head + chunk.repeat(8), /\}$/))).toBe(413)
  })

  test('headers of more than 16 KiB', async () => {
    const answer = await exchange(lines('GET /v1/queue HTTP/1.1', host, `X-One: ${'x'.repeat(17_000)}`))
    expect(statusOf(answer)).toBe(431)
  })
})

describe('a path that leads elsewhere leads nowhere:', () => {
  test.each<[string, number]>([
    ['/v1/../etc/passwd', 404],
    ['/v1/%2e%2e/%2e%2e/etc/passwd', 404],
    ['/..%2f..%2fetc%2fpasswd', 404],
    ['/v1/devices/..%2f..%2fetc%2fpasswd', 404],
    ['/v1/devices/%00', 404],
    ['/v1/devices/%c0%ae%c0%ae', 400],
    ['/v1/%zz', 400],
    ['/v1/devices/__proto__', 404],
    ['/v1/devices/constructor/state', 404],
    ['/v1\\devices', 404],
    ['//evil.example/v1/devices', 404],
    [`/v1/devices/${'x'.repeat(5_000)}`, 404],
  ])('%s', async (path, status) => {
    const answer = await exchange(lines(`GET ${path} HTTP/1.1`, host, key(), 'Connection: close'))
    expect(statusOf(answer)).toBe(status)
    expect(answer).toContain('content-type: application/problem+json\r\n')
    expect(answer).not.toContain('root:')
  })
})

describe('what of a request stands in a header of its answer stands there encoded:', () => {
  test('a search, in the link to its next page', async () => {
    // Found by the words of the search, between which the line ends.
    const rows = [1, 2].map((n) => ({ id: `trap-${n}`, name: 'Set-Cookie: a=b', number: `+491511234571${n}` }))
    for (const row of rows)
      expect((await hub.ask('POST', '/v1/devices', { body: { ...row, profile: 'generic/text' } })).status).toBe(201)
    const answer = await exchange(
      lines('GET /v1/devices?limit=1&q=trap%0d%0aSet-Cookie:%20a=b HTTP/1.1', host, key(), 'Connection: close'),
    )
    expect(answer).toMatch(
      /\r\nlink: <\/v1\/devices\?limit=1&q=trap%0D%0ASet-Cookie%3A\+a%3Db&cursor=[\w-]+>; rel="next"\r\n/,
    )
    expect(answer.toLowerCase()).not.toContain('\r\nset-cookie')
  })

  test('a name, in the place of what was made', async () => {
    const body = { name: 'zoë', password: 'correct horse battery', role: 'reader' }
    const { status, headers } = await hub.ask('POST', '/v1/users', { body })
    expect([status, headers.get('location')]).toEqual([201, '/v1/users/zo%C3%AB'])
    const injected = { ...body, name: 'zoe\r\nSet-Cookie: a=b' }
    const refused = await hub.ask('POST', '/v1/users', { body: injected })
    expect([refused.status, refused.headers.get('location'), refused.headers.get('set-cookie')]).toEqual([
      422,
      null,
      null,
    ])
  })
})
