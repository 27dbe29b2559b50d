import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { room } from '../../src/ledger/quota.ts'
import { migrations } from '../../src/store/sqlite/migrations.ts'
import { SqliteEngine } from '../../src/store/sqlite/sqlite-engine.ts'
import { temporaryFolder } from '../support/folder.ts'

/** A store as the first so many steps made it, with what a hub of then wrote. */
function storeOf(steps: number, write: (db: Database.Database) => void): string {
  const path = join(temporaryFolder(), 'smshub.db')
  const db = new Database(path)
  for (const step of migrations.slice(0, steps)) db.exec(step)
  db.pragma(`user_version = ${steps}`)
  write(db)
  db.close()
  return path
}

const stepWith = (words: string) => migrations.findIndex((step) => step.includes(words))

test('what was used before an upgrade is used behind it, by every window', () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  const used = [
    ['client:c', 'hour', 300_000],
    ['refused', 'hour', 300_000],
    ['strangers', 'hour', 300_000],
    ['device:gate', 'day', 3_600_000],
    ['gateway-minute:home', 'minute', 5_000],
    ['gateway:home', 'day', 3_600_000],
    ['gateway-month:home', 'month', 86_400_000],
  ] as const
  const path = storeOf(stepWith('CREATE TABLE quota_by_time'), (db) => {
    const insert = db.prepare('INSERT INTO quota (key, slot, used) VALUES (?, ?, 3)')
    for (const [key, , width] of used) insert.run(key, Math.floor(now / width))
  })
  const engine = new SqliteEngine(path, { durable: false })
  for (const [key, window] of used)
    expect([key, room(engine, { key, window, limit: 10 }, 2, now)]).toEqual([key, expect.objectContaining({ used: 3 })])
  engine.close()
})

test('settings that devices had taught before an upgrade are known behind it', () => {
  const path = storeOf(stepWith('device_settings'), (db) => {
    const insert = db.prepare(`INSERT INTO device (id, state, times, events, learned) VALUES (?, '{}', '{}', '{}', ?)`)
    insert.run('taught', JSON.stringify({ password: { value: '1', over: null } }))
    insert.run('other', '{}')
  })
  const engine = new SqliteEngine(path, { durable: false })
  expect(engine.all('SELECT id FROM device WHERE settings_revision > 0')).toEqual([{ id: 'taught' }])
  engine.close()
})
