import { expect, test } from '@jest/globals'
import { day, hour, Ledger, minute } from '../support/ledger.ts'
import { addHook, dueOf, fail, happens, online, settle } from '../support/webhook-ledger.ts'

/** Every table, and what bounds it. A new one needs an answer here. */
const bounds: Readonly<Record<string, string>> = {
  meta: 'a few names',
  submission: 'pruned by age',
  segment: 'goes with its submission',
  step: 'goes with its submission',
  secret: 'places for what waits at once, used again',
  lane: 'pruned when idle and not used for as long as the history',
  client: 'pruned when nothing of it is queued',
  quota: 'pruned behind the longest window',
  concatenation: 'pruned when not used for as long as the history',
  publish_key: 'deleted with the connection, pruned by age',
  raw: 'pruned by age',
  part: 'given up after six hours',
  conversation: 'goes with its messages',
  incoming: 'pruned by age; strangers are bounded each',
  device: 'deleted with the device; of dialects it has those of its profile',
  sim: 'a row for each SIM of the hub',
  event:
    'kept for a week where programs see it, at most the last hundred thousand; others go when no outlet needs them',
  event_waiting: 'deleted when its outlet has passed the event on, or is removed',
  event_parked: 'the newest thousand of each outlet stay; deleted with the outlet',
  outlet: 'a row for each outlet of the configuration',
  latest: 'withdrawn with its device',
  pin: 'a row for each SIM and PIN of the hub',
  fleet: 'deleted with the device',
  hub: 'a row for each hub that has the store open',
  session: 'bounded by the broker',
  session_subscription: 'bounded by the broker',
  session_received: 'bounded by the broker',
  session_will: 'bounded by the broker',
  session_body: 'bounded by the broker',
  session_owed: 'bounded by the broker',
  broker_retained: 'bounded by the broker',
  pause: 'a row for each gateway or device that is paused',
  binding: 'a row for each gateway',
  service_centre: 'pruned when not seen for as long as the history',
  tally: 'a few names',
  counter: 'a row for each device that there ever was',
  route: 'sixteen of each device; deleted with the device',
  question: 'deleted after a day, at most fifty of each device; deleted with the device',
  api_key: 'at most 500, removed by their owner',
  hub_user: 'at most 200, removed by their owner',
  log_in: 'at most twenty of each user; deleted when over, at the next log-in of anybody',
  webhook: 'at most 32',
  webhook_delivery: 'ended ones are pruned by age and number; so many may wait for each webhook',
  smpp_part: 'at most ten thousand of each client, given up after a day',
  leaving: 'deleted when the topics of the device are cleared',
}

const pruneAll = (ledger: Ledger, limit = 500) => {
  const args = { now: ledger.now, before: ledger.now - 90 * day, rawBefore: ledger.now - 31 * day, limit }
  while (ledger.run('prune', args));
}

test('every table is bounded', () => {
  const tables = new Ledger().engine
    .all<{ name: string }>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`,
    )
    .map(({ name }) => name)
  expect(Object.keys(bounds).sort()).toEqual(tables)
})

test('nothing is left of five thousand clients and numbers that came once', () => {
  const ledger = new Ledger()
  const limits = { perLane: 100, perClient: 100, clientPerHour: 60, devicePerDay: 30 }
  for (let i = 0; i < 5_000; i++) {
    const number = `+49151${String(i).padStart(8, '0')}`
    const key = { client: `once${i}`, messageId: 1, connection: `c${i}`, duplicate: false, hash: 'h' }
    ledger.queue(
      {
        client: `once${i}`,
        clientQuota: `client:once${i}`,
        lane: `n:${number}`,
        recipient: number,
        segments: ['a', 'b'],
      },
      { key, limits },
    )
    const seq = ledger.write(2)
    ledger.sent(seq, i % 256, 2)
  }
  for (const table of ['client', 'lane', 'quota', 'concatenation', 'publish_key'])
    expect({ table, isThere: ledger.count(table) > 0 }).toEqual({ table, isThere: true })
  ledger.pass(2 * day)
  ledger.pass(100 * day)
  pruneAll(ledger)
  for (const table of ['submission', 'segment', 'client', 'lane', 'quota', 'concatenation', 'publish_key'])
    expect({ table, rows: ledger.count(table) }).toEqual({ table, rows: 0 })
})

test('nothing is left of uses of any kind, nor of clients that were only refused', () => {
  const ledger = new Ledger()
  const refusal = (client: string) =>
    ledger.queue(
      { client, clientQuota: `client:${client}`, recipient: null, lane: null, segments: [], text: null } as never,
      {
        limits: { perLane: 0, perClient: 0, clientPerHour: 60, devicePerDay: 30 },
      },
    )
  for (let i = 0; i < 500; i++) refusal(`once${i}`)
  for (const key of ['strangers', 'refused', 'of a kind to come', 'gateway-month:home'])
    ledger.engine.run('INSERT OR REPLACE INTO quota (key, at, used) VALUES (?, ?, 1)', key, ledger.now)
  expect(ledger.count('quota', `key LIKE 'refused:%'`)).toBe(500)
  ledger.now += 400 * day
  pruneAll(ledger)
  expect(ledger.count('quota')).toBe(0)
})

test('one old open row holds up nothing behind it', () => {
  const ledger = new Ledger()
  const open = ledger.command({ expiresAt: ledger.now + 1_000 * day })
  for (let i = 0; i < 2_000; i++) {
    ledger.queue({ lane: `n:${i}`, priority: 2 })
    ledger.sent(ledger.write(), null)
  }
  ledger.pass(100 * day)
  ledger.run('prune', { now: ledger.now, before: ledger.now - 90 * day, rawBefore: 0, limit: 500 })
  expect(ledger.count('submission')).toBe(1_501)
  pruneAll(ledger)
  expect(ledger.count('submission')).toBe(1)
  expect(ledger.row(open)).toMatchObject({ status: 'queued' })
})

test('what is in use stays: a lane that waits, a client with a queue, uses within their window', () => {
  const ledger = new Ledger()
  ledger.queue({ client: 'busy' })
  ledger.queue({ client: 'busy' })
  ledger.sent(ledger.write(), 1)
  ledger.now += hour
  pruneAll(ledger)
  expect([ledger.count('client'), ledger.count('lane')]).toEqual([1, 1])
  expect(ledger.count('quota', `key = 'gateway:home'`)).toBe(1)
  ledger.pass(minute)
  expect(ledger.claim().seq).toBeDefined()
})

test('of what an outlet refuses the newest thousand stay, whatever another one does with it', () => {
  const ledger = new Ledger()
  ledger.run('openOutlets', { names: ['mqtt', 'web'] })
  const events = Array.from({ length: 1_700 }, (_, i) => ({ kind: 'dialect', subject: 'x', data: String(i) }) as const)
  ledger.run('emit', events)
  const seqs = ledger.run('waitingEvents', { outlet: 'mqtt', known: [], limit: 2_000 }).map(({ seq }) => seq)
  for (const seq of seqs) ledger.run('parkEvent', { outlet: 'mqtt', seq, reason: 'not allowed' })
  ledger.run('acknowledge', { outlet: 'web', seqs: seqs.slice(100) })
  pruneAll(ledger, 100)
  expect(ledger.count('event_parked')).toBe(1_000)
  expect(ledger.engine.one('SELECT MIN(seq) AS oldest FROM event_parked')).toEqual({ oldest: seqs[700] })
  // The first hundred still wait for the other one.
  expect(ledger.count('event')).toBe(1_100)
})

test('deliveries that have ended stay for a week, dead ones for thirty days, and those that wait until they end', () => {
  const ledger = new Ledger()
  addHook(ledger)
  happens(ledger, ...'abc')
  const [a, b] = dueOf(ledger)
  if (a === undefined || b === undefined) throw new Error('two are due')
  settle(ledger, a)
  fail(ledger, b, { retryAt: null })
  const states = () => ledger.engine.all<{ state: string }>('SELECT state FROM webhook_delivery ORDER BY seq')
  const left = (ms: number) => {
    ledger.now += ms
    pruneAll(ledger)
    return states().map(({ state }) => state)
  }
  expect(left(7 * day)).toEqual(['delivered', 'dead', 'waiting'])
  expect(left(1)).toEqual(['dead', 'waiting'])
  expect(left(23 * day)).toEqual(['waiting'])
})

test('of those that have ended the newest ten thousand of each webhook stay', () => {
  const ledger = new Ledger()
  addHook(ledger)
  addHook(ledger, 'quiet', { devices: ['shed'] })
  ledger.run(
    'emit',
    Array.from({ length: 100 }, () => online('gate')),
  )
  happens(ledger, 'shed')
  dueOf(ledger)
  dueOf(ledger)
  ledger.engine.run(`UPDATE webhook_delivery SET state = 'dead', due = NULL`)
  // A hundred of these were made before.
  for (let i = 0; i < 105; i++)
    ledger.engine.run(
      `INSERT INTO webhook_delivery (webhook, name, type, body, state, queued_at)
       SELECT 'one', name, type, body, 'dead', queued_at FROM webhook_delivery WHERE webhook = 'one' ORDER BY seq LIMIT 100`,
    )
  pruneAll(ledger)
  expect(ledger.count('webhook_delivery', `webhook = 'one'`)).toBe(10_000)
  expect(ledger.count('webhook_delivery', `webhook = 'quiet'`)).toBe(1)
})
