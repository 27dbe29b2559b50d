import { expect } from '@jest/globals'
import type { ArgsOf } from '../../../src/ledger/operations.ts'
import { mostUnread } from '../../../src/ledger/read-marks.ts'
import { receive } from '../../support/incoming.ts'
import { day, hour, type Ledger, minute } from '../../support/ledger.ts'
import type { Rules } from './rule.ts'

const raw = { gateway: 'home', account: 'sim', source: 'direct', form: 'tpdu', body: '0791' } as const
const file = (ledger: Ledger, over: Partial<ArgsOf<'file'>> = {}) =>
  ledger.run('file', { raw, hash: 'h', stamped: true, now: ledger.now, ...over })
const filedIds = (ledger: Ledger) => ledger.run('filed', { limit: 9 }).map(({ id }) => id)
const rawRow = (ledger: Ledger, id: number) =>
  ledger.engine.one('SELECT state, pdu, document FROM raw WHERE id = ?', id)
const stamp = { scts: null, receivedAt: 0 } as unknown as ArgsOf<'openCommands'>['stamp']

const report = (ledger: Ledger) => ({
  account: 'home',
  matching: 'tp_mr' as const,
  reference: '7',
  recipient: '4915112345601',
  scts: ledger.now,
  centre: null,
  receivedAt: ledger.now,
  status: 0,
  outcome: 'delivered' as const,
  meaning: 'delivered',
})

/** Segment of a text of two. */
const part = (ledger: Ledger, n: number, over: Partial<ArgsOf<'assemble'>> = {}): ArgsOf<'assemble'> => {
  const id = ledger.filed()
  const content = JSON.stringify({ text: `part ${n}`, scts: ledger.now })
  const key = 'sim 49151 8:1 2'
  return { raw: id, key, sender: '49151', part: n, total: 2, scts: ledger.now, content, now: ledger.now, ...over }
}

/** As the overview has it, with texts of people or without. */
const unreadOf = (ledger: Ledger, people = true) =>
  ledger
    .read('conversations', { sight: { devices: null, people }, limit: 9, place: null })
    .entries.map(({ device, number, unread }) => [device ?? number, unread])
    .sort()
const caller = '+4915112345602'

function call(ledger: Ledger, device: string | null = 'gate', since = 0): void {
  const event = {
    type: 'call',
    id: 'evt_1',
    level: null,
    values: {},
    same: 'call {}',
    repeatsMs: 0,
    ends: null,
    trust: 'number',
    unverified: false,
    isPartial: false,
  } as const
  const effects = {
    state: null,
    settlements: [],
    learned: {},
    cancels: [],
    window: null,
    events: [event],
    delayed: false,
    route: null,
    question: null,
    contradicts: false,
  }
  const of = device === null ? null : { device, effects }
  ledger.run('settleCall', { gateway: 'home', from: device && caller, at: ledger.now, of, since })
}

export const inboxRules = {
  readAgain: {
    'gives each value the time of its text, so that a newer one stays, and neither an event nor a sign of life': (
      ledger,
    ) => {
      const kept = (id: string) =>
        ledger.engine.run(
          `INSERT INTO incoming (message_id, device, sender, gateway, text, document, received_at, trust)
           VALUES (?, 'gate', '49151', 'home', 'x', ?, ?, 'number')`,
          id,
          JSON.stringify({ id, parsed: false }),
          ledger.now,
        )
      const read = (ids: readonly string[], at: number, values: object) =>
        ledger.run('readAgain', {
          device: 'gate',
          fields: [],
          now: ledger.now,
          texts: ids.map((id) => ({ id, message: 'm', reading: null, values: values as never, at, receivedAt: at })),
        })
      const [early, late] = [ledger.now, ledger.now + hour]
      ledger.now = late + hour
      for (const id of ['a', 'b']) kept(id)
      file(ledger)
      ledger.engine.run(
        `UPDATE raw SET state = 'quarantined', document = ? WHERE id = 1`,
        JSON.stringify({ message_id: 'a', device: 'gate' }),
      )
      expect(read(['b'], late, { battery: 50 })).toEqual({ read: 1 })
      expect(read(['a', 'gone'], early, { battery: 90, speed: 3 })).toEqual({ read: 1 })
      expect(ledger.run('deviceState', { device: 'gate' })).toMatchObject({ battery: 50, speed: 3 })
      expect(ledger.engine.one(`SELECT last_seen FROM device WHERE id = 'gate'`)).toEqual({ last_seen: late })
      expect(rawRow(ledger, 1)).toMatchObject({ state: 'done', document: null })
      expect(ledger.published('bridge/event')).toEqual([])
    },
  },
  file: {
    'keeps a message whole; the same once more is counted and goes no further': (ledger) => {
      expect([file(ledger), file(ledger)].map(({ duplicate }) => duplicate)).toEqual([false, true])
      expect(filedIds(ledger)).toHaveLength(1)
      expect(ledger.run('counts', undefined).copies).toBe(1)
    },
  },
  noteDeleted: {
    'what lies in an emptied slot later is another message, though it says the same': (ledger) => {
      const listed = { raw: { ...raw, source: 'listed' as const, slot: 'SM:1' }, stamped: false }
      file(ledger, listed)
      ledger.now += hour
      ledger.run('noteDeleted', { gateway: 'home', slot: 'SM:1' })
      expect(file(ledger, listed).duplicate).toBe(false)
      ledger.now += hour
      expect(file(ledger, listed).duplicate).toBe(true)
    },
  },
  filed: {
    'answers what nobody has looked into, the oldest first, no more than asked for': (ledger) => {
      for (const hash of ['a', 'b', 'c']) file(ledger, { hash })
      ledger.run('quarantine', { raw: 1, reason: 'x', data: {} })
      expect(ledger.run('filed', { limit: 1 })).toMatchObject([{ id: 2, body: raw.body }])
      expect(filedIds(ledger)).toEqual([2, 3])
    },
  },
  settleReport: {
    'belongs to the segment whose reference it names, and ends its submission': (ledger) => {
      const id = ledger.queue()
      ledger.sent(ledger.write(), 7)
      file(ledger)
      expect(ledger.run('settleReport', { raw: 1, report: report(ledger), now: ledger.now })).toEqual({ matched: true })
      expect(ledger.row(id)).toMatchObject({ status: 'delivered', final: 1 })
      expect(rawRow(ledger, 1)).toMatchObject({ state: 'done', pdu: null })
    },
    'waits where nobody knows the reference': (ledger) => {
      file(ledger)
      expect(ledger.run('settleReport', { raw: 1, report: report(ledger), now: ledger.now })).toEqual({
        matched: false,
      })
      expect(rawRow(ledger, 1)).toMatchObject({ state: 'report' })
    },
  },
  quarantine: {
    'keeps what can’t be read whole with the reason, tells it, and holds up nothing': (ledger) => {
      file(ledger)
      ledger.run('quarantine', { raw: 1, reason: 'no TPDU', data: { gateway: 'home' } })
      expect(rawRow(ledger, 1)).toEqual({ state: 'quarantined', pdu: raw.body, document: 'no TPDU' })
      expect(filedIds(ledger)).toEqual([])
      expect(ledger.published('bridge/event')).toEqual([{ type: 'undecodable', data: { gateway: 'home' } }])
    },
  },
  nameUnknown: {
    'tells of a text that nobody can read, and keeps it without its PDU where it is of a device': (ledger) => {
      file(ledger)
      const data = { device: 'gate', text: 'what' }
      ledger.run('nameUnknown', { raws: [1], data })
      expect(rawRow(ledger, 1)).toEqual({ state: 'quarantined', pdu: null, document: JSON.stringify(data) })
      expect(ledger.published('bridge/event')).toEqual([{ type: 'unknown_text', data }])
    },
    'keeps nothing of what is of nobody': (ledger) => {
      file(ledger)
      ledger.run('nameUnknown', { raws: [1], data: { device: null } })
      expect(rawRow(ledger, 1)).toMatchObject({ state: 'filed' })
    },
  },
  orphanedReports: {
    'gives up reports that waited too long, each once, and no other': (ledger) => {
      ledger.report(7)
      ledger.now += hour
      ledger.report(8)
      const given = () => ledger.run('orphanedReports', { before: ledger.now }).map(({ reference }) => reference)
      expect([given(), given()]).toEqual([['7'], []])
      expect(ledger.count('raw', `state = 'report'`)).toBe(1)
    },
  },
  assemble: {
    'a text is whole with its last segment, in whatever order they come': (ledger) => {
      expect(ledger.run('assemble', part(ledger, 2)).complete).toBeNull()
      const { complete } = ledger.run('assemble', part(ledger, 1))
      expect(complete?.parts.map(({ part: n }) => n)).toEqual([1, 2])
    },
    'the same segment once more is a copy': (ledger) => {
      ledger.run('assemble', part(ledger, 1))
      expect(ledger.run('assemble', part(ledger, 1))).toMatchObject({ complete: null, copy: true })
    },
  },
  staleAssemblies: {
    'knows the sets that have waited too long since their newest segment': (ledger) => {
      ledger.run('assemble', part(ledger, 1))
      const stale = (before: number) => ledger.run('staleAssemblies', { before }).map(({ parts }) => parts.length)
      expect([stale(ledger.now), stale(ledger.now + 1)]).toEqual([[], [1]])
    },
  },
  openCommands: {
    'knows the unanswered command of a device, and those that ended within a day and may still be answered': (
      ledger,
    ) => {
      const spec = { command: 'open' } as never
      const ended = ledger.command({ spec, safe: true })
      ledger.sent(ledger.write(), 1)
      ledger.pass(10 * minute)
      const running = ledger.command({ spec, safe: true })
      ledger.write()
      const open = () =>
        ledger
          .run('openCommands', { device: 'gate', stamp, centre: null, now: ledger.now })
          .commands.map(({ commandId, final }) => [commandId, final])
      expect(open()).toEqual([
        [running, false],
        [ended, true],
      ])
      ledger.now += day
      expect(open()).toEqual([[running, false]])
    },
    'knows what was sent last, however much was asked for since, for later or at once': (ledger) => {
      const command = { spec: { command: 'open' } as never, safe: true }
      const ids = [hour, minute].map((ms) => ledger.command({ ...command, sendAt: ledger.now + ms }))
      for (let i = 0; i < 30; i++) ledger.command({ ...command, sendAt: ledger.now + day })
      for (let i = 0; i < 2; i++) {
        ledger.pass(i === 0 ? minute : hour - minute)
        ledger.sent(ledger.write(), i)
        ledger.pass(10 * minute)
      }
      for (let i = 0; i < 20; i++) ledger.command(command)
      const { commands } = ledger.run('openCommands', { device: 'gate', stamp, centre: null, now: ledger.now })
      expect(commands.map(({ commandId }) => commandId)).toEqual(ids)
    },
    'knows those that share a text in its order, whichever was asked for first': (ledger) => {
      const joins = { head: '', body: 'A', tail: '', separator: ' ', max: null, maxLength: null }
      const last = ledger.command({ joins, sendAt: ledger.now + minute })
      const [first, second] = [ledger.command({ joins }), ledger.command({ joins })]
      ledger.pass(minute)
      ledger.write()
      const { commands } = ledger.run('openCommands', { device: 'gate', stamp, centre: null, now: ledger.now })
      expect(commands.map(({ commandId }) => commandId)).toEqual([first, second, last])
    },
    'knows none of a number that is no device': (ledger) => {
      ledger.queue()
      ledger.write()
      const { commands, trust } = ledger.run('openCommands', { device: null, stamp, centre: null, now: ledger.now })
      expect([commands, trust]).toEqual([[], null])
    },
  },
  settleText: {
    'an answer ends its command, and its raw message keeps its hash only': (ledger) => {
      const id = ledger.command()
      ledger.reply(ledger.write())
      expect(ledger.row(id)).toMatchObject({ status: 'replied', final: 1, ok: 1 })
      expect(ledger.count('incoming')).toBe(1)
    },
    'the first of several texts is success where nothing more comes, unless its wording is unproven': (ledger) => {
      const [proven, guessed] = [true, null].map((ok) => {
        const id = ledger.command()
        const seq = ledger.write()
        ledger.sent(seq, 7)
        ledger.reply(seq, 'partial', { ok })
        ledger.pass(10 * minute)
        return ledger.row(id)
      })
      expect(proven).toMatchObject({ status: 'replied', reason: 'incomplete', ok: 1, unproven: 0 })
      expect(guessed).toMatchObject({ status: 'replied', reason: 'incomplete', ok: null, unproven: 1 })
      expect(ledger.published('gate/result').at(-1)).toMatchObject({ ok: null, unproven: true, final: true })
    },
    'an answer that may be another command’s proves nothing': (ledger) => {
      const id = ledger.command()
      ledger.reply(ledger.write(), 'mismatch')
      expect(ledger.row(id)).toMatchObject({ final: 0, ok: null, reason: 'reply_mismatch', reply: null })
    },
  },
  markRead: {
    'texts up to one are read, in both sights of a device, and never unread again': (ledger) => {
      const [first, second] = [receive(ledger, { device: 'gate' }), receive(ledger, { device: 'gate' })]
      expect(unreadOf(ledger)).toEqual([['gate', 2]])
      expect(ledger.run('markRead', { keys: ['d:gate'], until: first })).toBe(true)
      expect([unreadOf(ledger), unreadOf(ledger, false)]).toEqual([[['gate', 1]], [['gate', 1]]])
      ledger.run('markRead', { keys: ['d:gate'], until: null })
      ledger.run('markRead', { keys: ['d:gate'], until: first })
      expect([unreadOf(ledger), unreadOf(ledger, false)]).toEqual([[['gate', 0]], [['gate', 0]]])
      expect(ledger.run('markRead', { keys: ['d:gate'], until: second })).toBe(true)
      ledger.command()
      expect(unreadOf(ledger)).toEqual([['gate', 0]])
      receive(ledger, { device: 'gate' })
      expect(unreadOf(ledger)).toEqual([['gate', 1]])
    },
    'others hear of it once, as far as it went, and nothing of what was read before': (ledger) => {
      const [first] = [receive(ledger, { device: 'gate' }), receive(ledger, { device: 'gate' })]
      receive(ledger, { sender: '+491' })

      for (const until of [first, first]) ledger.run('markRead', { keys: ['d:gate'], until })
      for (const until of [null, null, first]) ledger.run('markRead', { keys: ['d:gate', 'n:+491'], until })
      const type = 'conversation_read'
      expect(ledger.published('bridge/event')).toEqual([
        { type, data: { device: 'gate', number: null, unread: 1 } },
        { type, data: { device: 'gate', number: null, unread: 0 } },
        { type, data: { device: null, number: '+491', unread: 0 } },
      ])
    },
    'those of several numbers as far as each goes, and nothing by a text of another conversation': (ledger) => {
      receive(ledger, { sender: '+491' })
      const last = receive(ledger, { sender: '+492' })
      const other = receive(ledger, { sender: '+493' })
      receive(ledger, { sender: '+491' })
      const keys = ['n:+491', 'n:+492']
      for (const until of [other, 'nothing'])
        expect([ledger.run('markRead', { keys, until }), ledger.read('unread', { keys })]).toEqual([false, 3])
      expect(ledger.run('markRead', { keys, until: last })).toBe(true)
      expect(unreadOf(ledger)).toEqual([
        ['+491', 1],
        ['+492', 0],
        ['+493', 1],
      ])
    },
    'a text that gets the number of an erased one is unread': (ledger) => {
      receive(ledger, { sender: '+491' })
      receive(ledger, { sender: '+491', text: 'of +492' })
      ledger.run('markRead', { keys: ['n:+491'], until: null })
      ledger.run('erase', { device: null, numbers: ['+492'], address: null, fields: null, now: ledger.now })
      expect(unreadOf(ledger)).toEqual([['+491', 0]])
      receive(ledger, { sender: '+491' })
      expect(unreadOf(ledger)).toEqual([['+491', 1]])
    },
    'more of a conversation, or of several, than anybody counts are not counted': (ledger) => {
      for (let i = 0; i < mostUnread + 5; i++) receive(ledger, { device: `d${i % 2}` })
      const keys = ['d:d0', 'd:d1']
      expect(ledger.read('unread', { keys })).toBe(mostUnread)
      for (let i = 0; i < mostUnread; i++) receive(ledger, { device: 'd0' })
      expect(unreadOf(ledger)[0]).toEqual(['d0', mostUnread])
      ledger.run('markRead', { keys, until: null })
      expect(ledger.read('unread', { keys })).toBe(0)
    },
  },
  settleCall: {
    'a call is an event of its gateway, and of its device': (ledger) => {
      call(ledger, null)
      call(ledger)
      expect(ledger.published('gateway/home/event')).toMatchObject([{ device: null }, { from: caller, device: 'gate' }])
      expect(ledger.published('gate/event')).toMatchObject([{ event_type: 'call', message_id: null, trust: 'number' }])
    },
    'one that rings on over a restart is one, and a later one another': (ledger) => {
      call(ledger)
      ledger.pass(20_000)
      call(ledger, 'gate', ledger.now - 5_000)
      expect(ledger.published('gate/event')).toHaveLength(1)
      ledger.pass(20_000)
      call(ledger)
      expect(ledger.published('gate/event')).toHaveLength(2)
      ledger.pass(2 * minute)
      call(ledger, 'gate', ledger.now - 5_000)
      expect(ledger.published('gate/event')).toHaveLength(3)
    },
  },
} satisfies Rules
