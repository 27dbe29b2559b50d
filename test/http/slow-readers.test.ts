import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { pipeline, Transform } from 'node:stream'
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

/** A stream that has its place. */
async function opened(name = 'owner', query = '', proxy?: string): Promise<EventClient> {
  const client = new EventClient(`${server.url}/v1/events${query}`, { authorization: `Bearer ${name}` }, proxy)
  clients.push(client)
  expect(await client.open()).toBe(200)
  await until(() => client.lastEventId !== '')
  return client
}

/**
 * A proxy in front of the server that passes answers on as it likes. Its clients use a Unix socket, of which the system
 * buffers a few hundred kB instead of many MB: a client that takes nothing is soon felt behind it.
 */
async function proxied(pass: (answered: IncomingMessage, answer: ServerResponse) => void): Promise<string> {
  const proxy = createServer((asked, answer) => {
    const onward = request(
      { host: '127.0.0.1', port: server.port, path: asked.url, headers: asked.headers, agent: false },
      (answered) => {
        answer.writeHead(answered.statusCode ?? 0, answered.headers)
        answer.flushHeaders()
        pass(answered, answer)
      },
    )
    answer.on('close', () => onward.destroy())
    onward.on('error', () => answer.destroy())
    onward.end()
  })
  const path = `${server.folder}/proxy.sock`
  await new Promise<void>((resolve) => proxy.listen(path, resolve))
  ends.push(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  return path
}

/** Octets that are passed on at once: in the middle of a line, of a letter, wherever that is. */
const blockOctets = 509

/** Passes on whole blocks only, whatever it is asked, and takes no more than its client does. */
function passInBlocks(answered: IncomingMessage, answer: ServerResponse): void {
  let held = Buffer.alloc(0)
  const blocks = new Transform({
    transform(octets: Buffer, _, done) {
      const all = Buffer.concat([held, octets])
      const whole = all.length - (all.length % blockOctets)
      held = all.subarray(whole)
      done(null, all.subarray(0, whole))
    },
  })
  pipeline(answered, blocks, answer, () => answer.destroy())
}

const numbers = (client: EventClient) => client.events.map(({ data }) => data.data.number)
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)
/** An event of about 4 KB. */
const text = 'x'.repeat(4_000)
const eventOctets = 4_400
/** Events that are written at once, and what Node.js takes besides. */
const mostWaitingOctets = 101 * eventOctets + 64 * 1024

test.each([
  ['directly', async () => undefined],
  ['through a proxy that passes octets on in blocks', () => proxied(passInBlocks)],
])(
  'of 200 readers %s one that hangs costs no memory, slows nobody, is closed and has everything when it comes again',
  async (_, way) => {
    const path = await way()
    const perRound = 10
    /** The last one is long, so that a proxy that waits for a whole block passes on all the others. */
    const emit = async (round: number) => {
      await server.alarms('gate', perRound * round, perRound - 1)
      await server.alarms('gate', perRound * (round + 1) - 1, 1, text)
    }
    await emit(0)
    const stuck = await opened('stuck', '?after=0', path)
    const others = await Promise.all(upTo(199).map((i) => opened(`reader-${i % 4}`, '?device=gate&after=0', path)))
    stuck.hang()
    let rounds = 1
    const waiting = [0]
    // Until the buffers of the system and of the proxy are full, so that nothing moves any more.
    for (let still = 0; still < 4 && rounds < 100; rounds++) {
      await emit(rounds)
      await server.alarms('van', 200 * (rounds - 1), 200, text)
      for (const other of others) await other.has(perRound * (rounds + 1) - 1)
      const octets = server.responses.get('stuck')?.writableLength ?? 0
      still = octets > 0 && octets === waiting.at(-1) ? still + 1 : 0
      waiting.push(octets)
    }
    await emit(rounds)
    for (const other of others) {
      await other.has(perRound * (rounds + 1) - 1)
      expect(numbers(other).slice(0, perRound * rounds)).toEqual(upTo(perRound * rounds))
    }
    expect(waiting.at(-1)).toBeGreaterThan(0)
    expect(Math.max(...waiting)).toBeLessThan(mostWaitingOctets)
    expect(server.streaming).toBe(200)
    await server.clock.advance(15_000)
    await until(() => server.streaming === 199)
    stuck.goOn()
    await stuck.closed()
    const all = perRound * (rounds + 1) + 200 * (rounds - 1)
    expect(stuck.events.length).toBeLessThan(all)
    await stuck.open()
    await stuck.has(all - 1)
    expect(stuck.events.map(({ id }) => Number(id))).toEqual(upTo(stuck.events.length).map((i) => i + 1))
  },
)

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
  const path = await proxied((answered, answer) => {
    if (holdsUp(answered)) answered.pipe(createGzip()).pipe(answer)
    else answered.pipe(answer)
  })
  const client = await opened('owner', '', path)
  await server.alarms('gate', 0, 1)
  await client.has(1)
  await server.alarms('gate', 1, 2)
  await client.has(3)
  expect(numbers(client)).toEqual([0, 1, 2])
})

test('a proxy that passes octets on in blocks, whatever it is asked, delays events and loses none', async () => {
  const path = await proxied(passInBlocks)
  await server.alarms('gate', 0, 50, 'Grüße 😀')
  const client = await opened('owner', '?after=0', path)
  await server.alarms('gate', 50, 20, text)
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
