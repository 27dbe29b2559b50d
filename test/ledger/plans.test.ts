import { beforeAll, expect, test } from '@jest/globals'
import type { ArgsOf, OperationName } from '../../src/ledger/operations.ts'
import { receive } from '../support/incoming.ts'
import { hour, Ledger, minute, noFilter } from '../support/ledger.ts'
import { Recorder } from '../support/recorder.ts'
import { addHook, dueOf, fail, happens, settle } from '../support/webhook-ledger.ts'

const lanes = 20_000
const ledger = new Ledger()
let recorder: Recorder

/**
 * 20 000 lanes: a quarter ready, a quarter bound to a gateway that is away, a quarter that only stick to that one, the
 * rest with a history only.
 */
beforeAll(() => {
  const items = Array.from({ length: lanes }, (_, i) => {
    const number = `+49151${10_000_000 + i}`
    return ledger.item({
      lane: `n:${number}`,
      recipient: number,
      client: `client ${i % 50}`,
      route: i % 4 === 1 ? 'away' : '',
      expiresAt: ledger.now + 2 * minute + i,
    })
  })
  const limits = { perLane: 1_000, perClient: 100_000, clientPerHour: null, devicePerDay: null }
  ledger.run('enqueue', { key: null, ref: null, items, limits, now: ledger.now })
  ledger.engine.run(
    `UPDATE submission SET status = 'sent', final = 1, open = 0, queued_at = queued_at - 1000 WHERE seq % 4 = 0`,
  )
  ledger.engine.run(
    `UPDATE lane SET state = 'idle', head = NULL WHERE key IN (SELECT lane FROM submission WHERE final = 1)`,
  )
  ledger.engine.run(`UPDATE lane SET sticky = 'away', route = 'away' WHERE state = 'ready' AND head % 4 = 3`)
  ledger.engine.run(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
     INSERT INTO raw (gateway, sim, source, pdu, hash, state, received_at)
     SELECT 'home', 'home', 'direct', '', i, CASE i % 4 WHEN 0 THEN 'filed' ELSE 'done' END, i FROM n`,
  )
  ledger.engine.run(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
     INSERT INTO device (id, state, times, events, learned) SELECT 'device' || i, '{}', '{}', '{}', '{}' FROM n`,
  )
  for (const [id, over] of Object.entries({ one: {}, ordered: { ordered: true }, third: {} })) addHook(ledger, id, over)
  happens(ledger, 'gate')
  dueOf(ledger)
  recorder = new Recorder(ledger)
})

/** A row for each client with something queued, for each pause, outlet and webhook. */
const small = ['SCAN client', 'SCAN pause', 'SCAN outlet', 'SCAN webhook']

/** What goes through a whole table, or through a whole index that is not one of open rows only. */
function scans(act: () => unknown): string[] {
  const plans = recorder.plans(act)
  expect(plans.length).toBeGreaterThan(0)
  return plans
    .filter(
      ({ detail }) => /^SCAN (?!CONSTANT|\d+-ROW VALUES|json_each|\(subquery)/.test(detail) && !small.includes(detail),
    )
    .filter(({ detail }) => !ofOpenRows().some((index) => detail.endsWith(` INDEX ${index}`)))
    .map(({ detail, sql }) => `${detail}: ${sql}`)
}

/** Indices with a condition: finished rows are in none of them. */
const ofOpenRows = (): string[] =>
  ledger.engine
    .all<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '%WHERE%'`)
    .map(({ name }) => name)

const run =
  <K extends OperationName>(name: K, args: ArgsOf<K>) =>
  () =>
    ledger.run(name, args)

const part = () => ({ part: 1, gateway: 'home', account: 'home', now: ledger.now })
const error = { code: 'modem_error', message: 'CMS 38', retryable: true } as const
const raw = { gateway: 'home', account: 'home', source: 'listed', slot: 'SM:1', form: 'tpdu', body: '' } as const
const stamp = { scts: null, receivedAt: ledger.now } as ArgsOf<'openCommands'>['stamp']
const shared = { absent: ['away'], shared: ['', 'away|home'], routes: ['', 'away|home'] }

/** What a busy hub asks for with each message, or many times a minute. */
const hot: Readonly<Record<string, () => unknown>> = {
  claim: () => ledger.claim('home', shared),
  'claim of one gateway while another one is away with the lanes that stick to it': () =>
    ledger.claim('home', { ...shared, turns: { credit: {}, after: { 1: 'client 7' } }, routes: [] }),
  'claim while the queue is paused': () => {
    ledger.run('pauseQueue', { now: ledger.now })
    ledger.claim('home', shared)
    ledger.run('resumeQueue', { now: ledger.now })
  },
  enqueue: () => ledger.queue({ lane: 'n:+491', recipient: '+491' }),
  'enqueue of a command': () => ledger.command(),
  'claim, markWritten and markSent': () => ledger.sent(ledger.write(), 7),
  requeue: () =>
    ledger.run('requeue', {
      ...part(),
      ...ledger.owner,
      seq: ledger.claim().seq as number,
      retryAt: ledger.now + minute,
      error,
    }),
  giveUp: () =>
    ledger.run('giveUp', { ...part(), ...ledger.owner, seq: ledger.claim().seq as number, status: 'failed', error }),
  doubt: () => ledger.doubt(ledger.write()),
  settleReport: () => ledger.report(7),
  'settleReport of one that nobody knows': () => ledger.report(99),
  'settleReport by the id of a carrier': () => ledger.report('39f99dd5'),
  'settleReport by the name that the hub gave a text': () => ledger.report('39f99dd6', { segment: 'cmd_1.0.1' }),
  'markSent by the id of a carrier': () => ledger.sent(ledger.write(), '39f99dd5'),
  sweep: run('sweep', { now: ledger.now, hold: false }),
  'sweep with much that is over': run('sweep', { now: ledger.now + 3 * minute, hold: false }),
  file: run('file', { raw, hash: 'a', stamped: false, now: ledger.now }),
  filed: run('filed', { limit: 50 }),
  openCommands: run('openCommands', { device: 'gate', stamp, centre: null, now: ledger.now }),
  settleText: () => {
    ledger.command({ lane: 'd:other', device: 'other', priority: 2 })
    ledger.reply(ledger.write())
  },
  settleCall: run('settleCall', { gateway: 'home', from: null, at: ledger.now, of: null, since: 0 }),
  noteDeleted: run('noteDeleted', { gateway: 'home', slot: 'SM:1' }),
  orphanedReports: run('orphanedReports', { before: ledger.now }),
  waitingEvents: run('waitingEvents', { outlet: 'mqtt', known: [], limit: 100 }),
  countWaiting: run('countWaiting', { outlet: 'mqtt', most: 51 }),
  acknowledge: run('acknowledge', { outlet: 'mqtt', seqs: [1, 2, 3] }),
  emit: run('emit', [{ kind: 'state', subject: 'gate', data: {} }]),
  parkEvent: run('parkEvent', { outlet: 'mqtt', seq: 1, reason: 'not allowed' }),
  openOutlets: run('openOutlets', { names: ['mqtt'] }),
  currentStates: run('currentStates', { kind: 'state', subject: 'gate', limit: 100 }),
  subjects: run('subjects', { kind: 'state', after: 'gate', limit: 100 }),
  subjectsNamed: run('subjectsNamed', { kind: 'announcement', root: 'ha', name: 'gate' }),
  withdrawOthers: run('withdrawOthers', { kinds: ['gateway'], subjects: [] }),
  counts: run('counts', undefined),
  figures: run('figures', { limits: { home: { minute: 5, day: 100, month: 1_000 } }, now: ledger.now }),
  reportWaiting: run('reportWaiting', { route: 'away', gateway: 'away', gateways: 'away (offline)', now: ledger.now }),
  gatewayFigures: run('gatewayFigures', { gateways: ['home', 'away'], since: ledger.now - hour }),
  knownSettings: run('knownSettings', { since: 1 }),
  deviceState: run('deviceState', { device: 'gate' }),
  reviewPresence: run('reviewPresence', { now: ledger.now, devices: [{ id: 'device1', expectedMs: hour }] }),
  findCommand: run('findCommand', { id: 'cmd_1', now: ledger.now }),
  queueOverview: run('queueOverview', { device: null, limit: 50 }),
  'dueDeliveries and settleDelivery': () => {
    happens(ledger, 'gate')
    const [a, b, c] = dueOf(ledger)
    if (a !== undefined) settle(ledger, a)
    if (b !== undefined) fail(ledger, b)
    if (c !== undefined) fail(ledger, c, { retryAt: null })
  },
  deliveries: () =>
    ledger.read('deliveries', { webhook: 'one', state: null, since: 0, until: ledger.now, before: 9, limit: 50 }),
  'deliveries of a state': () =>
    ledger.read('deliveries', { webhook: 'one', state: 'dead', since: 0, until: ledger.now, before: null, limit: 50 }),
  'replayDeliveries of one': run('replayDeliveries', { seq: 1, now: ledger.now }),
  'replayDeliveries of many': run('replayDeliveries', { webhook: 'one', since: 0, until: ledger.now, now: ledger.now }),
  unread: () => ledger.read('unread', { keys: ['d:gate', 'n:+491', 'n:+4915112345601'] }),
  'markRead of all': run('markRead', { keys: ['d:gate'], until: null }),
  'markRead until one': () => {
    expect(ledger.run('markRead', { keys: ['d:gate'], until: receive(ledger, { device: 'gate' }) })).toBe(true)
  },
  conversations: () => ledger.read('conversations', { sight: noFilter.sight, limit: 50, place: null }),
  webhooks: () => ledger.read('webhooks', { id: null, now: ledger.now }),
  endConnection: run('endConnection', { client: 'c', clean: true, lastHeard: ledger.now, now: ledger.now }),
}

test.each(Object.entries(hot))('%s goes through no table without an index', (_, act) => {
  expect(scans(act)).toEqual([])
})

test('what only sticks to a gateway that is away is found apart from what is bound to it', () => {
  const plans = recorder.plans(() => ledger.claim('home', shared)).map(({ detail }) => detail)
  expect(plans).toContainEqual(expect.stringMatching(/USING (COVERING )?INDEX lane_stuck/))
})

test('what was read of conversations is found by their keys, however many there are', () => {
  const read = () => ledger.read('unread', { keys: ['d:gate'] })
  expect(recorder.plans(read).map(({ detail }) => detail)).toContain(
    'SEARCH conversation USING PRIMARY KEY (key=? AND people=?)',
  )
})

test('the history is pruned by its age, from an index', () => {
  const prune = run('prune', { now: ledger.now, before: ledger.now - hour, rawBefore: ledger.now - hour, limit: 500 })
  expect(
    scans(prune).filter((plan) =>
      /^SCAN (submission|segment|incoming|conversation|raw|quota|webhook_delivery)\b/.test(plan),
    ),
  ).toEqual([])
})

test('the overview of conversations is read in its order by an index, whoever asks for whichever page', () => {
  const place = { at: ledger.now, key: 'n:+4915110000007' }
  for (const people of [true, false])
    for (const devices of [null, ['gate']]) {
      const read = () => ledger.read('conversations', { sight: { devices, people }, limit: 50, place })
      const plans = recorder.plans(read).map(({ detail }) => detail)
      expect(plans).toContain('SEARCH conversation USING INDEX conversation_latest (people=? AND at<?)')
      expect(plans.filter((detail) => detail.includes('TEMP B-TREE'))).toEqual([])
    }
})

test.each(['nothing', 'ничего'])('a search for "%s" reads texts beside each other, and no whole rows', (search) => {
  const read = () => ledger.read('messages', { filter: { ...noFilter, search }, limit: 50, place: null })
  const plans = recorder.plans(read).map(({ detail }) => detail)
  for (const [table, key] of [
    ['submission', 'seq'],
    ['incoming', 'id'],
  ])
    expect(plans).toContain(`SEARCH ${table} USING INDEX ${table}_words (${key}>? AND ${key}<?)`)
  expect(plans.filter((detail) => /SCAN (submission|incoming)/.test(detail))).toEqual([])
})

test('figures for metrics read what is open, whatever the history', () => {
  ledger.engine.run(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
     INSERT INTO submission (command_id, client, verb, status, sms_status, final, queued_at)
     SELECT 'old' || i, 'client', 'text', 'delivered', 'delivered', 1, i FROM n`,
  )
  ledger.engine.run('ANALYZE')
  const limits = { home: { minute: 5, day: 100, month: 1_000 }, away: { minute: null, day: null, month: null } }
  const figures = run('figures', { limits, now: ledger.now })
  expect(scans(figures)).toEqual([])
  const plans = recorder.plans(figures).map(({ detail }) => detail)
  expect(plans).toContainEqual(expect.stringMatching(/lane USING COVERING INDEX lane_oldest/))
})

test('what may still be answered is found by when it was sent', () => {
  const details = recorder.plans(hot.openCommands as () => unknown).map(({ detail }) => detail)
  expect(details).toContainEqual(expect.stringMatching(/^SEARCH submission USING INDEX submission_written \(device=\?/))
})

test('what is scheduled is in no index by which a lane is read, and found by its time', () => {
  ledger.engine.run(
    `INSERT INTO submission (command_id, client, verb, status, sms_status, queued_at, lane, send_at, due, expires_at)
       SELECT 'later' || seq, client, verb, 'queued', 'queued', queued_at, lane, 4e12, 4e12, 5e12 FROM submission`,
  )
  ledger.engine.run('ANALYZE')
  const ofLanes = ['enqueue', 'claim', 'claim, markWritten and markSent', 'requeue', 'gatewayFigures', 'figures']
  const plans = ofLanes.flatMap((name) => recorder.plans(hot[name] as () => unknown))
  const details = plans.map(({ detail }) => detail)
  expect(details.filter((detail) => / submission_(scheduled|unfinished|expiry)\b/.test(detail))).toEqual([])
  expect(details).toContainEqual('SCAN submission USING COVERING INDEX submission_queue')
  const heads = plans.filter(({ sql }) => sql.includes('ORDER BY priority DESC')).map(({ detail }) => detail)
  expect(heads).toContainEqual('SEARCH submission USING INDEX submission_queue (lane=?)')
  expect(heads.filter((detail) => detail.includes('TEMP'))).toEqual([])
  const swept = recorder.plans(hot['sweep with much that is over'] as () => unknown).map(({ detail }) => detail)
  expect(swept).toContainEqual('SEARCH submission USING INDEX submission_scheduled (due>? AND due<?)')
  for (const device of [null, 'gate'])
    for (const act of [
      run('queueOverview', { device, limit: 50 }),
      run('purgeQueue', { device, until: 0, limit: 1, now: 0 }),
    ])
      expect(scans(act)).toEqual([])
})
