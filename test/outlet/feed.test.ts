import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Acknowledgement } from '../../src/message/acknowledgement.ts'
import type { HubEvent } from '../../src/message/hub-event.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { FakeClock } from '../fake-clock.ts'
import { Faults, letFail } from '../support/failing-store.ts'
import { temporaryFolder } from '../support/folder.ts'
import { MemoryOutlet } from '../support/memory-outlet.ts'

let path: string
let clock: FakeClock
let store: SqliteStore
let asked: Faults['asked']
let outlets: MemoryOutlet[]

/** The store, and outlets that read from it, as they are at a start of the hub. */
async function start(...names: string[]): Promise<MemoryOutlet[]> {
  const faults = new Faults()
  asked = faults.asked
  store = letFail(await SqliteStore.open({ path, durable: false, thread: false }), faults)
  await store.run('openOutlets', { names })
  outlets = names.map((name) => new MemoryOutlet(name, { store, clock }))
  for (const { feed } of outlets) feed.start()
  await clock.advance(100)
  return outlets
}

async function stop(): Promise<void> {
  const stopped = Promise.all(outlets.map(({ feed }) => feed.stop()))
  await clock.advance(5_000)
  await stopped
  await store.close()
}

beforeEach(() => {
  path = join(temporaryFolder(), 'hub.db')
  clock = new FakeClock()
})

afterEach(stop)

const event = (data: string, subject = 'gate'): HubEvent => ({ kind: 'dialect', subject, data })
const numbered = (count: number, first = 0) => Array.from({ length: count }, (_, i) => event(String(first + i)))
const texts = (count: number, first = 0) => Array.from({ length: count }, (_, i) => String(first + i))
const emit = async (...events: HubEvent[]) => {
  await store.run('emit', events)
  await clock.advance(100)
}
/** How many times the store was asked to read. */
const reads = () => asked.get('waitingEvents') ?? 0
const waiting = async () => (await store.run('counts', undefined)).publications
const never = new Promise<Acknowledgement>(() => {})
const refused = { taken: false, reason: 'not allowed' } as const

describe('two outlets', () => {
  test('each takes every event, in order, and nothing waits when both have', async () => {
    const [one, other] = (await start('one', 'other')) as [MemoryOutlet, MemoryOutlet]
    await emit(event('a'), event('b', 'van'))
    await emit(event('c'))
    expect([one.texts(), other.texts()]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ])
    expect(await waiting()).toBe(0)
  })

  test('one that is away for long holds up no other one, and goes on from its own place', async () => {
    const [away, other] = (await start('away', 'other')) as [MemoryOutlet, MemoryOutlet]
    away.isOpen = false
    for (let i = 0; i < 1_000; i += 20) await emit(...numbered(20, i))
    expect([away.texts(), other.texts()]).toEqual([[], texts(1_000)])
    expect(await waiting()).toBe(1_000)
    other.isOpen = false
    away.isOpen = true
    await clock.advance(1_000)
    await emit(...numbered(20, 1_000))
    expect([away.texts(), other.texts()]).toEqual([texts(1_020), texts(1_000)])
    other.isOpen = true
    await clock.advance(1_000)
    expect([other.texts(), await waiting()]).toEqual([texts(1_020), 0])
  })

  test('one that answers nothing holds up no other one', async () => {
    const [slow, other] = (await start('slow', 'other')) as [MemoryOutlet, MemoryOutlet]
    slow.answer = () => never
    for (let i = 0; i < 600; i += 100) await emit(...numbered(100, i))
    expect([slow.asked.length, other.texts()]).toEqual([1, texts(600)])
  })

  test('what one refuses is parked for it alone, and holds up nothing behind it', async () => {
    const [one, other] = (await start('one', 'other')) as [MemoryOutlet, MemoryOutlet]
    one.answer = ({ data }) => (data === 'b' ? refused : { taken: true })
    await emit(event('a'), event('b'), event('c'))
    expect([one.texts(), other.texts()]).toEqual([
      ['a', 'c'],
      ['a', 'b', 'c'],
    ])
    expect(await store.run('counts', undefined)).toMatchObject({ publications: 0, parked: 1 })
    expect(one.logged).toEqual(['the memory refused dialect gate: not allowed'])
    expect(other.logged).toEqual([])
  })

  test('each keeps its place over a restart, and what was parked stays parked', async () => {
    const [one, other] = (await start('one', 'other')) as [MemoryOutlet, MemoryOutlet]
    one.answer = ({ data }) => (data === 'b' ? refused : { taken: true })
    other.isOpen = false
    await emit(event('a'), event('b'), event('c'))
    one.isOpen = false
    await emit(event('d'))
    await stop()
    const [again, others] = (await start('one', 'other')) as [MemoryOutlet, MemoryOutlet]
    expect([again.texts(), others.texts()]).toEqual([['d'], ['a', 'b', 'c', 'd']])
  })

  test('one that is removed leaves nothing behind, and begins with what is new when it comes again', async () => {
    const [, gone] = (await start('one', 'gone')) as [MemoryOutlet, MemoryOutlet]
    gone.answer = ({ data }) => (data === '0' ? refused : { taken: true })
    await emit(event('0'))
    gone.isOpen = false
    await emit(...numbered(50, 1))
    await stop()
    await start('one')
    expect(await store.run('counts', undefined)).toMatchObject({ publications: 0, parked: 0 })
    await emit(event('meanwhile'))
    expect(await waiting()).toBe(0)
    await stop()
    const [, back] = (await start('one', 'gone')) as [MemoryOutlet, MemoryOutlet]
    await emit(event('new'))
    expect(back.texts()).toEqual(['new'])
  })
})

describe('an outlet that keeps no order by itself', () => {
  test('is given one event of each subject at a time, and those of others meanwhile', async () => {
    const [outlet] = (await start('one')) as [MemoryOutlet]
    const answers: (() => void)[] = []
    outlet.answer = ({ subject }) =>
      subject === 'gate' ? new Promise((resolve) => answers.push(() => resolve({ taken: true }))) : { taken: true }
    await emit(event('a'), event('b'), event('c', 'van'), event('d'), event('e', 'van'))
    expect([outlet.asked.map(({ data }) => data), outlet.texts()]).toEqual([
      ['a', 'c', 'e'],
      ['c', 'e'],
    ])
    for (const data of ['a', 'b', 'd']) {
      answers.shift()?.()
      await clock.advance(100)
      expect(outlet.texts('gate').at(-1)).toBe(data)
    }
    expect(await waiting()).toBe(0)
  })

  test('is given again what it could not take, before what is behind it, and nothing twice that it has taken', async () => {
    const [outlet] = (await start('one')) as [MemoryOutlet]
    let failures = 3
    outlet.answer = ({ data }) => (data === 'b' && failures-- > 0 ? new Error('503') : { taken: true })
    await emit(event('a'), event('b'), event('c'), event('d', 'van'))
    await clock.advance(200)
    await emit(event('e'))
    expect(outlet.asked.filter(({ data }) => data === 'b')).toHaveLength(1)
    await clock.advance(10_000)
    expect(outlet.texts('gate')).toEqual(['a', 'b', 'c', 'e'])
    expect(outlet.texts('van')).toEqual(['d'])
    expect(outlet.asked.filter(({ data }) => data === 'b')).toHaveLength(4)
    expect(outlet.logged.at(-1)).toBe('dialect gate is not passed on to the memory: 503')
  })
})

describe('what a commit hands over', () => {
  test('is passed on without reading the store again', async () => {
    const [outlet] = (await start('one')) as [MemoryOutlet]
    const before = reads()
    for (let i = 0; i < 50; i++) await emit(...numbered(2, 2 * i))
    expect(outlet.texts()).toEqual(texts(100))
    expect(reads()).toBe(before)
  })

  test('is read instead where it is too much at once', async () => {
    const [outlet] = (await start('one')) as [MemoryOutlet]
    await emit(...numbered(1_000))
    await emit(event('x'.repeat(300_000)), event('last'))
    expect(outlet.texts()).toEqual([...texts(1_000), 'x'.repeat(300_000), 'last'])
    expect(reads()).toBeGreaterThan(1)
  })

  test('while a page is read comes once, and behind it', async () => {
    const [outlet] = (await start('one')) as [MemoryOutlet]
    outlet.isOpen = false
    await emit(event('a'), event('b'))
    const before = reads()
    const around = [store.run('emit', [event('c')])]
    outlet.isOpen = true
    await new Promise((resolve) => setImmediate(resolve))
    around.push(store.run('emit', [event('d')]))
    await Promise.all(around)
    await emit(event('e'))
    expect(outlet.texts()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(reads()).toBe(before + 1)
  })

  test('is found by the slow sweep where it was lost', async () => {
    const [outlet] = (await start('one')) as [MemoryOutlet]
    await outlet.feed.stop()
    const { onEmitted } = store
    let isLost = true
    store.onEmitted = (listener) =>
      onEmitted.call(store, (events) => {
        if (!isLost) listener(events)
      })
    const deaf = new MemoryOutlet('one', { store, clock })
    outlets.push(deaf)
    deaf.feed.start()
    await clock.advance(100)
    await emit(event('a'))
    expect(deaf.texts()).toEqual([])
    await clock.advance(60_000)
    expect(deaf.texts()).toEqual(['a'])
    isLost = false
    await emit(event('b'))
    expect(deaf.texts()).toEqual(['a', 'b'])
  })

  test('is nothing of a change that was undone, and nothing that was erased in the same commit', async () => {
    const [outlet] = (await start('one')) as [MemoryOutlet]
    const undone = store.run('emit', [event('undone'), { kind: 'state' } as never])
    const kept = store.run('emit', [event('kept'), { kind: 'result', subject: 'van', data: {} } as never])
    const erased = { device: 'van', numbers: [], address: null, fields: null, now: clock.wall() }
    const erasing = store.run('erase', erased)
    await expect(undone).rejects.toThrow()
    await Promise.all([kept, erasing])
    await clock.advance(100)
    expect(outlet.taken.filter(({ kind }) => kind === 'dialect').map(({ data }) => data)).toEqual(['kept'])
    expect(outlet.taken.filter(({ kind }) => kind === 'result')).toEqual([])
  })
})
