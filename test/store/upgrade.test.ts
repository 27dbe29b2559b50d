import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { currentStates } from '../../src/ledger/events/latest.ts'
import { waitingEvents } from '../../src/ledger/events/waiting.ts'
import { enqueue } from '../../src/ledger/outbox/enqueue.ts'
import { applyReport, matchWaitingReports } from '../../src/ledger/outbox/reports.ts'
import { reviewScheduled } from '../../src/ledger/outbox/review-scheduled.ts'
import { room } from '../../src/ledger/quota.ts'
import { messagesOf, retainedOf } from '../../src/mqtt/outlet/messages-of.ts'
import { migrations } from '../../src/store/sqlite/migrations.ts'
import { SqliteEngine } from '../../src/store/sqlite/sqlite-engine.ts'
import { overviewWritten } from '../support/conversation-scan.ts'
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

test('events of before an upgrade are those of their devices behind it', () => {
  const events: readonly (readonly [kind: string, subject: string, data: string | null, device: string | null])[] = [
    ['result', 'gate', '{}', 'gate'],
    ['result', '', '{}', null],
    ['state', 'gate', null, 'gate'],
    ['sms_status', '', '{"device":"gate"}', 'gate'],
    ['received', '', '{"device":null}', null],
    ['received', '', 'no JSON', null],
    ['gateway_event', 'home', '{"device":"gate"}', 'gate'],
    ['hub_event', '', '{"type":"queue_paused","data":{"device":"gate"}}', 'gate'],
    ['hub_event', '', '{"type":"clock_right","data":{}}', null],
    ['announcement', 'gate', '{}', null],
  ]
  const path = storeOf(stepWith('CREATE INDEX event_device'), (db) => {
    const insert = db.prepare('INSERT INTO event (kind, subject, data, at) VALUES (?, ?, ?, 0)')
    for (const [kind, subject, data] of events) insert.run(kind, subject, data)
  })
  const engine = new SqliteEngine(path, { durable: false })
  expect(engine.all('SELECT device FROM event ORDER BY seq')).toEqual(events.map(([, , , device]) => ({ device })))
  engine.close()
})

test('conversations that there were before an upgrade are in the overview behind it, whoever had them', () => {
  const path = storeOf(stepWith('CREATE TABLE conversation'), (db) => {
    const sent = db.prepare(
      `INSERT INTO submission (command_id, client, verb, status, sms_status, device, lane, recipient, queued_at)
       VALUES (?, 'c', 'text', 'sent', 'sent', ?, ?, '+491', ?)`,
    )
    const ways = [
      ['gate', 'd:gate'],
      [null, 'd:gate'],
      [null, 'n:+491'],
      [null, null],
    ] as const
    for (let i = 0; i < 40; i++) sent.run(`c${i}`, ...(ways[i % ways.length] ?? []), (i * 7) % 50)
    const received = db.prepare(
      `INSERT INTO incoming (message_id, device, sender, gateway, text, document, received_at)
       VALUES (?, ?, ?, 'home', '', 'null', ?)`,
    )
    const from = [
      ['gate', '+492'],
      ['shed', '+492'],
      [null, '+491'],
      [null, 'O2 Info'],
    ] as const
    for (let i = 0; i < 40; i++) received.run(`m${i}`, ...(from[i % from.length] ?? []), (i * 3) % 50)
  })
  const engine = new SqliteEngine(path, { durable: false })
  const overview = () =>
    engine.all<{ key: string; messages: number }>('SELECT * FROM conversation ORDER BY key, people')
  const filled = overview()
  expect(filled.map(({ key, messages }) => [key, messages])).toEqual([
    ['d:gate', 20],
    ['d:gate', 30],
    ['d:shed', 10],
    ['d:shed', 10],
    ['n:+491', 20],
    ['n:O2 Info', 10],
  ])
  overviewWritten(engine)
  expect(overview()).toEqual(filled)
  expect(engine.all('SELECT key FROM conversation WHERE read_to < received')).toEqual([])
  engine.close()
})

/** Topics of every kind, as rows had them: behind the base topic, or whole. */
const retainedRows: readonly (readonly [topic: string, payload: string])[] = [
  ['gate', '{"gate":"open"}'],
  ['gate/availability', 'offline'],
  ['van/availability', 'online'],
  ['van/location', '{"latitude":1}'],
  ['gateway/home', '{"status":"ready"}'],
  ['gateway/home/availability', 'online'],
  ['bridge/info', '{}'],
  ['bridge/health', '{"devices":2}'],
  ['bridge/devices', '{"page":1}'],
  ['bridge/devices/2', '{"page":2}'],
  ['bridge/profiles/acme/x1', '{"profile":"acme/x1"}'],
  ['/homeassistant/device/smshub_a_gate/config', '{"cmps":{}}'],
  ['/home/assistant/sensor/smshub_a_van/fuel/config', '{"p":"sensor"}'],
  ['/sms2mqtt/connected', '1'],
]
const passing = [
  'gate/result',
  'gate/event',
  'gateway/home/event',
  'sms/status',
  'sms/received',
  'bridge/event',
  'bridge/response/health_check',
  'bridge/response/queue/pause',
]
const documents = { payload: '{"a":"1"}', retain: 0, absolute: 0, correlation: null }

test('what waited to be published before an upgrade is published behind it, on the same topics and octet for octet', () => {
  const rows = [
    ...passing.map((topic) => ({ ...documents, topic })),
    ...retainedRows.map(([topic, payload]) => {
      const absolute = topic.startsWith('/') ? 1 : 0
      return { ...documents, topic: topic.slice(absolute), payload, retain: 1, absolute }
    }),
    { ...documents, topic: 'old', payload: '', retain: 1 },
    { ...documents, topic: 'homeassistant/device/old/config', payload: '', retain: 1, absolute: 1 },
    { ...documents, topic: 'answers/of/me', absolute: 1, correlation: 'AQI=' },
    { ...documents, topic: 'sms2mqtt/sent', absolute: 1 },
  ]
  const path = storeOf(stepWith('CREATE TABLE event'), (db) => {
    const insert = db.prepare(
      'INSERT INTO publication (topic, payload, retain, absolute, correlation) VALUES (@topic, @payload, @retain, @absolute, @correlation)',
    )
    for (const row of rows) insert.run(row)
  })
  const engine = new SqliteEngine(path, { durable: false })
  const waiting = waitingEvents(engine, { outlet: 'mqtt', known: [], limit: 100 })
  expect(waiting.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1))
  expect(waiting.flatMap((event) => messagesOf(event, 'hub'))).toEqual(
    rows.map(({ topic, payload, retain, absolute, correlation }) => ({
      topic: absolute === 1 ? topic : `hub/${topic}`,
      payload,
      retain: retain === 1,
      correlation: correlation === null ? null : Buffer.from(correlation, 'base64'),
    })),
  )
  engine.close()
})

test('what a broker had refused before an upgrade stays refused behind it', () => {
  const path = storeOf(stepWith('CREATE TABLE event'), (db) => {
    db.exec(`INSERT INTO publication (topic, payload, retain, parked) VALUES ('gate/result', '{}', 0, 'not allowed')`)
  })
  const engine = new SqliteEngine(path, { durable: false })
  expect(waitingEvents(engine, { outlet: 'mqtt', known: [], limit: 100 })).toEqual([])
  expect(engine.all('SELECT kind, subject, reason FROM event_parked JOIN event USING (seq)')).toEqual([
    { kind: 'result', subject: 'gate', reason: 'not allowed' },
  ])
  engine.close()
})

test('what was retained before an upgrade remains after it, and announcements are published first', () => {
  const path = storeOf(stepWith('CREATE TABLE event'), (db) => {
    const insert = db.prepare('INSERT INTO retained (topic, payload) VALUES (?, ?)')
    for (const row of retainedRows) insert.run(...row)
  })
  const engine = new SqliteEngine(path, { durable: false })
  const rows = currentStates(engine, { kind: '', subject: '', limit: 100 })
  expect(rows.slice(0, 2).map(({ kind }) => kind)).toEqual(['announcement', 'announcement'])
  const told = rows.map((row) => retainedOf(row, 'hub')).map(({ topic, payload }) => [topic, payload])
  const expected = retainedRows.map(([topic, payload]) => [
    topic.startsWith('/') ? topic.slice(1) : `hub/${topic}`,
    payload,
  ])
  expect(told.sort()).toEqual(expected.sort())
  engine.close()
})

test('a text that was sent before an upgrade gets its report behind it, and a report that waited its text', () => {
  const at = Date.parse('2026-11-22T12:00:00Z')
  const path = storeOf(stepWith('reference_text'), (db) => {
    const text = db.prepare(
      `INSERT INTO submission (seq, command_id, client, verb, status, sms_status, recipient, queued_at, parts, gateway, sim)
       VALUES (?, ?, 'c', 'text', ?, 'sent', '+4915112345601', ?, 1, 'home', 'home')`,
    )
    text.run(1, 'cmd_1', 'sent', at)
    text.run(2, 'cmd_2', 'sending', at)
    const segment = db.prepare(
      `INSERT INTO segment (submission, part, outcome, sim, reference, written_at) VALUES (?, 1, ?, 'home', ?, ?)`,
    )
    segment.run(1, 'sent', 7, at)
    segment.run(2, 'written', null, at)
    const report = {
      account: 'home',
      reference: 9,
      recipient: '4915112345601',
      scts: at,
      status: 0,
      outcome: 'delivered',
    }
    db.prepare(
      `INSERT INTO raw (gateway, sim, source, hash, state, document, received_at) VALUES ('home', 'home', 'direct', 'h', 'report', ?, ?)`,
    ).run(JSON.stringify({ ...report, meaning: 'delivered' }), at)
  })
  const engine = new SqliteEngine(path, { durable: false })
  const report = {
    account: 'home',
    matching: 'tp_mr',
    reference: '7',
    recipient: '4915112345601',
    scts: null,
    centre: null,
    receivedAt: at,
    status: 0,
    outcome: 'delivered',
    meaning: 'delivered',
  } as const
  expect(applyReport(engine, report, at)).toBe(true)
  matchWaitingReports(engine, 'home', ['9'], at)
  const waiting = () => engine.one<{ n: number }>(`SELECT COUNT(*) AS n FROM raw WHERE state = 'report'`)?.n
  expect(waiting()).toBe(1)
  engine.run(`UPDATE segment SET outcome = 'sent', reference = '9' WHERE submission = 2`)
  matchWaitingReports(engine, 'home', ['9'], at)
  expect(waiting()).toBe(0)
  expect(engine.all('SELECT submission, reference, report FROM segment')).toEqual([
    { submission: 1, reference: '7', report: 0 },
    { submission: 2, reference: '9', report: 0 },
  ])
  engine.close()
})

test('a request of before an upgrade is recognised when it comes again behind it, and sent once', () => {
  const now = Date.parse('2026-12-01T12:00:00Z')
  const path = storeOf(stepWith('UPDATE publish_key'), (db) => {
    db.prepare(
      `INSERT INTO submission (command_id, client, verb, status, sms_status, lane, queued_at, scope, ref, ref_hash)
       VALUES ('cmd_1', 'c', 'command', 'queued', 'queued', 'd:gate', ?, 'c', 'mine', 'plain')`,
    ).run(now)
    const keys = db.prepare(
      `INSERT INTO publish_key (client, message_id, connection, hash, commands, at) VALUES ('c', ?, 'one', 'plain', '["cmd_1"]', ?)`,
    )
    for (const messageId of [7, 8]) keys.run(messageId, now)
  })
  const engine = new SqliteEngine(path, { durable: false })
  const limits = { perLane: 9, perClient: 9, clientPerHour: null, devicePerDay: null }
  const publish = (messageId: number, duplicate: boolean) => {
    const key = { client: 'c', messageId, connection: 'two', duplicate, hash: 'keyed' }
    return enqueue(engine, { key, ref: null, items: [], limits, now })
  }
  const repeated = { repeated: true, commands: [{ id: 'cmd_1', status: 'queued' }] }
  expect(publish(7, true)).toMatchObject(repeated)
  // Another one under the number of one that was acknowledged.
  expect(publish(8, false)).toMatchObject({ repeated: false })
  const ref = { scope: 'c', ref: 'mine', hash: 'keyed' }
  expect(enqueue(engine, { key: null, ref, items: [], limits, now })).toMatchObject(repeated)
  engine.close()
})

test('what was scheduled for a device before an upgrade is not cancelled behind it', () => {
  const path = storeOf(stepWith('UPDATE publish_key'), (db) => {
    db.exec(
      `INSERT INTO submission (command_id, client, verb, status, sms_status, lane, queued_at, due, made_for, made_from)
       VALUES ('cmd_1', 'c', 'text', 'queued', 'queued', 'd:gate', 0, 9, 'plain', 'plain')`,
    )
  })
  const engine = new SqliteEngine(path, { durable: false })
  expect(reviewScheduled(engine, { held: {}, only: false, now: 1 })).toBe(0)
  expect(engine.all('SELECT status FROM submission')).toEqual([{ status: 'queued' }])
  engine.close()
})

test('an upgrade that was cut off is made by the next start, whatever it left behind', () => {
  const path = storeOf(migrations.length - 1, (db) => {
    db.exec("INSERT INTO meta (key, value) VALUES ('mine', 'kept')")
  })
  const copy = `${path}.before-schema-${migrations.length}`
  // Killed between the copy and the change, and before that while the copy was made.
  writeFileSync(copy, 'of an earlier attempt')
  writeFileSync(`${copy}.unfinished`, 'half of a cop')
  new SqliteEngine(path, { durable: false }).close()
  expect(versionOf(path)).toBe(migrations.length)
  expect(versionOf(copy)).toBe(migrations.length - 1)
  expect(existsSync(`${copy}.unfinished`)).toBe(false)
  const db = new Database(copy, { readonly: true })
  expect(db.prepare("SELECT value FROM meta WHERE key = 'mine'").pluck().get()).toBe('kept')
  db.close()
})

test('an upgrade of several steps is made as a whole or not at all', () => {
  const first = stepWith('CREATE TABLE event')
  const last = stepWith('CREATE TABLE webhook')
  expect(last).toBeGreaterThan(first + 1)
  const path = storeOf(first, (db) => db.exec('CREATE TABLE webhook (in_the_way TEXT)'))
  expect(() => new SqliteEngine(path, { durable: false })).toThrow(/webhook/)
  expect(versionOf(path)).toBe(first)
  const db = new Database(path)
  expect(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'event'").all()).toEqual([])
  db.exec('DROP TABLE webhook')
  db.close()
  new SqliteEngine(path, { durable: false }).close()
  expect(versionOf(path)).toBe(migrations.length)
})

function versionOf(path: string): unknown {
  const db = new Database(path, { readonly: true })
  const version = db.pragma('user_version', { simple: true })
  db.close()
  return version
}
