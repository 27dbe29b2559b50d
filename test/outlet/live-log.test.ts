import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { EventReader, PastQuery } from '../../src/message/live-events.ts'
import { LiveLog } from '../../src/outlet/live-log.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { FakeClock } from '../fake-clock.ts'
import { temporaryFolder } from '../support/folder.ts'

let store: Store
let clock: FakeClock
let log: LiveLog
let reads = 0

beforeEach(async () => {
  clock = new FakeClock()
  const path = `${temporaryFolder()}/hub.db`
  store = await SqliteStore.open({ path, durable: false, thread: false, now: () => clock.wall() })
  await store.run('openOutlets', { names: [] })
  reads = 0
  const read = store.read.bind(store)
  store.read = (name, args) => {
    reads++
    return read(name, args)
  }
  log = new LiveLog(store, clock)
})
afterEach(() => store.close())

const emit = (...devices: string[]) =>
  store.run(
    'emit',
    devices.map((subject) => ({ kind: 'device_event', subject, data: {} }) as const),
  )
const names = async (reader: EventReader, limit = 100) => (await reader.take(limit)).events.map(({ device }) => device)
const all = () => true

test('a reader that has everything up to the last event never reads the log', async () => {
  await emit('a')
  const first = log.open('newest')
  const { next } = await first.take(10)
  const second = log.open(next)
  await second.take(10)
  await emit('b')
  expect([await names(first), await names(second), reads]).toEqual([['b'], ['b'], 0])
  first.close()
  second.close()
})

test('what was lost on its way from a commit is found within a minute', async () => {
  const listeners: Parameters<Store['onEmitted']>[0][] = []
  const onEmitted = store.onEmitted.bind(store)
  let isLossy = false
  store.onEmitted = (listener) => {
    listeners.push(listener)
    return onEmitted((events) => {
      if (!isLossy) listener(events)
    })
  }
  const reader = log.open('newest')
  await reader.take(10)
  isLossy = true
  await emit('lost')
  isLossy = false
  expect(await names(reader)).toEqual([])
  await clock.advance(60_000)
  expect(await names(reader)).toEqual(['lost'])
  await emit('next')
  expect([await names(reader), listeners.length]).toEqual([['next'], 1])
  reader.close()
})

test('a reader that has caught up reads nothing more from the store', async () => {
  await emit('a')
  const reader = log.open('oldest')
  expect(await names(reader)).toEqual(['a'])
  await emit('b', 'c')
  expect([await names(reader), await names(reader)]).toEqual([['b', 'c'], []])
  await emit('d')
  expect(await names(reader)).toEqual(['d'])
  expect(reads).toBe(1)
  reader.close()
})

test('readers at any place get every event once and in order, whatever is handed over meanwhile', async () => {
  const expected: string[] = []
  const add = async (count: number) => {
    const some = Array.from({ length: count }, (_, i) => `event-${expected.length + i}`)
    expected.push(...some)
    await emit(...some)
  }
  await add(30)
  const readers = Array.from({ length: 5 }, () => ({ reader: log.open('oldest'), got: [] as (string | null)[] }))
  // A commit of more than 256 events is not handed over, and the tail keeps a thousand.
  for (const count of [1, 7, 300, 2, 900, 50, 200, 3]) {
    await add(count)
    for (const [i, { reader, got }] of readers.entries())
      if (count % (i + 1) === 0) got.push(...(await names(reader, 40)))
  }
  for (const { reader, got } of readers) {
    for (let some = await names(reader); some.length > 0; some = await names(reader)) got.push(...some)
    expect(got).toEqual(expected)
    reader.close()
  }
})

test('an event that commits while the store is read is neither lost nor given twice', async () => {
  const reader = log.open('oldest')
  const got: (string | null)[] = []
  for (let i = 0; i < 20; i++) {
    const [page] = await Promise.all([names(reader, 3), emit(`event-${i}`)])
    got.push(...page)
  }
  got.push(...(await names(reader)))
  expect(got).toEqual(Array.from({ length: 20 }, (_, i) => `event-${i}`))
  reader.close()
})

test('a place that is not known begins with a reset, and goes on from the end', async () => {
  await emit('a', 'b')
  const reader = log.open(999)
  expect(await reader.take(10)).toMatchObject({ reset: true, events: [], isEnd: true })
  await emit('c')
  expect(await names(reader)).toEqual(['c'])
  reader.close()
})

test('what is erased is not read from the tail', async () => {
  const reader = log.open('newest')
  await reader.take(10)
  await emit('gate', 'van')
  await store.run('erase', { device: 'gate', numbers: [], address: null, fields: null, now: clock.wall() })
  expect(await names(reader)).toEqual(['van'])
  reader.close()
})

test('a page waits for the first event that is wanted, and no longer than it was asked to', async () => {
  const wanted = ({ device }: { readonly device: string | null }) => device === 'gate'
  const page = log.page({ after: 'newest', limit: 10, waitMs: 30_000, wanted })
  await emit('van')
  await emit('gate')
  const { events, next, isEnd } = await page
  expect([events.map(({ device }) => device), isEnd]).toEqual([['gate'], true])
  const empty = log.page({ after: next, limit: 10, waitMs: 30_000, wanted })
  await clock.advance(30_000)
  expect(await empty).toMatchObject({ events: [], next })
})

test('a page is no longer than asked for, and says where the next one begins', async () => {
  await emit(...Array.from({ length: 700 }, (_, i) => `event-${i}`))
  const got: (string | null)[] = []
  let after: number | 'oldest' = 'oldest'
  for (let pages = 0; pages < 8; pages++) {
    const page = await log.page({ after, limit: 100, waitMs: 0, wanted: all })
    got.push(...page.events.map(({ device }) => device))
    after = page.next
  }
  expect(got).toEqual(Array.from({ length: 700 }, (_, i) => `event-${i}`))
})

test('what is past is read back to where the log begins, and a page looks at no more than it may', async () => {
  await emit(...Array.from({ length: 700 }, (_, i) => (i % 7 === 0 ? 'gate' : `event-${i}`)))
  const back = async (query: Pick<PastQuery, 'device' | 'wanted'>, limit: number) => {
    const got: number[] = []
    let before: PastQuery['before'] = 'newest'
    let pages = 0
    for (; before !== 0; pages++) {
      const page = await log.past({ before, limit, ...query })
      got.push(...page.events.map(({ seq }) => seq))
      before = page.next
    }
    return { got, pages }
  }
  const expected = Array.from({ length: 700 }, (_, i) => 700 - i)
  const ofGate = expected.filter((seq) => (seq - 1) % 7 === 0)
  expect(await back({ wanted: all }, 100)).toEqual({ got: expected, pages: 8 })
  expect(await back({ wanted: ({ device }) => device === 'gate' }, 60)).toEqual({ got: ofGate, pages: 2 })
  const before = reads
  expect(await back({ wanted: all, device: 'gate' }, 500)).toEqual({ got: ofGate, pages: 1 })
  expect(reads).toBe(before + 1)
  expect(await log.past({ before: 0, limit: 5, wanted: all })).toEqual({ events: [], next: 0 })
  // An answer has looked through five thousand, and says where it stopped.
  await emit(...Array.from({ length: 5_000 }, () => 'van'))
  expect(await log.past({ before: 'newest', limit: 5, wanted: () => false })).toEqual({ events: [], next: 701 })
})

test('the events of a device are read by its index, and a reader of them goes on with what happens', async () => {
  await emit(...Array.from({ length: 1_000 }, () => 'van'), 'gate', 'van')
  const reader = log.open('oldest', 'gate')
  const page = await reader.take(100)
  expect([page.events.map(({ device }) => device), page.next, page.isEnd, reads]).toEqual([['gate'], 1_002, true, 1])
  await emit('van', 'gate')
  expect([await names(reader), reads]).toEqual([['van', 'gate'], 1])
  reader.close()
})

test('whoever waits is answered when the hub stops', async () => {
  const page = log.page({ after: 'newest', limit: 10, waitMs: 30_000, wanted: all })
  await emit()
  log.stop()
  expect((await page).events).toEqual([])
})

test('a reader that is closed waits no longer', async () => {
  const reader = log.open('newest')
  await reader.take(10)
  const waiting = reader.more(3_600_000)
  reader.close()
  await waiting
  await reader.more(3_600_000)
})
