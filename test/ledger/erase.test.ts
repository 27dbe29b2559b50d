import { describe, expect, test } from '@jest/globals'
import { changeState, isNewEvent } from '../../src/ledger/devices/devices.ts'
import { learnRoute, noteQuestion } from '../../src/ledger/devices/sources.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import { Ledger, minute } from '../support/ledger.ts'
import { addHook, happens, settle } from '../support/webhook-ledger.ts'

const number = '+4915112345678'
const digits = number.slice(1)
/** As a PDU writes it: an odd number of digits is filled up. */
const swapped = `${digits}F`.replace(/(.)(.)/g, '$2$1').slice(0, 14)

/** Whatever stands in any column of any table, by table and column. */
function everything({ engine }: Ledger): [place: string, value: string][] {
  const tables = engine.all<{ name: string }>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`,
  )
  return tables.flatMap(({ name }) =>
    engine
      .all<Record<string, unknown>>(`SELECT * FROM ${name}`)
      .flatMap((row) =>
        Object.entries(row).map(([column, value]): [string, string] => [
          `${name}.${column}`,
          Buffer.isBuffer(value) ? value.toString('latin1') : String(value),
        ]),
      ),
  )
}

const placesOf = (ledger: Ledger, text: string): string[] => [
  ...new Set(everything(ledger).flatMap(([place, value]) => (value.includes(text) ? [place] : []))),
]

const erase = (ledger: Ledger, numbers: readonly string[] = [number]) =>
  ledger.run('erase', { device: null, numbers, address: null, fields: null, now: ledger.now })

/** Everything that a number can leave behind. */
function lived(): Ledger {
  const ledger = new Ledger()
  const { engine } = ledger
  addHook(ledger, 'one', { description: `texts of ${number}` })
  const limits = { perLane: 1_000, perClient: 10_000, clientPerHour: 60, devicePerDay: 60 }
  const to = { recipient: number, lane: `n:${number}`, clientQuota: `client:broker to ${number}` }
  ledger.queue({ ...to, segments: ['one', 'two'] }, { limits })
  ledger.sent(ledger.write(2), 7, 2)
  ledger.pass(3 * 24 * 60 * minute)
  ledger.queue(to, { limits })
  // It was the number of a device that is gone, and others speak of it.
  ledger.command({ device: 'gone', lane: 'd:gone', recipient: number, expect: 'none' })
  ledger.sent(ledger.write(), 8)
  ledger.queue({ text: `call ${number}`, args: { to: digits } }, { limits })
  ledger.pass(3 * 24 * 60 * minute)
  // A report that belongs to nothing, segments of a long text, a text that nobody could read.
  ledger.report(99, { recipient: digits })
  const { pdu } = encodePdu({
    type: 'deliver',
    address: { number: digits, ton: 'international', npi: 1 },
    scts: '2026-11-22T12:00:00+00:00',
    text: 'half',
    concat: { ref: 1, bits: 8, total: 2, seq: 1 },
  } as never)
  ledger.run('file', {
    raw: { gateway: 'home', account: 's', source: 'direct', form: 'tpdu', body: pdu },
    hash: 'h',
    stamped: true,
    now: ledger.now,
  })
  const key = `s/8/1/2/international/${digits}`
  const part = { key, sender: `international ${digits}`, part: 1, total: 2, scts: 0, now: ledger.now }
  const [filed] = ledger.run('filed', { limit: 1 })
  ledger.run('assemble', {
    ...part,
    raw: filed?.id ?? 0,
    content: JSON.stringify({ from: { number: digits }, text: 'half' }),
  })
  const incoming =
    'INSERT INTO incoming (message_id, device, sender, gateway, text, document, received_at) VALUES (?, ?, ?, ?, ?, ?, 0)'
  engine.run(incoming, 'm1', null, number, 'home', 'hello', '{}')
  engine.run(incoming, 'm2', 'gate', '+491', 'home', `alarm, was called by ${digits}`, '{}')
  engine.run(incoming, 'm3', 'gate', '+491', 'home', 'forwarded', JSON.stringify({ from: number }))
  // Values of another device.
  const change = { device: 'gate', at: ledger.now, seenAt: ledger.now, fields: ['caller', 'door'] }
  changeState(engine, { ...change, values: { caller: number, door: 'open' } })
  isNewEvent(engine, 'gate', `ringing ${number}`, 60_000, ledger.now)
  learnRoute(engine, 'gate', `491710760001, international, ${digits}, +00:00`, 1)
  noteQuestion(engine, 'gate', { at: ledger.now, claimed: { caller: number } })
  engine.run(
    `INSERT INTO api_key (id, hash, label, limits, made_by, created_at) VALUES ('a', 'b', ?, '{}', 'local', 0)`,
    `phone of ${number}`,
  )
  // Deliveries that wait, and an answer that names it.
  happens(ledger, 'shed')
  while (ledger.run('dueDeliveries', { now: ledger.now, id: 'msg', flying: [] }).more);
  const shed = engine.one<{ seq: number }>(`SELECT seq FROM webhook_delivery WHERE device = 'shed'`)
  settle(ledger, shed as { seq: number }, {
    answer: { status: 200, error: null, text: `sent to ${number}`, took_ms: 1 },
  })
  // What a client that is away is owed.
  engine.run('INSERT INTO session_body (topic, payload) VALUES (?, ?)', 'sms/status', Buffer.from(`{"to":"${number}"}`))
  return ledger
}

describe('a number that is erased', () => {
  test('is in no column of any table any more, in whatever form it is written', () => {
    const ledger = lived()
    const before = placesOf(ledger, digits)
    expect(before.length).toBeGreaterThan(15)
    expect(before).toEqual(expect.arrayContaining(['quota.key', 'webhook_delivery.body', 'webhook_delivery.answer']))
    expect(placesOf(ledger, swapped)).toEqual(['raw.pdu'])
    expect(erase(ledger)).toMatchObject({ unfinished: 0 })
    expect([...placesOf(ledger, digits), ...placesOf(ledger, swapped)]).toEqual([])
  })

  test('takes nothing of another that begins or ends like it, nor of a device but what names it', () => {
    const ledger = lived()
    for (const other of [`${number}9`, `+1${digits}`]) ledger.queue({ recipient: other, lane: `n:${other}` })
    erase(ledger)
    expect(ledger.count('submission', `recipient IN ('${number}9', '+1${digits}')`)).toBe(2)
    expect(ledger.published('gate').at(-1)).toMatchObject({ caller: null, door: 'open' })
  })

  test('and is as short as an emergency call’s takes no figure for it', () => {
    const ledger = new Ledger()
    changeState(ledger.engine, { device: 'gate', at: 1, seenAt: 1, fields: [], values: { speed: 110, caller: '110' } })
    erase(ledger, ['110'])
    expect(ledger.run('deviceState', { device: 'gate' })).toEqual({ speed: 110, caller: null })
  })
})
