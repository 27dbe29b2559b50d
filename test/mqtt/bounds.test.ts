import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, test } from '@jest/globals'
import { Broker, brokerSettings } from '../../src/config/broker-config.ts'
import type { SessionChange, SessionStore } from '../../src/message/broker-session.ts'
import { EmbeddedBroker } from '../../src/mqtt/embedded/broker.ts'
import { sessionStore } from '../../src/mqtt/outlet/session-store.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { until } from '../support/patience.ts'
import {
  type ConnectOptions,
  type Delivered,
  deliveredIn,
  packetOf,
  publishPacket,
  RawClient,
  subscribePacket,
  unsubscribePacket,
  word,
} from '../support/raw-client.ts'
import { testClock } from '../support/world.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

/** A broker on a store of its own, with what it wrote and refused. */
async function start(limits: Readonly<Record<string, number>> = {}, path = join(temporaryFolder(), 'store.db')) {
  const port = await freePort()
  const store = await SqliteStore.open({ path, durable: false })
  const changes: SessionChange[] = []
  const kept = sessionStore(store, 'smshub')
  const sessions: SessionStore = {
    ...kept,
    save: (some) => {
      changes.push(...some)
      return kept.save(some)
    },
  }
  const refused: { client: string; topic: string; reason: string }[] = []
  const broker = new EmbeddedBroker({
    ...brokerSettings(Broker.parse({ listen: `127.0.0.1:${port}`, limits })),
    baseTopic: 'smshub',
    aliases: {},
    discovery: { prefix: 'homeassistant', objectOf: (device) => device },
    operations: {},
    isRecipient: () => false,
    sessions,
    clock: testClock,
    run: 'run',
    now: () => Date.now(),
  })
  await broker.start({
    publish: async () => {},
    ended: () => {},
    connected: () => {},
    disconnected: () => {},
    refused: (one) => refused.push(one),
  })
  const stop = async () => {
    await broker.stop()
    await store.close()
  }
  cleanUp.push(stop)
  const connected = (options: ConnectOptions) => RawClient.connected(port, options)
  return { port, path, changes, refused, stop, connected }
}

type Started = Awaited<ReturnType<typeof start>>

async function granted(client: RawClient, filters: readonly string[], qos = 1): Promise<number[]> {
  client.send(subscribePacket(filters.map((filter) => [filter, qos])))
  return [...((await client.next(9))?.body.subarray(2) ?? [])]
}

async function publish({ connected }: Started, topic: string, payload: string | Buffer, retain = false): Promise<void> {
  const client = await connected({ id: 'publisher' })
  client.send(publishPacket(topic, payload, { qos: 1, retain }))
  await client.next(4)
  // It is handed on behind its PUBACK.
  await client.untilPong()
  client.end()
  await client.closed()
}

async function absent(started: Started, id: string, filters: readonly string[]): Promise<void> {
  const client = await started.connected({ id, clean: false })
  await granted(client, filters)
  client.send(packetOf(0xe0))
  await client.closed()
}

/** So many messages, and no more behind them. */
async function messages(client: RawClient, count: number): Promise<Delivered[]> {
  const all: Delivered[] = []
  while (all.length < count) {
    const packet = await client.next(3)
    if (packet === null) return all
    all.push(deliveredIn(packet))
  }
  const more = (await client.untilPong()).filter(({ type }) => type === 3)
  return [...all, ...more.map(deliveredIn)]
}

async function owed({ connected }: Started, id: string, count: number): Promise<string[]> {
  const client = await connected({ id, clean: false })
  const all = await messages(client, count)
  client.end()
  await client.closed()
  return all.map(({ topic }) => topic)
}

const many = (count: number, name: (n: number) => string) => Array.from({ length: count }, (_, n) => name(n))
const refusedBit = 0x80

describe('subscriptions', () => {
  test('a SUBSCRIBE of a thousand filters is written once for each, and not at all when it comes again', async () => {
    const started = await start()
    const client = await started.connected({ id: 'wide', clean: false })
    const filters = many(1_000, (n) => `lamp/${n}`)
    expect(new Set(await granted(client, filters))).toEqual(new Set([1]))
    const written = () => started.changes.filter(({ kind }) => kind === 'subscribe').length
    for (let n = 0; n < 5; n++) await granted(client, filters)
    client.send(unsubscribePacket(filters))
    await client.next(11)
    await client.untilPong()
    client.end()
    await started.stop()
    cleanUp.length = 0
    expect(written()).toBe(1_000)
    expect(started.changes.filter(({ kind }) => kind === 'unsubscribe')).toHaveLength(1_000)
  })

  test.each([
    ['SUBSCRIBE', (filters: string[]) => subscribePacket(filters.map((filter) => [filter, 1]))],
    ['UNSUBSCRIBE', (filters: string[]) => unsubscribePacket(filters)],
  ] as const)(
    'more filters than a %s may have end the connection and are reported; others go on',
    async (name, packet) => {
      const started = await start()
      const other = await started.connected({ id: 'other' })
      const client = await started.connected({ id: 'greedy', clean: false })
      client.send(packet(many(9_000, (n) => `a/${n}`)))
      await client.closed()
      expect(started.refused).toMatchObject([{ client: 'greedy', reason: expect.stringContaining(name) }])
      expect(await other.untilPong()).toEqual([])
      other.end()
    },
  )

  test.each([true, false])(
    'beyond the limits of a client each filter is answered 0x80 (clean session %s)',
    async (clean) => {
      const started = await start({ subscriptions: 20, wildcards: 5 })
      const client = await started.connected({ id: 'greedy', clean })
      const first = await granted(
        client,
        many(30, (n) => `a/${n}`),
      )
      expect(first.filter((code) => code === refusedBit)).toHaveLength(10)
      expect(await granted(client, ['a/0', 'b'])).toEqual([1, refusedBit])
      client.send(unsubscribePacket(many(10, (n) => `a/${n}`)))
      await client.next(11)
      const wild = await granted(
        client,
        many(8, (n) => `w${n}/+/#`),
      )
      expect(wild.filter((code) => code === refusedBit)).toHaveLength(3)
      expect(started.refused.map(({ reason }) => reason)).toEqual(
        expect.arrayContaining([
          'more than 20 subscriptions of one client',
          'more than 5 subscriptions with wildcards of one client',
        ]),
      )
      client.end()
    },
  )

  test('all sessions of a user together are bounded, absent ones too, and what is given up is free again', async () => {
    const started = await start({ user_subscriptions: 30 })
    await absent(
      started,
      'one',
      many(20, (n) => `a/${n}`),
    )
    const client = await started.connected({ id: 'two' })
    const codes = await granted(
      client,
      many(20, (n) => `b/${n}`),
    )
    expect(codes.filter((code) => code === refusedBit)).toHaveLength(10)
    client.end()
    await client.closed()
    const third = await started.connected({ id: 'three' })
    expect(
      await granted(
        third,
        many(10, (n) => `c/${n}`),
      ),
    ).not.toContain(refusedBit)
    third.end()
  })

  test('very long filters and those of very many levels are answered 0x80', async () => {
    const started = await start()
    const client = await started.connected({ id: 'odd' })
    expect(await granted(client, ['x'.repeat(5_000), '+/'.repeat(50), 'ok/+'])).toEqual([refusedBit, refusedBit, 1])
    client.end()
  })
})

describe('retained messages of clients', () => {
  test('are bounded in number: one too many is acknowledged, goes nowhere and is reported', async () => {
    const started = await start({ retained: 5 })
    for (let n = 0; n < 7; n++) await publish(started, `r/${n}`, 'x', true)
    await publish(started, 'r/2', 'again', true)
    await publish(started, 'r/0', '', true)
    await publish(started, 'r/9', 'room again', true)
    const client = await started.connected({ id: 'reader' })
    await granted(client, ['r/#'])
    const seen = await messages(client, 5)
    expect(seen.map(({ topic, payload }) => `${topic} ${payload}`).sort()).toEqual([
      'r/1 x',
      'r/2 again',
      'r/3 x',
      'r/4 x',
      'r/9 room again',
    ])
    expect(started.refused).toContainEqual(
      expect.objectContaining({ client: 'publisher', topic: 'r/5', reason: 'more than 5 retained messages' }),
    )
    client.end()
  })

  test('are bounded in octets, their topics and the levels of these included', async () => {
    const started = await start({ retained_octets: 50_000 })
    const body = Buffer.alloc(20_000, 65)
    for (let n = 0; n < 4; n++) await publish(started, `r/${n}`, body, true)
    for (let n = 0; n < 4; n++) await publish(started, `${n}/`.repeat(99), 'x', true)
    const kept = started.changes.filter(({ kind }) => kind === 'retain')
    expect(kept).toHaveLength(2)
    expect(started.refused.map(({ reason }) => reason)).toContain(
      'retained messages of more than 50000 octets together',
    )
  })

  test('as a will that is published after the limit is reached are refused too', async () => {
    const started = await start({ retained: 1 })
    await publish(started, 'r/0', 'x', true)
    const client = await started.connected({ id: 'dying', will: { topic: 'r/will', payload: 'x', flags: 0x20 } })
    client.end()
    while (!started.refused.some(({ topic }) => topic === 'r/will')) await new Promise((r) => setTimeout(r, 20))
    expect(started.changes.filter(({ kind }) => kind === 'retain')).toHaveLength(1)
  })

  test('that the store holds beyond the limits are dropped when it is read, and that is reported', async () => {
    const first = await start({})
    for (let n = 0; n < 8; n++) await publish(first, `r/${n}`, 'x', true)
    await first.stop()
    cleanUp.length = 0
    const second = await start({ retained: 3 }, first.path)
    expect(second.refused).toMatchObject([{ client: 'broker', reason: expect.stringContaining('5 retained') }])
    const client = await second.connected({ id: 'reader' })
    await granted(client, ['r/#'])
    expect(await messages(client, 3)).toHaveLength(3)
    client.end()
  })
})

describe('publishes at QoS 2 that are not completed', () => {
  /** Octets that nothing but a reference keeps. */
  const held = () => {
    setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
    return process.memoryUsage().arrayBuffers
  }
  /** Publishes so many, takes their PUBRECs and never sends a PUBREL. */
  const begin = async (client: RawClient, from: number, count: number, payload: string | Buffer = 'x') => {
    for (let id = from; id < from + count; id++) {
      client.send(publishPacket('half/done', payload, { qos: 2, id }))
      expect((await client.next(5))?.body.readUInt16BE(0)).toBe(id)
    }
  }

  test.each([true, false])('keep their identifiers and nothing of what they hold (clean session %s)', async (clean) => {
    const started = await start()
    const client = await started.connected({ id: 'half', clean })
    await begin(client, 1, 10, Buffer.alloc(200_000, 65))
    const before = held()
    await begin(client, 11, 200, Buffer.alloc(200_000, 65))
    // Kept, they would be 40 MB; what is on its way when it is looked goes.
    await until(
      () => held() - before < 20_000_000,
      () => `${held() - before} octets are held`,
    )
    client.end()
  })

  test('are bounded over all connections of a session and over a restart: the oldest are forgotten, and reported', async () => {
    const first = await start()
    for (let n = 0; n < 3; n++) {
      const client = await first.connected({ id: 'half', clean: false })
      await begin(client, 1 + n * 600, 600)
      client.end()
      await client.closed()
    }
    await first.stop()
    cleanUp.length = 0
    const kinds = first.changes.map(({ kind }) => kind)
    expect(
      kinds.filter((kind) => kind === 'received').length - kinds.filter((kind) => kind === 'completed').length,
    ).toBe(1_000)
    expect(first.refused).toContainEqual(
      expect.objectContaining({ client: 'half', reason: expect.stringContaining('QoS 2') }),
    )

    const second = await start({}, first.path)
    const watcher = await second.connected({ id: 'watcher' })
    await granted(watcher, ['half/done'])
    const client = await second.connected({ id: 'half', clean: false })
    await begin(client, 1_800, 1)
    client.send(packetOf(0x62, word(1_800)))
    await client.next(7)
    expect(await watcher.untilPong()).toEqual([])
    client.end()
    watcher.end()
  })
})

describe('what absent sessions are owed', () => {
  test('is kept once, however many sessions are owed it, and again after a restart', async () => {
    const first = await start()
    for (let n = 0; n < 20; n++) await absent(first, `absent${n}`, ['news/#'])
    for (let n = 0; n < 3; n++) await publish(first, `news/${n}`, Buffer.alloc(10_000, 65))
    await first.stop()
    cleanUp.length = 0
    const bodies = first.changes.flatMap((change) => (change.kind === 'enqueue' ? [change.packet.body?.id] : []))
    expect(bodies).toHaveLength(60)
    expect(new Set(bodies).size).toBe(3)
    const second = await start({}, first.path)
    for (let n = 0; n < 20; n++) expect(await owed(second, `absent${n}`, 3)).toEqual(['news/0', 'news/1', 'news/2'])
  })

  test('is bounded over all of them: who is owed most loses the oldest, and that is reported', async () => {
    const started = await start({ queued_octets: 60_000 })
    await absent(started, 'small', ['small/#'])
    await absent(started, 'large', ['large/#'])
    await publish(started, 'small/1', 'x')
    for (let n = 0; n < 10; n++) await publish(started, `large/${n}`, Buffer.alloc(20_000, 65))
    expect(await owed(started, 'small', 1)).toEqual(['small/1'])
    expect(await owed(started, 'large', 2)).toEqual(['large/8', 'large/9'])
    expect(started.refused).toContainEqual(
      expect.objectContaining({ client: 'large', reason: expect.stringContaining('all sessions together') }),
    )
  })

  test('is bounded in number over all of them, at a restart with other limits too', async () => {
    const first = await start({ queued: 40 })
    for (let n = 0; n < 4; n++) await absent(first, `absent${n}`, ['news/#'])
    for (let n = 0; n < 15; n++) await publish(first, `news/${n}`, 'x')
    await first.stop()
    cleanUp.length = 0
    const second = await start({ queued: 8 }, first.path)
    expect(second.refused).toMatchObject([{ client: 'broker', reason: expect.stringContaining('32 queued') }])
    for (let n = 0; n < 4; n++) expect(await owed(second, `absent${n}`, 2)).toEqual(['news/13', 'news/14'])
  })

  test('sessions of a user are bounded', async () => {
    const started = await start({ sessions: 3 })
    for (let n = 0; n < 3; n++) await absent(started, `absent${n}`, ['a'])
    await expect(started.connected({ id: 'one more', clean: false })).rejects.toThrow('CONNACK 0003')
    const clean = await started.connected({ id: 'clean' })
    clean.send(packetOf(0x40, word(1)))
    expect(await clean.untilPong()).toEqual([])
    clean.end()
  })
})
