import { describe, expect, test } from '@jest/globals'
import { seesAll } from '../../src/ledger/about.ts'
import { changeState, isNewEvent } from '../../src/ledger/devices/devices.ts'
import { learnRoute, noteQuestion } from '../../src/ledger/devices/sources.ts'
import type { ArgsOf } from '../../src/ledger/operations.ts'
import { isoTime } from '../../src/message/result.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import { Ledger, minute, noFilter } from '../support/ledger.ts'
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
  while (ledger.run('dueDeliveries', { now: ledger.now, flying: [] }).more);
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

describe('what a message says, once it is redacted,', () => {
  /** A command that a device answers with its second text; each says something else. */
  function told() {
    const ledger = new Ledger()
    addHook(ledger, 'one')
    const id = ledger.command({ text: 'apple', segments: ['apple'], args: { word: 'plum' }, value: 'quince' as never })
    const seq = ledger.write()
    ledger.sent(seq, 7)
    const hears = (messageId: string, text: string, over: Partial<ArgsOf<'settleText'>>) => {
      ledger.run('settleText', { ...heardFrom(ledger, messageId, text), ...over })
      const dialect = JSON.stringify({ datetime: '', number: '+4915112345602', text })
      ledger.run('emit', [{ kind: 'dialect', subject: 'sms2mqtt/received', data: dialect }])
      const body = Buffer.from(JSON.stringify({ id: messageId, text }))
      ledger.engine.run('INSERT INTO session_body (topic, payload) VALUES (?, ?)', 'sms/received', body)
    }
    hears('in_1', 'pear', { heard: { text: 'pear', hint: 'none' }, unknown: true, raws: [ledger.filed()] })
    ledger.pass(1)
    const reply = { text: 'fig', parsed: { word: 'grape' }, matched_by: 'pattern' } as const
    const settlement = { seq, verdict: 'accepted', ok: true, reason: null, reply, waitMs: 0, learned: {} } as const
    const event = { type: 'alarm', level: null, values: { word: 'melon' }, same: 'alarm', repeatsMs: 0, ends: null }
    const proof = { trust: 'number', unverified: false, isPartial: false } as const
    hears('in_10', 'fig', { settlements: [settlement], events: [{ id: 'e', ...event, ...proof }] })
    const owed = Buffer.from(JSON.stringify({ command_id: id, args: { word: 'plum' }, reply }))
    ledger.engine.run('INSERT INTO session_body (topic, payload) VALUES (?, ?)', 'gate/result', owed)
    while (ledger.run('dueDeliveries', { now: ledger.now, flying: [] }).more);
    return { ledger, id }
  }

  const heardFrom = (ledger: Ledger, messageId: string, text: string): ArgsOf<'settleText'> => {
    const from = { device: 'gate', gateway: 'home', text, trust: 'number' } as const
    return {
      raws: [],
      assembly: null,
      stamp: { scts: null, receivedAt: ledger.now },
      centre: null,
      now: ledger.now,
      incoming: {
        messageId,
        sender: '+4915112345602',
        ...from,
        document: {
          id: messageId,
          from: '+4915112345602',
          ...from,
          parts: 2,
          received_at: isoTime(ledger.now),
        } as never,
      },
      state: null,
      carrier: null,
      isStranger: false,
      unknown: false,
      heard: null,
      settlements: [],
      learned: {},
      cancels: [],
      window: null,
      events: [],
      delayed: false,
      route: null,
      question: null,
      contradicts: false,
    }
  }

  const redact = (ledger: Ledger, id: string) => ledger.run('redact', { id })
  const places = (ledger: Ledger, ...words: string[]) => words.map((word) => placesOf(ledger, word).length > 0)

  test('is in no column of any table any more, and other messages keep theirs', () => {
    const { ledger, id } = told()
    expect(placesOf(ledger, 'pear')).toEqual(
      expect.arrayContaining([
        'incoming.text',
        'raw.document',
        'submission.heard',
        'event.data',
        'session_body.payload',
      ]),
    )
    expect(placesOf(ledger, 'fig')).toEqual(expect.arrayContaining(['webhook_delivery.body', 'submission.reply']))
    const before = ledger.row(id)
    expect(redact(ledger, 'in_1')).toEqual({ unfinished: null })
    expect(places(ledger, 'pear', 'fig', 'melon', 'apple', 'plum')).toEqual([false, true, true, true, true])
    redact(ledger, 'in_10')
    expect(places(ledger, 'fig', 'grape', 'melon', 'apple', 'plum')).toEqual([false, false, false, true, true])
    redact(ledger, id)
    expect(places(ledger, 'apple', 'plum', 'quince')).toEqual([false, false, false])
    const none = { text: null, value: null, args: null, reply: null, heard: null, spec: null }
    expect(ledger.row(id)).toEqual({ ...before, ...none })
    expect(before).toMatchObject({ status: 'replied', replied_at: ledger.now })
  })

  test('is null in every list, which have the rest', () => {
    const { ledger } = told()
    const list = () => ledger.read('messages', { filter: noFilter, limit: 10, place: null }).entries
    const before = list()
    redact(ledger, 'in_10')
    expect(list()).toEqual(before.map((one) => (one.id === 'in_10' ? { ...one, text: null } : one)))
    expect(list().find(({ id }) => id === 'in_10')).toMatchObject({ text: null, parts: 2, device: 'gate' })
    const query = { sight: seesAll, limit: 10, place: null }
    expect(ledger.read('conversations', query).entries).toMatchObject([{ device: 'gate', last: { text: null } }])
    const filter = { ...noFilter, search: 'fig' }
    expect(ledger.read('messages', { filter, limit: 10, place: null }).entries).toEqual([])
  })

  test('takes nothing of another message that says the same, or of one that is empty', () => {
    const ledger = new Ledger()
    for (const [id, text] of [
      ['in_1', 'OK'],
      ['in_11', 'OK'],
      ['in_2', ''],
    ] as const) {
      ledger.pass(1)
      ledger.run('settleText', heardFrom(ledger, id, text))
    }
    redact(ledger, 'in_1')
    redact(ledger, 'in_1')
    const texts = ledger.read('messages', { filter: noFilter, limit: 10, place: null }).entries.map(({ text }) => text)
    expect(texts).toEqual(['', 'OK', null])
    expect(ledger.count('event', "kind = 'received'")).toBe(2)
    redact(ledger, 'in_2')
    expect(ledger.read('message', { id: 'in_2', sight: seesAll })?.text).toBeNull()
    expect(ledger.count('event', "kind = 'received'")).toBe(1)
  })

  test('is not named by a search for its profile that ends later', () => {
    const ledger = new Ledger()
    const raws = [ledger.filed()]
    ledger.run('settleText', { ...heardFrom(ledger, 'in_1', 'pear'), unknown: true, raws })
    redact(ledger, 'in_1')
    ledger.run('nameUnknown', { raws, data: { message_id: 'in_1', device: 'gate', text: 'pear' } })
    expect(placesOf(ledger, 'pear')).toEqual([])
  })
})
