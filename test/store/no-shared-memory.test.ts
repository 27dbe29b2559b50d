import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { temporaryFolder } from '../support/folder.ts'
import { startHub } from '../support/hub.ts'
import { Ledger, noFilter } from '../support/ledger.ts'

const stores: SqliteStore[] = []

/** As on a file system that can't map files into memory: what the index of the log is shared by can't be opened. */
function withoutSharedMemory(path = join(temporaryFolder(), 'smshub.db')): string {
  mkdirSync(`${path}-shm`)
  return path
}

const opened = async (path: string): Promise<SqliteStore> => {
  const store = await SqliteStore.open({ path, durable: false })
  stores.push(store)
  return store
}

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})

const everything = { filter: noFilter, limit: 1_000, place: null }
const text = new Ledger().item()

async function queue(store: SqliteStore, i: number): Promise<string> {
  const limits = { perLane: 10_000, perClient: 10_000, clientPerHour: null, devicePerDay: null }
  const [commandId, messageId, number] = [`cmd_${i}`, `msg_${i}`, `+49${i}`]
  const item = { ...text, commandId, messageId, lane: `n:${number}`, recipient: number, text: `text ${i}` }
  await store.run('enqueue', { key: null, ref: null, items: [item], limits, now: 1_000 + i })
  return messageId
}

test('a store is kept, read and opened again without shared memory', async () => {
  const path = withoutSharedMemory()
  for (let i = 1; i <= 3; i++) {
    const store = await opened(path)
    expect(store.isShared).toBe(false)
    const id = await queue(store, i)
    const { entries } = await store.read('messages', everything)
    expect([entries[0]?.id, entries.length]).toEqual([id, i])
    await store.close()
    expect(existsSync(`${path}-wal`)).toBe(false)
  }
})

test('what a hub that was killed elsewhere had not written back is there', async () => {
  const path = join(temporaryFolder(), 'smshub.db')
  const store = await opened(path)
  expect(store.isShared).toBe(true)
  await queue(store, 1)
  const elsewhere = withoutSharedMemory()
  for (const end of ['', '-wal']) copyFileSync(path + end, elsewhere + end)
  const moved = await opened(elsewhere)
  expect([moved.isShared, (await moved.read('messages', everything)).entries.length]).toEqual([false, 1])
})

test('what is written goes on between lists, each of which has what was committed before it was asked for', async () => {
  const store = await opened(withoutSharedMemory())
  await queue(store, 0)
  const lists: Promise<number>[] = []
  const order: string[] = []
  for (let i = 1; i <= 50; i++) {
    const wanted = i
    const list = store.read('messages', everything).then(({ entries }) => {
      order.push('list')
      expect(entries.length).toBeGreaterThanOrEqual(wanted)
      return entries.length
    })
    lists.push(list)
    await queue(store, i)
    order.push('text')
  }
  await Promise.all(lists)
  // Lists that were all asked for at once would have come before the first text.
  expect(order.indexOf('text')).toBeLessThan(order.lastIndexOf('list'))
})

test('a list that fails rejects by itself, more than can wait are refused, and others are answered', async () => {
  const store = await opened(withoutSharedMemory())
  await queue(store, 1)
  const strange = { ...everything, filter: null as never }
  const unsent = { ...everything, filter: (() => null) as never }
  const others = Array.from({ length: 400 }, (_, i) => ({ ...everything, limit: 1 + i }))
  const asked = await Promise.allSettled([strange, unsent, ...others].map((args) => store.read('messages', args)))
  const reasons = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect(reasons[0]).toMatchObject({ code: 'internal' })
  expect(reasons[1].message).toMatch(/could not be cloned/)
  expect([reasons.length, new Set(reasons.slice(2).map(({ code }) => code))]).toEqual([148, new Set(['rate_limited'])])
})

test('what is asked for is rejected when the store is closed', async () => {
  const store = await opened(withoutSharedMemory())
  await queue(store, 1)
  const asked = Promise.allSettled(Array.from({ length: 20 }, () => store.read('messages', everything)))
  await store.close()
  const rejected = (await asked).filter(({ status }) => status === 'rejected')
  expect(rejected.length).toBeGreaterThan(0)
  for (const one of rejected) expect(one).toMatchObject({ reason: { message: 'the store is closed' } })
})

test('copies need no shared memory either, and the store stays locked', async () => {
  const path = withoutSharedMemory()
  const store = await opened(path)
  await queue(store, 1)
  const copy = `${path}-copy`
  mkdirSync(`${copy}.copying-shm`)
  const copying = store.backup(copy)
  await queue(store, 2)
  await expect(SqliteStore.open({ path })).rejects.toMatchObject({ code: 'data_locked' })
  await copying
  const db = new Database(copy, { readonly: true })
  expect(db.prepare('SELECT text FROM submission').all()).toContainEqual({ text: 'text 1' })
  expect(db.pragma('journal_mode', { simple: true })).toBe('delete')
  db.close()
  await expect(SqliteStore.open({ path })).rejects.toMatchObject({ code: 'data_locked' })
})

test('the hub says at its start that the writer reads lists', async () => {
  const config = 'mqtt: { broker: { listen: 127.0.0.1:0 } }\nhttp: { enabled: false }'
  const { hub, log } = await startHub(config, {
    makeStore: (folder) => SqliteStore.open({ path: withoutSharedMemory(folder.storePath), durable: false }),
  })
  await hub.stop()
  expect(log.filter(({ message }) => /has no shared memory/.test(message))).toHaveLength(1)
})
