import loose, { strict as assert } from 'node:assert'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { type SessionLimits, SessionPersistence, type SessionRules } from '../../src/mqtt/embedded/persistence.ts'
import { sessionStore } from '../../src/mqtt/outlet/session-store.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { temporaryFolder } from '../support/folder.ts'
import { testClock } from '../support/world.ts'

interface Context {
  plan(count: number): void
  diagnostic(message: string): void
  readonly assert: Record<string, unknown>
}

type Abstract = (options: {
  test: (name: string, body: (t: Context) => Promise<void>) => void
  persistence: () => Promise<unknown>
  testAsync: boolean
}) => void

const abstract = createRequire(import.meta.url)('aedes-persistence/abstract.js') as Abstract
const stores: Store[] = []

const limits: SessionLimits = {
  sessionQueue: 10_000,
  sessionOctets: 1_000_000,
  queued: 100_000,
  queuedOctets: 10_000_000,
  sessions: 1_000,
  userSessions: 1_000,
  retained: 1_000,
  retainedOctets: 10_000_000,
  subscriptions: 1_000,
  userSubscriptions: 1_000,
  wildcards: 1_000,
}
const rules: SessionRules = { limits, now: () => Date.now(), overflowed: () => {}, dropped: () => {} }

async function open(
  path = join(temporaryFolder(), 'store.db'),
): Promise<{ store: Store; persistence: SessionPersistence }> {
  const store = await SqliteStore.open({ path, durable: false })
  stores.push(store)
  return { store, persistence: new SessionPersistence(sessionStore(store, 'smshub'), rules, testClock) }
}

afterAll(() => Promise.all(stores.map((store) => store.close())))

describe('what the embedded broker keeps passes the tests of aedes for it:', () => {
  abstract({
    test: (name, body) =>
      test(name, async () => {
        let planned: number | null = null
        let asserted = 0
        const counted = Object.fromEntries(
          ['equal', 'notEqual', 'deepEqual', 'ok'].map((method) => [
            method,
            (...args: unknown[]) => {
              asserted++
              return (loose as unknown as Record<string, (...args: unknown[]) => void>)[method]?.(...args)
            },
          ]),
        )
        await body({
          plan: (count) => {
            planned = count
          },
          diagnostic: () => {},
          assert: counted,
        })
        if (planned !== null) assert.equal(asserted, planned)
      }),
    persistence: async () => (await open()).persistence,
    testAsync: true,
  })
})

const packet = (topic: string, brokerCounter: number, qos = 1) => ({
  cmd: 'publish',
  brokerId: 'run-1',
  brokerCounter,
  topic,
  payload: Buffer.from(topic),
  qos,
  retain: false,
})

async function streamed(persistence: SessionPersistence, id: string): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = []
  for await (const one of persistence.outgoingStream({ id })) all.push(one as Record<string, unknown>)
  return all
}

describe('over a restart', () => {
  test('sessions, queued messages, half-done QoS 2, retained messages and wills are there again', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const { store, persistence } = await open(path)
    await persistence.setup({ id: 'run-1' })
    expect(persistence.keep('panel', 'kitchen')).toBeNull()
    await persistence.addSubscriptions({ id: 'panel' }, [{ topic: 'a/+', qos: 1 }])
    const owed = await persistence.subscriptionsByTopic('a/1')
    await persistence.outgoingEnqueueCombi(owed, packet('a/1', 1))
    await persistence.outgoingEnqueueCombi(owed, packet('a/2', 2))
    await persistence.outgoingEnqueueCombi([{ clientId: 'panel', qos: 2 }], packet('a/3', 3, 2))
    await persistence.outgoingUpdate({ id: 'panel' }, { ...packet('a/2', 2), messageId: 7 })
    await persistence.outgoingClearMessageId({ id: 'panel' }, { ...packet('a/2', 2), messageId: 7 })
    await persistence.outgoingUpdate({ id: 'panel' }, { ...packet('a/3', 3, 2), messageId: 8 })
    await persistence.outgoingUpdate({ id: 'panel' }, { ...packet('', 9), cmd: 'pubrel', messageId: 8 })
    await persistence.incomingStorePacket({ id: 'panel' }, { ...packet('b', 4, 2), messageId: 9 })
    await persistence.storeRetained({ ...packet('other/topic', 5), retain: true })
    await persistence.putWill({ id: 'panel' }, { ...packet('panel/gone', 6), retain: true })
    await persistence.settled()
    await store.close()

    const { persistence: again } = await open(path)
    await again.setup({ id: 'run-2' })
    expect(again.ownerOf('panel')).toBe('kitchen')
    expect((await again.subscriptionsByTopic('a/9')).map(({ clientId }) => clientId)).toEqual(['panel'])
    expect((await streamed(again, 'panel')).map(({ cmd, topic, messageId }) => ({ cmd, topic, messageId }))).toEqual([
      { cmd: 'publish', topic: 'a/1', messageId: undefined },
      { cmd: 'pubrel', topic: undefined, messageId: 8 },
    ])
    await expect(again.incomingGetPacket({ id: 'panel' }, { ...packet('', 0), messageId: 9 })).resolves.toBeDefined()
    const retained: unknown[] = []
    for await (const one of again.createRetainedStream('other/#')) retained.push((one as { topic: string }).topic)
    expect(retained).toEqual(['other/topic'])
    const wills: unknown[] = []
    for await (const one of again.streamWill({ 'run-2': 1 })) wills.push((one as { topic: string }).topic)
    expect(wills).toEqual(['panel/gone'])
  })

  test('a message that goes out while its client subscribes is queued, not lost', async () => {
    const { persistence } = await open()
    await persistence.setup({ id: 'run-1' })
    await persistence.outgoingUpdate({ id: 'panel' }, { ...packet('a', 1), messageId: 5 })
    expect((await streamed(persistence, 'panel')).map(({ messageId }) => messageId)).toEqual([5])
  })

  test('what never had an identifier takes nobody else away', async () => {
    const { persistence } = await open()
    await persistence.setup({ id: 'run-1' })
    await persistence.outgoingEnqueue({ clientId: 'panel' }, packet('a', 1))
    await persistence.outgoingClearMessageId({ id: 'panel' }, packet('b', 2))
    expect(await streamed(persistence, 'panel')).toHaveLength(1)
  })

  test('a session with too many messages loses the oldest ones, which is reported', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const store = await SqliteStore.open({ path, durable: false })
    stores.push(store)
    let lost = 0
    const persistence = new SessionPersistence(
      sessionStore(store, 'smshub'),
      { ...rules, limits: { ...limits, sessionQueue: 3 }, overflowed: () => lost++ },
      testClock,
    )
    await persistence.setup({ id: 'run-1' })
    for (let i = 1; i <= 5; i++) await persistence.outgoingEnqueue({ clientId: 'panel' }, packet(`a/${i}`, i))
    expect((await streamed(persistence, 'panel')).map(({ topic }) => topic)).toEqual(['a/3', 'a/4', 'a/5'])
    expect(lost).toBe(2)
  })
})
