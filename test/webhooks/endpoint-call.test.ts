import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Answer, Caller, type Resolve } from '../../src/webhooks/endpoint-call.ts'
import { Guard } from '../../src/webhooks/guard.ts'
import { FakeClock } from '../fake-clock.ts'
import { makeCertificates } from '../support/certificates.ts'
import { until } from '../support/patience.ts'
import { accepts, hangs, Receiver, status } from '../support/receiver.ts'

const loopback = '127.0.0.0/8'
const timeoutMs = 15_000

let clock: FakeClock
const running: { stop(): Promise<void> }[] = []

beforeEach(() => {
  clock = new FakeClock()
})
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop()
})

const start = async (...of: Parameters<typeof Receiver.start>) => {
  const receiver = await Receiver.start(...of)
  running.push(receiver)
  return receiver
}

const localhost: Resolve = async () => [{ address: '127.0.0.1', family: 4 }]
const caller = (over: Partial<ConstructorParameters<typeof Caller>[0]> = {}) =>
  new Caller({ guard: new Guard([loopback]), clock, resolve: localhost, ca: null, userAgent: 'smshub/test', ...over })

const post = (url: string, over: Parameters<typeof caller>[0] = {}): Promise<Answer> =>
  caller(over).post({ url, headers: { 'webhook-id': 'msg_1' }, body: '{"text":"Grüße"}' })

/** A server that is none of HTTP: it does with a connection what the test wants. */
async function raw(serve: (socket: Socket) => void): Promise<{ url: string; sockets: Socket[] }> {
  const sockets: Socket[] = []
  const server: Server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => socket.destroy())
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  running.push({
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  })
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/`, sockets }
}

test('a call is a POST of JSON, whole and by itself', async () => {
  const receiver = await start()
  expect(await post(receiver.url)).toMatchObject({ status: 204, error: null, text: '' })
  expect(receiver.calls).toMatchObject([
    {
      id: 'msg_1',
      body: '{"text":"Grüße"}',
      headers: {
        'content-type': 'application/json',
        'content-length': '18',
        'user-agent': 'smshub/test',
        connection: 'close',
      },
    },
  ])
})

describe('an answer', () => {
  test.each([
    [200, null],
    [201, null],
    [299, null],
    [400, 'answered 400'],
    [404, 'answered 404'],
    [410, 'answered 410'],
    [500, 'answered 500'],
    [503, 'answered 503'],
  ])('of status %s is the failure %s', async (code, error) => {
    const receiver = await start(status(code))
    expect(await post(receiver.url)).toMatchObject({ status: code, error })
  })

  test('with a redirect is a failure, and nothing is sent to where it leads', async () => {
    const elsewhere = await start()
    for (const code of [301, 302, 303, 307, 308]) {
      const receiver = await start(status(code, { location: `${elsewhere.url}/secret?token=secret` }))
      expect(await post(receiver.url)).toMatchObject({
        status: code,
        error: `answered ${code}, a redirect to http://127.0.0.1:${elsewhere.port}: redirects are not followed, change the URL`,
      })
    }
    expect(elsewhere.connections).toBe(0)
  })

  test('keeps its wish for a pause', async () => {
    const receiver = await start(status(429, { 'retry-after': '120' }))
    expect(await post(receiver.url)).toMatchObject({ status: 429, retryAfter: '120' })
  })

  test('is kept up to 1 KiB, without what could disturb a terminal', async () => {
    const receiver = await start((response) => response.writeHead(200).end(`\u001b[31m${'ü'.repeat(2_000)}`))
    const { text } = await post(receiver.url)
    expect(text).toMatch(/^\\u001b\[31mü+$/)
    expect(text.length).toBeLessThanOrEqual(1_024)
  })

  test('that never ends is read up to 64 KiB and cut off; what it has answered holds', async () => {
    let sent = 0
    const receiver = await start((response) => {
      response.writeHead(200)
      const more = () => {
        if (response.destroyed) return
        sent += 16_384
        if (response.write('x'.repeat(16_384))) setImmediate(more)
        else response.once('drain', more)
      }
      more()
    })
    const { status: code, error, text } = await post(receiver.url)
    expect({ code, error, length: text.length }).toEqual({ code: 200, error: null, length: 1_024 })
    await until(() => receiver.open === 0)
    // What the system's buffers hold beside what is read.
    expect(sent).toBeLessThan(32 * 1_024 * 1_024)
  })

  test('whose headers never end is a failure', async () => {
    const { url, sockets } = await raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const more = () => {
        if (!socket.destroyed && socket.write(`x-more: ${'x'.repeat(1_000)}\r\n`)) setImmediate(more)
      }
      more()
    })
    expect(await post(url)).toMatchObject({ status: null, error: expect.stringMatching(/header/i) })
    expect(sockets).toHaveLength(1)
  })

  test('of something else than HTTP is a failure', async () => {
    const { url } = await raw((socket) => socket.end('220 mail.example.org ESMTP\r\n'))
    expect(await post(url)).toMatchObject({ status: null, error: expect.any(String) })
  })

  test('that changes to another protocol is a failure', async () => {
    const { url } = await raw((socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    )
    expect(await post(url)).toMatchObject({ status: null, error: expect.any(String) })
  })
})

describe('a receiver that', () => {
  test('is not there is a failure', async () => {
    const receiver = await start()
    const { url } = receiver
    await receiver.stop()
    running.pop()
    expect(await post(url)).toMatchObject({ status: null, error: expect.stringContaining('ECONNREFUSED') })
  })

  test('never answers is given up after 15 s', async () => {
    const receiver = await start(hangs)
    const answer = post(receiver.url)
    await until(() => receiver.calls.length === 1)
    await clock.advance(timeoutMs)
    expect(await answer).toMatchObject({ status: null, error: 'no answer within 15 s', tookMs: timeoutMs })
    await until(() => receiver.open === 0)
  })

  test('accepts the connection only is given up after 15 s', async () => {
    const { url, sockets } = await raw(() => {})
    const answer = post(url)
    await until(() => sockets.length === 1)
    await clock.advance(timeoutMs)
    expect(await answer).toMatchObject({ status: null, error: 'no answer within 15 s' })
  })

  test('answers a character at a time has 15 s for all of it', async () => {
    const { url, sockets } = await raw(() => {})
    const answer = post(url)
    await until(() => sockets.length === 1)
    for (const character of 'HTTP/1.1 200 O') {
      sockets[0]?.write(character)
      await clock.advance(1_000)
    }
    await clock.advance(1_000)
    expect(await answer).toMatchObject({ status: null, error: 'no answer within 15 s' })
  })

  test('has answered 200 and drips its text has accepted it', async () => {
    const head = 'http.client.response.finish'
    const headArrived = new Promise<void>((resolve) => {
      const arrived = () => {
        unsubscribe(head, arrived)
        resolve()
      }
      subscribe(head, arrived)
    })
    const { url, sockets } = await raw((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nO'))
    const answer = post(url)
    await until(() => sockets.length === 1)
    await headArrived
    await clock.advance(timeoutMs)
    expect(await answer).toMatchObject({ status: 200, error: null, tookMs: timeoutMs })
  })

  test('closes the connection before it has answered is a failure', async () => {
    const { url } = await raw((socket) => socket.once('data', () => socket.destroy()))
    expect(await post(url)).toMatchObject({
      status: null,
      error: expect.stringMatching(/socket hang up|ECONNRESET|closed/),
    })
  })

  test('closes it within the head of its answer is a failure', async () => {
    const { url } = await raw((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 O')))
    expect(await post(url)).toMatchObject({ status: null, error: expect.any(String) })
  })

  test('closes it within the text of its answer has accepted it', async () => {
    const { url } = await raw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\ngood')),
    )
    expect(await post(url)).toMatchObject({ status: 200, error: null, text: 'good' })
  })

  test('is being called when the hub stops is left', async () => {
    const receiver = await start(hangs)
    const one = caller()
    const call = { url: receiver.url, headers: {}, body: '{}' }
    const answer = one.post(call)
    await until(() => receiver.calls.length === 1)
    one.stop()
    expect(await answer).toMatchObject({ status: null, error: 'the hub is stopping' })
    expect(await one.post(call)).toMatchObject({ status: null, error: 'the hub is stopping' })
    expect(receiver.connections).toBe(1)
  })
})

describe('the address that is called', () => {
  const only = new Guard(['127.0.0.2'])

  test('is checked where the URL names it', async () => {
    const receiver = await start()
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', '0'])
      expect(await post(`http://${host}:${receiver.port}/`, { guard: only })).toMatchObject({
        status: null,
        error: expect.stringContaining('is not an address of a public host'),
      })
    expect(receiver.connections).toBe(0)
  })

  test('is checked where the URL names this machine, whatever wide network is allowed', async () => {
    const receiver = await start()
    expect(
      await post(`http://LOCALHOST.:${receiver.port}/`, { guard: new Guard(['0.0.0.0/0', '::/0']) }),
    ).toMatchObject({ status: null, error: expect.stringMatching(/localhost\. is not called: 127.*no wider network/) })
    expect(receiver.connections).toBe(0)
  })

  test('is checked in the look-up, which is the only one of a call: a name that changes leads nowhere else', async () => {
    const allowed = await start(accepts, { host: '127.0.0.2' })
    const refused = await start(accepts, { host: '127.0.0.1', port: allowed.port })
    let asked = 0
    const changing: Resolve = async () => [{ address: asked++ === 0 ? '127.0.0.2' : '127.0.0.1', family: 4 }]
    const url = `http://rebind.example:${allowed.port}/`
    expect(await post(url, { guard: only, resolve: changing })).toMatchObject({ status: 204, error: null })
    expect([asked, allowed.calls.length]).toEqual([1, 1])
    expect(await post(url, { guard: only, resolve: changing })).toMatchObject({
      status: null,
      error: expect.stringContaining('rebind.example is not called: 127.0.0.1 is not an address of a public host'),
    })
    expect([asked, refused.connections]).toEqual([2, 0])
  })

  test('is one of those that are allowed, where a name has several', async () => {
    const allowed = await start(accepts, { host: '127.0.0.2' })
    const both: Resolve = async () =>
      ['127.0.0.1', '::1', '127.0.0.2'].map((address) => ({ address, family: address === '::1' ? 6 : 4 }))
    const url = `http://both.example:${allowed.port}/`
    expect(await post(url, { guard: only, resolve: both })).toMatchObject({ status: 204, error: null })
  })

  test('is that of the connection in the end: nothing is sent to another one', async () => {
    /** Refuses from the second look on, as for a connection that has led elsewhere. */
    class Late extends Guard {
      #looks = 0

      override refusalOf(address: string, url: URL): string | null {
        return this.#looks++ === 0 ? super.refusalOf(address, url) : `${address} is elsewhere`
      }
    }
    const { ca, server } = makeCertificates()
    const tls = { cert: readFileSync(server.cert), key: readFileSync(server.key) }
    const [plain, secure] = [await start(), await start(accepts, { tls })]
    const over = () => ({ guard: new Late([loopback]), ca: readFileSync(ca, 'utf8') })
    for (const url of [`http://localhost:${plain.port}/`, `https://localhost:${secure.port}/`])
      expect(await post(url, over())).toMatchObject({
        status: null,
        error: 'localhost is not called: 127.0.0.1 is elsewhere',
      })
    expect([plain.calls, secure.calls]).toEqual([[], []])
  })

  test('of a name that has none is an error', async () => {
    const failing: Resolve = async () => Promise.reject(new Error('getaddrinfo ENOTFOUND none.example'))
    expect(await post('https://none.example/', { resolve: failing })).toMatchObject({
      error: expect.stringContaining('ENOTFOUND'),
    })
    expect(await post('https://none.example/', { resolve: async () => [] })).toMatchObject({
      error: 'none.example is not called: it has no address',
    })
  })

  test('of a name that is looked up for ever is given up', async () => {
    const never: Resolve = () => new Promise(() => {})
    const answer = post('https://slow.example/', { resolve: never })
    await clock.advance(timeoutMs)
    expect(await answer).toMatchObject({ status: null, error: 'no answer within 15 s' })
  })

  test('is called without the proxy of the environment', async () => {
    const [receiver, proxy] = [await start(), await start()]
    const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']
    const before = names.map((name) => [name, process.env[name]] as const)
    for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : proxy.url
    try {
      expect(await post(receiver.url)).toMatchObject({ status: 204 })
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
    }
    expect([receiver.calls.length, proxy.connections]).toEqual([1, 0])
  })
})

describe('with TLS', () => {
  const { ca, server } = makeCertificates()
  const tls = { cert: readFileSync(server.cert), key: readFileSync(server.key) }
  const own = readFileSync(ca, 'utf8')

  test('the certificate of an authority of the owner is accepted where it is configured', async () => {
    const receiver = await start(accepts, { tls })
    expect(await post(`https://localhost:${receiver.port}/`, { ca: own })).toMatchObject({ status: 204, error: null })
    expect(receiver.calls).toHaveLength(1)
  })

  test('that of a stranger is not, whatever the environment says, and nothing is sent', async () => {
    const receiver = await start(accepts, { tls })
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      const { status: code, error } = await post(`https://localhost:${receiver.port}/`)
      expect({ code, error }).toEqual({ code: null, error: expect.stringMatching(/certificate|issuer/) })
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
    }
    expect(receiver.calls).toEqual([])
  })

  test('that of another name is not', async () => {
    const receiver = await start(accepts, { tls })
    const { error } = await post(`https://other.example:${receiver.port}/`, { ca: own })
    expect(error).toMatch(/altnames|does not match/)
    expect(receiver.calls).toEqual([])
  })

  test('a server without it is a failure', async () => {
    const receiver = await start()
    expect(await post(`https://localhost:${receiver.port}/`)).toMatchObject({ status: null, error: expect.any(String) })
  })
})
