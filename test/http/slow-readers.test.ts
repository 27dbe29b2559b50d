import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGzip } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { installed } from '../support/brokers.ts'
import { EventClient } from '../support/event-client.ts'
import { EventServer } from '../support/event-server.ts'
import { until } from '../support/patience.ts'

let server: EventServer
const clients: EventClient[] = []
const ends: (() => void)[] = []

beforeEach(async () => {
  server = await new EventServer().start()
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  for (const end of ends.splice(0)) end()
  await server.stop()
})

async function opened(name = 'owner', query = '', url = server.url): Promise<EventClient> {
  const client = new EventClient(`${url}/v1/events${query}`, { authorization: `Bearer ${name}` })
  clients.push(client)
  expect(await client.open()).toBe(200)
  await until(() => client.lastEventId !== '')
  return client
}

const numbers = (client: EventClient) => client.events.map(({ data }) => data.data.number)
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)
/** An event of about 4 KB. */
const text = 'x'.repeat(4_000)
const eventOctets = 4_400
/** Events that are written at once, and what Node.js takes besides. */
const mostWaitingOctets = 101 * eventOctets + 64 * 1024

test('of 200 readers one that hangs costs no memory, slows nobody, is closed and has everything when it comes again', async () => {
  const stuck = await opened('stuck')
  const others = await Promise.all(upTo(199).map((i) => opened(`reader-${i % 4}`, '?device=gate')))
  stuck.hang()
  const rounds = 20
  let most = 0
  for (let round = 0; round < rounds; round++) {
    await server.alarms('gate', 50 * round, 50)
    // More of them than the buffers of the system take.
    await server.alarms('van', 200 * round, 200, text)
    for (const other of others) await other.has(50 * (round + 1))
    most = Math.max(most, server.responses.get('stuck')?.writableLength ?? 0)
  }
  for (const other of others) expect(numbers(other)).toEqual(upTo(50 * rounds))
  expect(most).toBeGreaterThan(0)
  expect(most).toBeLessThan(mostWaitingOctets)
  expect(server.streaming).toBe(200)
  await server.clock.advance(15_000)
  await until(() => server.streaming === 199)
  stuck.goOn()
  await stuck.closed()
  const all = 250 * rounds
  expect(stuck.events.length).toBeLessThan(all)
  await stuck.open()
  await stuck.has(all)
  expect(new Set(stuck.events.map(({ id }) => id)).size).toBe(all)
  expect(stuck.events.map(({ id }) => Number(id))).toEqual(upTo(all).map((i) => i + 1))
})

test('a reader that is slow, but takes something, is left to it and gets all', async () => {
  const slow = await opened('slow')
  const count = 2_000
  for (let at = 0; at < count; at += 200) {
    slow.hang()
    await server.alarms('gate', at, 200, text)
    await server.clock.advance(5_000)
    slow.goOn()
    await slow.has(at + 1)
  }
  await slow.has(count)
  expect(numbers(slow)).toEqual(upTo(count))
  // Nothing of all these writes is left behind.
  const response = server.responses.get('slow')
  expect(response?.listenerCount('drain')).toBeLessThanOrEqual(1)
  expect(response?.listenerCount('close')).toBeLessThanOrEqual(4)
})

test('a client that goes without a word is forgotten', async () => {
  const all = await Promise.all(upTo(50).map(() => opened()))
  await until(() => server.streaming === 50)
  for (const client of all) client.close()
  await until(() => server.streaming === 0)
})

/** What proxies do to an answer that does not forbid it. */
const proxies: Readonly<Record<string, (answer: IncomingMessage) => boolean>> = {
  // nginx collects an answer until a buffer is full.
  'collects answers': ({ headers }) => headers['x-accel-buffering'] !== 'no',
  // Middlewares and proxies compress, and with that collect.
  'compresses answers': ({ headers }) => !String(headers['cache-control']).includes('no-transform'),
}

test.each(Object.entries(proxies))('a proxy that %s lets events through at once', async (_, holdsUp) => {
  const proxy = createServer((asked, answer) => {
    const onward = request(
      { host: '127.0.0.1', port: server.port, path: asked.url, headers: asked.headers, agent: false },
      (answered) => {
        answer.writeHead(answered.statusCode ?? 0, answered.headers)
        if (holdsUp(answered)) answered.pipe(createGzip()).pipe(answer)
        else answered.pipe(answer)
      },
    )
    answer.on('close', () => onward.destroy())
    onward.on('error', () => answer.destroy())
    onward.end()
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const client = await opened('owner', '', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
  await server.alarms('gate', 0, 1)
  await client.has(1)
  await server.alarms('gate', 1, 2)
  await client.has(3)
  expect(numbers(client)).toEqual([0, 1, 2])
})

test('a proxy that passes octets on in blocks, whatever it is asked, delays events and loses none', async () => {
  const proxy = createServer((asked, answer) => {
    const onward = request(
      { host: '127.0.0.1', port: server.port, path: asked.url, headers: asked.headers, agent: false },
      (answered) => {
        answer.writeHead(answered.statusCode ?? 0, answered.headers)
        let held = Buffer.alloc(0)
        answered.on('data', (chunk: Buffer) => {
          held = Buffer.concat([held, chunk])
          // In the middle of a line, of a letter, wherever that is.
          for (; held.length >= 509; held = held.subarray(509)) answer.write(held.subarray(0, 509))
        })
        answered.on('close', () => answer.destroy())
      },
    )
    answer.on('close', () => onward.destroy())
    onward.on('error', () => answer.destroy())
    onward.end()
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/v1/events?after=0`
  const client = new EventClient(url, { authorization: 'Bearer owner' })
  clients.push(client)
  await server.alarms('gate', 0, 50, 'Grüße 😀')
  const opening = client.open()
  await server.alarms('gate', 50, 20, text)
  expect(await opening).toBe(200)
  await client.has(60)
  expect(numbers(client)).toEqual(upTo(client.events.length))
  // The rest is in the proxy: a new connection has it.
  client.close()
  await client.open()
  await server.alarms('gate', 70, 1, text)
  await client.has(70)
  expect(numbers(client)).toEqual(upTo(client.events.length))
})

const withCurl = installed('curl', ['--version']) ? test : test.skip

withCurl('curl is a client', async () => {
  await server.alarms('gate', 0, 2)
  const args = ['-sN', '-H', 'Authorization: Bearer owner', '-H', 'Accept: text/event-stream']
  const curl = spawn('curl', [...args, `${server.url}/v1/events?after=0&types=device.*`])
  ends.push(() => curl.kill())
  let octets = ''
  curl.stdout.on('data', (chunk) => {
    octets += chunk
  })
  await until(() => octets.includes('"number":1'))
  await server.alarms('gate', 2, 1)
  await until(() => octets.includes('"number":2'))
  expect(octets.match(/^(?:id|event): .*$/gm)).toEqual([
    'id: 1',
    'event: device.event',
    'id: 2',
    'event: device.event',
    'id: 3',
    'event: device.event',
  ])
})
