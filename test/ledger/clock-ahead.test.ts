import { beforeEach, describe, expect, test } from '@jest/globals'
import { written } from '../../src/ledger/chores.ts'
import { learnRoute, noteContradiction, noteQuestion, trustRecord } from '../../src/ledger/devices/sources.ts'
import { floodOf } from '../../src/ledger/inbox/strangers.ts'
import { openWindow } from '../../src/ledger/lanes/lanes.ts'
import { day, hour, Ledger, minute, start } from '../support/ledger.ts'

const year = 365 * day

let ledger: Ledger
beforeEach(() => {
  ledger = new Ledger()
})

const file = (source: 'direct' | 'storage', slot: string | undefined, now: number) => {
  const raw = { gateway: 'home', account: 'sim', source, form: 'tpdu', body: 'A', ...(slot !== undefined && { slot }) }
  return ledger.run('file', { raw, hash: 'A', stamped: false, now }).duplicate
}

describe('what was written while the clock was a year ahead, once it is right', () => {
  test('holds up no question whether a text is true', () => {
    noteQuestion(ledger.engine, 'gate', { at: start + year, claimed: { door: true } })
    expect(trustRecord(ledger.engine, 'gate', start)).toMatchObject({ askedAt: [], claimed: null })
    noteQuestion(ledger.engine, 'gate', { at: start, claimed: { door: false } })
    expect(trustRecord(ledger.engine, 'gate', start + minute)).toMatchObject({ askedAt: [start] })
    noteContradiction(ledger.engine, 'gate')
    expect(trustRecord(ledger.engine, 'gate', start + minute).claimed).toBeNull()
  })

  test('counts against no stranger', () => {
    for (let i = 0; i < 100; i++)
      ledger.engine.run(
        `INSERT INTO incoming (message_id, sender, gateway, text, document, received_at) VALUES (?, '+49151', 'home', '', '{}', ?)`,
        `m${i}`,
        start + year,
      )
    expect(floodOf(ledger.engine, { device: null, sender: '+49151' }, start)).toBeNull()
  })

  test.each([
    ['directly', undefined],
    ['in a memory', 'SM:1'],
  ])('makes no copy of a text without a stamp that comes %s', (_, slot) => {
    expect(file('direct', undefined, start + year)).toBe(false)
    expect(file(slot === undefined ? 'direct' : 'storage', slot, start)).toBe(false)
  })
})

describe('a clock that is set right while the hub runs', () => {
  const step = () => ledger.run('rebase', { delta: -year, epoch: 1, since: start + year - hour })

  test('moves questions along, those of a second too', () => {
    for (const at of [0, 1, 2].map((i) => start + year + i * year))
      noteQuestion(ledger.engine, 'gate', { at, claimed: {} })
    ledger.engine.run(`INSERT INTO question (device, at, claimed) VALUES ('gate', ?, '{}')`, start + year)
    step()
    expect(trustRecord(ledger.engine, 'gate', start + minute).askedAt).toEqual([start])
  })

  test('moves uses along: what was sent in the last hour still counts', () => {
    ledger.now = start + year
    ledger.queue()
    ledger.write()
    step()
    const figures = ledger.run('gatewayFigures', { gateways: ['home'], since: start - hour })
    expect(figures.home?.sentToday).toBe(1)
    expect(ledger.count('quota', `at > ${start}`)).toBe(0)
  })

  test('closes the window of a device when it was to close', () => {
    ledger.engine.run(`INSERT INTO lane (key, state) VALUES ('d:gate', 'idle')`)
    openWindow(ledger.engine, 'd:gate', start + year + minute, start + year)
    step()
    expect(ledger.count('lane', `awake_until = ${start + minute}`)).toBe(1)
  })

  test('lets a client that has disconnected use its message ids again', () => {
    const key = { client: 'c', messageId: 1, connection: 'one', duplicate: false, hash: 'h' }
    ledger.queue({}, { key, now: start + year })
    step()
    ledger.run('endConnection', { client: 'c', clean: true, lastHeard: start, now: start })
    expect(ledger.count('publish_key')).toBe(0)
  })
})

test('an accepted clock leaves nothing ahead of it', () => {
  const at = start + year
  ledger.engine.run(`INSERT INTO lane (key, state) VALUES ('d:gate', 'idle')`)
  openWindow(ledger.engine, 'd:gate', at, at)
  ledger.engine.run(`UPDATE lane SET turn = ?`, at)
  for (const i of [0, 1, 2]) ledger.engine.run(`INSERT INTO question VALUES ('gate', ?, '{}')`, at + i)
  learnRoute(ledger.engine, 'gate', 'home', at)
  ledger.engine.run(`INSERT INTO concatenation (recipient, reference, at) VALUES ('+49', 1, ?)`, at)
  ledger.engine.run(`INSERT INTO quota (key, at, used) VALUES ('gateway:home', ?, 5)`, at)
  file('direct', undefined, at)
  ledger.run('acceptClock', { now: start })
  expect(ledger.count('quota')).toBe(0)
  const ahead = written.flatMap(({ table, times }) => times.map((time) => `${table} WHERE ${time} > ${start}`))
  for (const rows of [...ahead, `lane WHERE turn > ${start} OR awake_until > ${start}`])
    expect([rows, ledger.engine.all(`SELECT 1 FROM ${rows}`)]).toEqual([rows, []])
  expect(trustRecord(ledger.engine, 'gate', start).askedAt).toEqual([start])
})

test('every time that the store keeps is moved along when the clock is set, or needs not be', () => {
  const times = /(_at|_until|_seen|^at|since$|^deadline|^due|^first|^last|^turn|^scts)$/
  const elsewhere: Readonly<Record<string, string>> = {
    'submission.expires_at': 'a wait',
    'submission.deadline': 'a wait',
    'submission.due': 'a wait',
    'submission.send_at': 'an instant that its requester chose',
    'submission.last': 'a step',
    'lane.ready_at': 'a wait',
    'lane.awake_until': 'a wait',
    'lane.head_at': 'that of its head, and moved with it',
    'lane.turn': 'an order, on a count of its own while the hub runs',
    'counter.last': 'a number',
    'part.scts': "the service centre's",
    'service_centre.at': 'moved with its clock',
    'service_centre.moved_at': 'moved with its clock',
    'route.first': 'shown only',
    'api_key.created_at': 'shown only',
    'api_key.expires_at': 'an instant that its owner chose',
    'hub_user.created_at': 'shown only',
    'hub_user.changed_at': 'shown only',
    'quota.at': 'moved along; forgotten where it lies ahead of what somebody says',
    'pause.since': 'shown only',
    'pin.at': 'shown only',
    'webhook.created_at': 'shown only',
    'webhook.old_until': 'an instant that its owner was shown',
    'binding.at': 'shown only',
    'hub.lease_until': 'never ends: a store is one hub’s at a time',
  }
  const moved = written.flatMap(({ table, times: names }) => names.map((name) => `${table}.${name}`))
  const kept = ledger.engine
    .all<{ table: string; name: string }>(
      `SELECT m.name AS "table", c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c
       WHERE m.type = 'table' AND c.type = 'INTEGER'`,
    )
    .filter(({ name }) => times.test(name))
    .map(({ table, name }) => `${table}.${name}`)
  expect(kept.filter((column) => !moved.includes(column as never) && elsewhere[column] === undefined)).toEqual([])
  expect([...moved, ...Object.keys(elsewhere)].filter((column) => !kept.includes(column))).toEqual([])
})
