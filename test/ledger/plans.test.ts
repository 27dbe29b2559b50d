import { beforeAll, expect, test } from '@jest/globals'
import type { ArgsOf, OperationName } from '../../src/ledger/operations.ts'
import type { Tx } from '../../src/ledger/tx.ts'
import { Ledger, minute } from '../support/ledger.ts'

const lanes = 20_000
const ledger = new Ledger()
/** Statements as the operations asked for them, with their values. */
const asked: { sql: string; values: readonly unknown[] }[] = []

/** 20 000 lanes: a third ready, a third bound to a gateway that is away, the rest with a history only. */
beforeAll(() => {
  const items = Array.from({ length: lanes }, (_, i) => {
    const number = `+49151${10_000_000 + i}`
    return ledger.item({
      lane: `n:${number}`,
      recipient: number,
      client: `client ${i % 50}`,
      route: i % 3 === 1 ? 'away' : '',
      expiresAt: ledger.now + 2 * minute + i,
    })
  })
  ledger.run('enqueue', {
    key: null,
    ref: null,
    items,
    limits: { perLane: 1_000, perClient: 100_000, clientPerHour: null, devicePerDay: null },
    now: ledger.now,
  })
  ledger.engine.run(
    `UPDATE submission SET status = 'sent', final = 1, open = 0, queued_at = queued_at - 1000 WHERE seq % 3 = 0`,
  )
  ledger.engine.run(
    `UPDATE lane SET state = 'idle', head = NULL WHERE key IN (SELECT lane FROM submission WHERE final = 1)`,
  )
  for (const name of ['one', 'all', 'run'] as const satisfies readonly (keyof Tx)[]) {
    const original = ledger.engine[name].bind(ledger.engine) as (sql: string, ...values: unknown[]) => never
    ledger.engine[name] = (sql: string, ...values: unknown[]) => {
      asked.push({ sql, values })
      return original(sql, ...values)
    }
  }
})

/** `client` has a row for each client with something queued, not for each text. */
const small = ['SCAN client']

/** What SQLite does for a statement, where it goes through a whole table or sorts one. */
function scans(act: () => unknown): string[] {
  asked.length = 0
  act()
  const statements = asked.splice(0).filter(({ sql }) => /^\s*(SELECT|UPDATE|DELETE|WITH|INSERT)/i.test(sql))
  expect(statements.length).toBeGreaterThan(0)
  return statements.flatMap(({ sql, values }) =>
    ledger.engine
      .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values)
      .map(({ detail }) => detail)
      .filter((detail) => /^SCAN (?!(CONSTANT|json_each|\(?sub|\())/.test(detail) && !/ USING .*INDEX/.test(detail))
      .filter((detail) => !small.includes(detail))
      .map((detail) => `${detail}: ${sql}`),
  )
}

const run =
  <K extends OperationName>(name: K, args: ArgsOf<K>) =>
  () =>
    ledger.run(name, args)

/** What a busy hub asks for with each message, or many times a minute. */
const hot: Readonly<Record<string, () => unknown>> = {
  claim: () => ledger.claim('home', { absent: ['away'], shared: ['', 'away|home'], routes: ['', 'away|home'] }),
  enqueue: () => ledger.queue({ lane: 'n:+491', recipient: '+491' }),
  'claim, markWritten and markSent': () => ledger.sent(ledger.write(), 7),
  doubt: () => ledger.doubt(ledger.write()),
  settleReport: () => ledger.report(7),
  sweep: run('sweep', { now: ledger.now, hold: false }),
  'sweep with much that is over': run('sweep', { now: ledger.now + 3 * minute, hold: false }),
  openCommands: () =>
    ledger.run('openCommands', {
      device: 'gate',
      stamp: { scts: null, receivedAt: ledger.now } as unknown as ArgsOf<'openCommands'>['stamp'],
      centre: null,
      now: ledger.now,
    }),
  waitingPublications: run('waitingPublications', { after: 0, limit: 100 }),
  published: run('published', { seqs: [1, 2, 3] }),
  filed: run('filed', { limit: 50 }),
  counts: run('counts', undefined),
  tellWaiting: run('tellWaiting', { route: 'away', gateway: 'away', gateways: 'away (offline)', now: ledger.now }),
}

test.each(Object.entries(hot))('%s goes through no table without an index', (_, act) => {
  expect(scans(act)).toEqual([])
})
