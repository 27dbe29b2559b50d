import { copyFileSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { temporaryFolder } from '../support/folder.ts'
import { Ledger, noFilter } from '../support/ledger.ts'
import { until } from '../support/patience.ts'

const stores: SqliteStore[] = []
const opened = async (path: string, thread = true): Promise<SqliteStore> => {
  const store = await SqliteStore.open({ path, durable: false, thread })
  stores.push(store)
  return store
}

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})

const path = () => join(temporaryFolder(), 'smshub.db')
const everything = { filter: noFilter, limit: 100, place: null }

const text = new Ledger().item()

/** A text that is queued; the id of its message. */
async function queue(store: SqliteStore, i: number): Promise<string> {
  const limits = { perLane: 10_000, perClient: 10_000, clientPerHour: null, devicePerDay: null }
  const [commandId, messageId, number] = [`cmd_${i}`, `msg_${i}`, `+49${i}`]
  const item = { ...text, commandId, messageId, lane: `n:${number}`, recipient: number, text: `text ${i}` }
  await store.run('enqueue', { key: null, ref: null, items: [item], limits, now: 1_000 + i })
  return messageId
}

test.each([true, false])(
  'a list has what was committed before it was asked for (a thread of its own: %s)',
  async (thread) => {
    const store = await opened(path(), thread)
    for (let i = 1; i <= 20; i++) {
      const id = await queue(store, i)
      const { entries } = await store.read('messages', everything)
      expect([entries[0]?.id, entries.length]).toEqual([id, i])
    }
  },
)

test('lists are read while the writer writes, and each is one state of the store', async () => {
  const store = await opened(path())
  let isDone = false
  const written = (async () => {
    for (let i = 1; i <= 300; i++) await queue(store, i)
    isDone = true
  })()
  let last = 0
  while (!isDone) {
    const { entries } = await store.read('conversations', { sight: noFilter.sight, limit: 1_000, place: null })
    expect(entries.length).toBeGreaterThanOrEqual(last)
    last = entries.length
  }
  await written
})

test('a list that fails rejects by itself, and others are answered', async () => {
  const store = await opened(path())
  await queue(store, 1)
  const bad = store.read('messages', { ...everything, filter: null as never })
  const good = store.read('messages', everything)
  await expect(bad).rejects.toMatchObject({ code: 'internal' })
  expect((await good).entries).toHaveLength(1)
})

test('more lists than can wait are refused, and the others answered', async () => {
  const store = await opened(path())
  await queue(store, 1)
  const asked = await Promise.allSettled(
    Array.from({ length: 400 }, (_, i) => store.read('messages', { ...everything, limit: 1 + i })),
  )
  const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
  expect([refused.length, new Set(refused)]).toEqual([144, new Set(['rate_limited'])])
})

test('a list whose askers have all gone is not read, and makes room for others', async () => {
  const store = await opened(path())
  await queue(store, 1)
  const gone = Array.from({ length: 256 }, () => new AbortController())
  const ask = (limit: number, wanted?: AbortSignal) => store.read('messages', { ...everything, limit }, wanted)
  // The first is being read, and one of the others is asked for by somebody else, too.
  const [first, ...others] = gone.map(({ signal }, i) => ask(1 + i, signal))
  const shared = ask(100)
  await expect(ask(1_000)).rejects.toMatchObject({ code: 'rate_limited' })
  for (const one of gone) one.abort()
  const room = Promise.all(Array.from({ length: 200 }, (_, i) => ask(2_000 + i)))
  const codes = (await Promise.allSettled([first, ...others])).map(
    (one) => one.status === 'rejected' && one.reason.code,
  )
  expect(codes).toEqual(Array(256).fill('ttl_expired'))
  expect((await shared).entries).toHaveLength(1)
  expect((await room).every(({ entries }) => entries.length === 1)).toBe(true)
  await expect(ask(1, gone[0]?.signal)).rejects.toMatchObject({ code: 'ttl_expired' })
})

test('a reader that can not open the file fails by itself, and the next list is read when it can', async () => {
  const file = path()
  const store = await opened(file)
  await queue(store, 1)
  renameSync(file, `${file}.away`)
  await expect(store.read('messages', everything)).rejects.toMatchObject({ code: 'storage_failed' })
  renameSync(`${file}.away`, file)
  expect((await store.read('messages', everything)).entries).toHaveLength(1)
  expect([store.fatal, store.trouble]).toEqual([null, null])
  await queue(store, 2)
})

test('a list that many ask for at once is read for all of them, and has what was committed before', async () => {
  const store = await opened(path())
  for (let i = 1; i <= 20; i++) {
    const before = Array.from({ length: 300 }, () => store.read('messages', everything))
    await queue(store, i)
    const after = Array.from({ length: 300 }, () => store.read('messages', everything))
    for (const { entries } of await Promise.all(before)) expect(entries.length).toBeGreaterThanOrEqual(i - 1)
    for (const { entries } of await Promise.all(after)) expect(entries).toHaveLength(i)
  }
})

test('no list is read of a closed store, and what is asked for is rejected', async () => {
  const store = await opened(path())
  await queue(store, 1)
  const asked = store.read('messages', everything)
  asked.catch(() => null)
  await store.close()
  await expect(asked).rejects.toMatchObject({ message: 'the store is closed' })
  await expect(store.read('messages', everything)).rejects.toMatchObject({ message: 'the store is closed' })
})

test('the reader holds up neither the emptying of the log behind an erasure nor a backup', async () => {
  const file = path()
  const store = await opened(file)
  await queue(store, 1)
  await store.read('messages', everything)
  const copy = `${file}-copy`
  await store.backup(copy)
  const db = new Database(copy, { readonly: true })
  expect(db.prepare('SELECT COUNT(*) AS n FROM submission').get()).toEqual({ n: 1 })
  db.close()
  expect((await store.read('messages', everything)).entries).toHaveLength(1)
})

test('the log that a killed hub had not emptied behind the end of a private text is emptied by the next one', async () => {
  const [file, next] = [path(), path()]
  const store = await opened(file)
  const [limits, now] = [{ perLane: 9, perClient: 9, clientPerHour: null, devicePerDay: null }, 1_000]
  const item = { ...text, private: true, text: null, segments: ['code 481516'] }
  await store.run('enqueue', { key: null, ref: null, items: [item], limits, now })
  await store.run('cancelCommand', { id: item.commandId, now })
  const filling = Buffer.from('code 481516').toString('base64')
  const left = (of: string) => ['', '-wal'].filter((end) => readFileSync(of + end).includes(filling))
  for (const end of ['', '-wal']) copyFileSync(file + end, next + end)
  expect(left(next)).toEqual(['-wal'])
  const after = await opened(next)
  await after.run('counts', undefined)
  await until(() => left(next).length === 0)
})

test('a closed store is one file: its log is in it', async () => {
  const file = path()
  const store = await opened(file)
  await queue(store, 1)
  await store.read('messages', everything)
  await store.close()
  const db = new Database(file, { readonly: true })
  expect(db.prepare('SELECT text FROM submission').all()).toEqual([{ text: 'text 1' }])
  db.close()
})

test('one hub has a store, and the next one when it has closed it', async () => {
  const file = path()
  const store = await opened(file)
  await expect(SqliteStore.open({ path: file })).rejects.toMatchObject({ code: 'data_locked' })
  await store.close()
  await opened(file)
})

test('a file that another program holds for itself is not opened', async () => {
  const file = path()
  await (await opened(file)).close()
  const other = new Database(file)
  other.pragma('locking_mode = EXCLUSIVE')
  other.prepare('BEGIN EXCLUSIVE').run()
  await expect(SqliteStore.open({ path: file })).rejects.toMatchObject({ code: 'data_locked' })
  other.close()
  await opened(file)
})
