import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import type { ArgsOf } from '../../src/ledger/operations.ts'
import { enqueue } from '../../src/ledger/outbox/enqueue.ts'
import { SqliteEngine } from '../../src/store/sqlite/sqlite-engine.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { temporaryFolder } from '../support/folder.ts'
import { hour, Ledger } from '../support/ledger.ts'

const folder = temporaryFolder()
const path = join(folder, 'smshub.db')
const secret = 'PIN 4711 of a row that was deleted'
let store: Store

const event = (data: string) => ({ kind: 'dialect', subject: 'x', data }) as const
const emit = (data: string) => store.run('emit', [event(data)])

/** What a copy holds, as another program finds it. */
function contents(file: string): { rows: number; last: string; mark: unknown; whole: unknown; free: unknown } {
  const db = new Database(file, { readonly: true })
  const { rows } = db.prepare('SELECT COUNT(*) AS rows FROM event').get() as { rows: number }
  const { last } = db.prepare('SELECT data AS last FROM event ORDER BY seq DESC LIMIT 1').get() as {
    last: string
  }
  const mark = db.prepare("SELECT value FROM meta WHERE key = 'backup'").pluck().get()
  const whole = db.pragma('integrity_check', { simple: true })
  const free = db.pragma('freelist_count', { simple: true })
  db.close()
  return { rows, last, mark, whole, free }
}

/** 40 MB, and free pages that held a secret. */
beforeAll(async () => {
  store = await SqliteStore.open({ path, durable: false })
  for (let i = 0; i < 40; i++) {
    const rows = Array.from({ length: 1_000 }, (_, n) => `${i}.${n} ${secret} ${'x'.repeat(1_000)}`)
    await store.run(
      'emit',
      rows.map((row) => event(row.replace(i < 20 ? '' : secret, ''))),
    )
  }
  const seqs = Array.from({ length: 20_000 }, (_, n) => n + 1)
  await store.run('acknowledge', { outlet: 'mqtt', seqs })
})

test('commits go on while a large store is copied, and the copy holds what was committed before it', async () => {
  await emit('the last one before')
  let isDone = false
  const to = join(folder, 'copy.db')
  const copy = store.backup(to).finally(() => {
    isDone = true
  })
  let commits = 0
  for (; !isDone; commits++) await emit(`meanwhile ${commits}`)
  await copy
  // A writer that makes the copy itself answers the first of them when it is done: there would be one.
  expect(commits).toBeGreaterThan(2)
  const { rows, ...rest } = contents(to)
  expect(rest).toMatchObject({ mark: '1', whole: 'ok', free: 0 })
  expect(rows).toBeGreaterThanOrEqual(20_001)
  expect(readFileSync(to).includes(secret)).toBe(false)
})

test('nothing but the copy is left behind', () => {
  for (const suffix of ['.copying', '.copying-wal', '.copying-shm', '-wal', '-shm'])
    expect(existsSync(join(folder, `copy.db${suffix}`))).toBe(false)
  expect(statSync(join(folder, 'copy.db')).size).toBeLessThan(statSync(path).size)
})

test('the store stays locked for others while it is copied, and afterwards', async () => {
  const copy = store.backup(join(folder, 'second.db'))
  await expect(SqliteStore.open({ path })).rejects.toMatchObject({ code: 'data_locked' })
  await copy
  await expect(SqliteStore.open({ path })).rejects.toMatchObject({ code: 'data_locked' })
})

test('several copies at once are all whole', async () => {
  const files = [1, 2, 3].map((n) => join(folder, `at-once-${n}.db`))
  await Promise.all([...files.map((file) => store.backup(file)), ...files.map((file) => emit(file))])
  for (const file of files) expect(contents(file)).toMatchObject({ mark: '1', whole: 'ok' })
})

test('a copy that can not be written is refused with the reason, and the store goes on', async () => {
  await expect(store.backup(join(folder, 'not there', 'copy.db'))).rejects.toThrow(/not there/)
  mkdirSync(join(folder, 'taken.db'))
  await expect(store.backup(join(folder, 'taken.db'))).rejects.toThrow()
  await emit('afterwards')
  await store.backup(join(folder, 'again.db'))
  expect(contents(join(folder, 'again.db')).last).toBe('afterwards')
})

test('what is in the log goes back into the file once no copy is made any more', async () => {
  await emit('written back')
  await store.close()
  expect(existsSync(`${path}-wal`)).toBe(false)
  expect(contents(path)).toMatchObject({ last: 'written back', whole: 'ok', mark: undefined })
})

test('a copy holds no fingerprint of a request, and what came before it is recognised when it comes again', () => {
  const [ledger, to] = [new Ledger(), join(folder, 'without-prints.db')]
  const key = { client: 'client', messageId: 1, connection: 'one', duplicate: false, hash: 'print-of-publish' }
  const ref = { scope: 'client', ref: 'mine', hash: 'print-of-request' }
  const madeFor = { subject: 'print-of-device', print: 'print-of-words' }
  const id = ledger.queue({ ref: 'mine', digest: 'print-of-text', madeFor, sendAt: ledger.now + hour }, { key, ref })
  ledger.engine.copyTo(to)
  expect(readFileSync(to).includes('print-of')).toBe(false)
  const restored = new SqliteEngine(to, { durable: false })
  const again = (over: Pick<ArgsOf<'enqueue'>, 'key' | 'ref'>) =>
    enqueue(restored, { ...over, items: [ledger.item()], limits, now: ledger.now })
  const limits = { perLane: 9, perClient: 9, clientPerHour: null, devicePerDay: null }
  const other = { ...key, connection: 'two', hash: 'with another key' }
  const repeated = { repeated: true, commands: [{ id }] }
  expect(again({ key: { ...other, duplicate: true }, ref: null })).toMatchObject(repeated)
  expect(again({ key: null, ref: { ...ref, hash: 'with another key' } })).toMatchObject(repeated)
  expect(again({ key: { ...other, messageId: 2, duplicate: true }, ref: null })).toMatchObject({ repeated: false })
  restored.close()
})
