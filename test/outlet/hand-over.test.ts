import { Worker } from 'node:worker_threads'
import { afterEach, expect, jest, test } from '@jest/globals'
import type { HubEvent } from '../../src/message/hub-event.ts'
import { SqliteEngine } from '../../src/store/sqlite/sqlite-engine.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { FakeClock } from '../fake-clock.ts'
import { temporaryFolder } from '../support/folder.ts'
import { MemoryOutlet } from '../support/memory-outlet.ts'
import { until } from '../support/patience.ts'

/** What an event costs from the call that emits it to its acknowledgement, by an outlet that has caught up. */
const most = {
  /** The call and its answer, and the acknowledgement and its own. */
  messages: 4,
  /** The event, its row for the outlets and the two deletions; each of the two commits has four of its own. */
  statements: 12,
  /** More events of the same commit add their own row only. */
  statementsOfAnother: 1,
}

let store: SqliteStore
let clock: FakeClock
let outlet: MemoryOutlet

async function start(thread: boolean): Promise<void> {
  clock = new FakeClock()
  store = await SqliteStore.open({ path: `${temporaryFolder()}/hub.db`, durable: false, thread })
  await store.run('openOutlets', { names: ['one'] })
  outlet = new MemoryOutlet('one', { store, clock })
  outlet.feed.start()
  // Caught up from here on.
  await emitted(event())
  await acknowledged()
}

afterEach(async () => {
  jest.restoreAllMocks()
  const stopped = outlet.feed.stop()
  await clock.advance(5_000)
  await stopped
  await store.close()
})

let count = 0
const event = (): HubEvent => ({ kind: 'dialect', subject: 'gate', data: String(++count) })

/** Until the outlet has taken them. */
async function emitted(...events: HubEvent[]): Promise<void> {
  await store.run('emit', events)
  await until(() => outlet.texts().at(-1) === events.at(-1)?.data)
}

/** Until the store has deleted them. */
async function acknowledged(): Promise<void> {
  const done: Promise<unknown>[] = []
  const { run } = store
  store.run = ((...args: Parameters<typeof run>) => {
    const answer = run.apply(store, args)
    done.push(answer)
    return answer
  }) as typeof run
  await clock.advance(30)
  await Promise.all(done)
  store.run = run
}

test('an event crosses from one thread to the other with the answer to who emitted it', async () => {
  await start(true)
  const sent = jest.spyOn(Worker.prototype, 'postMessage')
  const received = jest.spyOn(Worker.prototype, 'emit')
  await emitted(event())
  await acknowledged()
  const answers = received.mock.calls.filter(([name]) => name === 'message')
  expect(sent.mock.calls.length + answers.length).toBeLessThanOrEqual(most.messages)
})

test('an event takes no more statements than it did, and is not read', async () => {
  await start(false)
  const asked = (['one', 'all', 'run'] as const).map((name) => jest.spyOn(SqliteEngine.prototype, name))
  const statements = () => asked.flatMap(({ mock }) => mock.calls.map(([sql]) => sql))
  await emitted(event())
  await acknowledged()
  const first = statements()
  expect(first.filter((sql) => sql.startsWith('SELECT'))).toEqual([])
  expect(first.length).toBeLessThanOrEqual(most.statements)
  for (const spy of asked) spy.mockClear()
  await emitted(...Array.from({ length: 11 }, event))
  await acknowledged()
  expect(statements().length).toBeLessThanOrEqual(most.statements + 10 * most.statementsOfAnother)
})
