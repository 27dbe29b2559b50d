import { expect } from '@jest/globals'
import { isoTime } from '../../../src/message/result.ts'
import { day, hour, type Ledger, minute } from '../../support/ledger.ts'
import {
  addHook,
  deliveriesOf,
  devicesOf,
  dies,
  dueOf,
  fail,
  happens,
  hookOf,
  online,
  plainSettings,
  settle,
} from '../../support/webhook-ledger.ts'
import type { Rules } from './rule.ts'

const change = (ledger: Ledger, settings: object, enabled?: boolean) =>
  ledger.run('changeWebhook', { id: 'one', settings, now: ledger.now, ...(enabled !== undefined && { enabled }) })
const outlets = (ledger: Ledger) =>
  ledger.engine.all<{ name: string }>('SELECT name FROM outlet').map(({ name }) => name)
const noticesOf = (ledger: Ledger) => ledger.published('bridge/event').filter(({ type }) => type === 'webhook_failing')

export const webhookRules = {
  addWebhook: {
    'events wait for webhooks from the first one on, and no earlier': (ledger) => {
      happens(ledger, 'before')
      addHook(ledger)
      happens(ledger, 'after')
      expect(devicesOf(dueOf(ledger))).toEqual(['after'])
    },
    'gets nothing of what was committed before it, be it that others have not got it yet either': (ledger) => {
      addHook(ledger)
      happens(ledger, 'before')
      addHook(ledger, 'other')
      expect(dueOf(ledger).map(({ webhook }) => webhook)).toEqual(['one'])
    },
    'an id is used once': (ledger) => {
      addHook(ledger)
      expect(() => addHook(ledger)).toThrow('there is a webhook "one" already')
    },
    'their number is bounded': (ledger) => {
      for (let i = 0; i < 32; i++) addHook(ledger, `hook${i}`)
      expect(() => addHook(ledger)).toThrow('there are 32 webhooks already, the most that a hub has: remove one')
    },
    'does not show its secret': (ledger) => {
      expect(JSON.stringify(addHook(ledger))).not.toContain('whsec')
    },
    'a start of the hub leaves their place in the list of events alone': (ledger) => {
      addHook(ledger)
      happens(ledger, 'gate')
      ledger.run('openOutlets', { names: ['mqtt'] })
      expect(devicesOf(dueOf(ledger))).toEqual(['gate'])
    },
  },
  changeWebhook: {
    'changes what is given, and nothing else': (ledger) => {
      addHook(ledger, 'one', { types: ['device.*'], description: 'for the panel' })
      const changed = change(ledger, { url: 'https://example.org/other', ordered: true })
      expect(changed).toMatchObject({
        url: 'https://example.org/other',
        ordered: true,
        types: ['device.*'],
        description: 'for the panel',
      })
      expect(change(ledger, { types: null })).toMatchObject({ types: null })
    },
    'one that is disabled gets nothing: what waits is given up and can be replayed, and what comes is for the others': (
      ledger,
    ) => {
      addHook(ledger)
      addHook(ledger, 'other')
      happens(ledger, 'a')
      dueOf(ledger)
      expect(change(ledger, {}, false)).toMatchObject({ enabled: false, reason: 'by request', waiting: 0, dead: 1 })
      happens(ledger, 'b')
      expect(dueOf(ledger).map(({ webhook }) => webhook)).toEqual(['other', 'other'])
      change(ledger, {}, true)
      expect(ledger.run('replayDeliveries', { webhook: 'one', since: 0, until: ledger.now + 1, now: ledger.now })).toBe(
        1,
      )
      expect(devicesOf(dueOf(ledger).filter(({ webhook }) => webhook === 'one'))).toEqual(['a'])
    },
    'what was committed before is delivered as it was then, in all pages': (ledger) => {
      addHook(ledger, 'one', { types: ['device.*'] })
      happens(ledger, ...Array.from({ length: 250 }, (_, i) => `d${i}`))
      change(ledger, { types: ['gateway.*'] })
      happens(ledger, 'late')
      dueOf(ledger)
      expect(hookOf(ledger).waiting).toBe(250)
    },
    'disabled before they became deliveries, events are given up, too: none is lost': (ledger) => {
      addHook(ledger)
      happens(ledger, 'a')
      expect(change(ledger, {}, false)).toMatchObject({ waiting: 0, dead: 1 })
    },
    'without an enabled one, events wait for none': (ledger) => {
      addHook(ledger)
      change(ledger, {}, false)
      expect(outlets(ledger)).toEqual(['mqtt'])
      change(ledger, {}, true)
      expect(outlets(ledger).sort()).toEqual(['mqtt', 'webhooks'])
    },
    'of one that was changed since it was seen changes nothing; what its calls come to is no change': (ledger) => {
      const seen = addHook(ledger)
      happens(ledger, 'gate')
      dueOf(ledger)
      const once = { id: 'one', settings: { description: 'seen' }, seen, now: ledger.now }
      expect(ledger.run('changeWebhook', once)).toMatchObject({ description: 'seen', waiting: 1 })
      expect(() => ledger.run('changeWebhook', { ...once, settings: { description: 'late' } })).toThrow(
        'webhook one was changed meanwhile',
      )
      expect(change(ledger, {})).toMatchObject({ description: 'seen' })
    },
    'of one that is not known names those that are': (ledger) => {
      addHook(ledger, 'other')
      expect(() => change(ledger, {})).toThrow('there is no webhook "one"; there is other')
    },
  },
  rotateWebhook: {
    'both secrets sign for a day': (ledger) => {
      addHook(ledger)
      happens(ledger, 'gate')
      const rotated = ledger.run('rotateWebhook', { id: 'one', secret: 'whsec_new', now: ledger.now })
      expect(rotated.rotatingUntil).toBe(new Date(ledger.now + day).toISOString())
      expect(dueOf(ledger)[0]?.secrets).toEqual(['whsec_new', 'whsec_one'])
      ledger.now += day
      expect(dueOf(ledger)[0]?.secrets).toEqual(['whsec_new'])
      expect(hookOf(ledger).rotatingUntil).toBeNull()
    },
  },
  removeWebhook: {
    'leaves nothing of it, and nothing waits for webhooks after the last one': (ledger) => {
      addHook(ledger)
      happens(ledger, 'gate')
      dueOf(ledger)
      happens(ledger, 'gate')
      ledger.run('removeWebhook', { id: 'one' })
      expect([ledger.count('webhook'), ledger.count('webhook_delivery')]).toEqual([0, 0])
      expect([outlets(ledger), ledger.count('event_waiting', `outlet = 'webhooks'`)]).toEqual([['mqtt'], 0])
      expect(() => ledger.run('removeWebhook', { id: 'one' })).toThrow('there is no webhook "one"; there is none')
    },
    'the others keep theirs': (ledger) => {
      addHook(ledger)
      addHook(ledger, 'other')
      happens(ledger, 'gate')
      dueOf(ledger)
      ledger.run('removeWebhook', { id: 'one' })
      expect(dueOf(ledger).map(({ webhook }) => webhook)).toEqual(['other'])
    },
  },
  webhookTarget: {
    'is where a test goes, and what signs it; a disabled one has it, too': (ledger) => {
      addHook(ledger)
      change(ledger, {}, false)
      expect(ledger.run('webhookTarget', { id: 'one', now: ledger.now })).toEqual({
        url: plainSettings.url,
        secrets: ['whsec_one'],
      })
    },
  },
  dueDeliveries: {
    'an event is delivered to each webhook that selects it, under one id, and then waits no more': (ledger) => {
      addHook(ledger)
      addHook(ledger, 'typed', { types: ['device.*'] })
      addHook(ledger, 'other', { types: ['message.received', 'gateway.*'] })
      addHook(ledger, 'shed', { devices: ['shed'] })
      happens(ledger, 'gate', 'shed')
      const due = dueOf(ledger)
      expect(due.map(({ webhook }) => webhook)).toEqual(['one', 'one', 'shed', 'typed', 'typed'])
      expect(new Set(due.map(({ id }) => id)).size).toBe(2)
      expect(ledger.count('event_waiting', `outlet = 'webhooks'`)).toBe(0)
      expect(ledger.count('event')).toBe(2)
    },
    'one that cannot be read is parked with the reason, and blocks nothing behind it': (ledger) => {
      addHook(ledger)
      happens(ledger, 'broken', 'gate')
      ledger.engine.run(`UPDATE event SET data = '{' WHERE subject = 'broken'`)
      expect(devicesOf(dueOf(ledger))).toEqual(['gate'])
      expect(ledger.engine.all('SELECT outlet, reason FROM event_parked')).toEqual([
        { outlet: 'webhooks', reason: expect.stringContaining('JSON') },
      ])
      expect(ledger.count('event_waiting', `outlet = 'webhooks'`)).toBe(0)
    },
    'waits for a hub that was stopped, however short the log of events is, and for a receiver': (ledger) => {
      addHook(ledger)
      happens(ledger, 'gate')
      const prune = () => {
        ledger.now += 40 * day
        ledger.engine.run(`UPDATE sqlite_sequence SET seq = seq + 200000 WHERE name = 'event'`)
        happens(ledger, 'later')
        while (ledger.run('prune', { now: ledger.now, before: ledger.now, rawBefore: ledger.now, limit: 500 }));
      }
      prune()
      const [gate, later] = dueOf(ledger)
      expect(devicesOf([gate, later].filter((one) => one !== undefined))).toEqual(['gate', 'later'])
      if (gate !== undefined) fail(ledger, gate)
      prune()
      expect(dueOf(ledger)).toContainEqual({ ...gate, attempts: 1 })
    },
    'an event is called the same again by a store that is a backup from before its deliveries': (ledger) => {
      addHook(ledger)
      happens(ledger, 'gate')
      const backup = ledger.engine.all<{ seq: number }>(`SELECT seq FROM event_waiting WHERE outlet = 'webhooks'`)
      const [first] = dueOf(ledger)
      ledger.engine.run('DELETE FROM webhook_delivery')
      ledger.now += day
      for (const { seq } of backup)
        ledger.engine.run(`INSERT INTO event_waiting (outlet, seq) VALUES ('webhooks', ?)`, seq)
      expect(dueOf(ledger)).toMatchObject([{ id: first?.id, body: first?.body }])
    },
    'its body is of Standard Webhooks: type, time of the event, data': (ledger) => {
      addHook(ledger)
      happens(ledger, 'gate')
      const [{ body = '' } = {}] = dueOf(ledger)
      const seq = ledger.run('waitingEvents', { outlet: 'mqtt', known: [], limit: 1 })[0]?.seq
      expect(JSON.parse(body)).toEqual({
        type: 'device.online',
        timestamp: new Date(ledger.now).toISOString(),
        data: { device: 'gate', seq },
      })
    },
    'what is not for programs makes no delivery': (ledger) => {
      addHook(ledger)
      ledger.run('emit', [{ kind: 'dialect', subject: 'x', data: 'y' }])
      expect(dueOf(ledger)).toEqual([])
      expect(ledger.count('event_waiting', `outlet = 'webhooks'`)).toBe(0)
    },
    'a thin one names the event only, and so does one that would be too long': (ledger) => {
      const received = (text: string) =>
        ({ kind: 'hub_event', subject: '', data: { type: 'unknown_text', data: { device: 'gate', text } } }) as const
      addHook(ledger, 'thin', { thin: true })
      addHook(ledger, 'full')
      ledger.run('emit', [received('secret words'), received('x'.repeat(20_000))])
      const [fullOne, fullLong, thinOne] = dueOf(ledger).map(({ body }) => JSON.parse(body).data)
      expect([fullOne.text, fullLong.truncated, fullLong.text]).toEqual(['secret words', true, undefined])
      expect(thinOne).toEqual({ device: 'gate', seq: expect.any(Number) })
    },
    'four of a webhook are in flight, whatever the others have': (ledger) => {
      addHook(ledger)
      addHook(ledger, 'other')
      happens(ledger, ...'abcdef')
      const first = dueOf(ledger)
      expect(devicesOf(first)).toEqual([...'abcdabcd'])
      expect(dueOf(ledger, first)).toEqual([])
      const [ended, ...flying] = first
      if (ended !== undefined) settle(ledger, ended)
      const next = dueOf(ledger, flying)
      expect([devicesOf(next), next[0]?.webhook]).toEqual([['e'], 'one'])
    },
    'in order, one is in flight, and a failure holds the rest': (ledger) => {
      addHook(ledger, 'one', { ordered: true })
      happens(ledger, ...'abc')
      const [a, ...rest] = dueOf(ledger)
      expect(rest).toEqual([])
      if (a === undefined) throw new Error('nothing is due')
      expect(dueOf(ledger, [a])).toEqual([])
      fail(ledger, a)
      expect(dueOf(ledger)).toEqual([])
      ledger.now += minute
      expect(devicesOf(dueOf(ledger))).toEqual(['a'])
      settle(ledger, a)
      expect(devicesOf(dueOf(ledger))).toEqual(['b'])
    },
    'without order, a failure holds nothing': (ledger) => {
      addHook(ledger)
      happens(ledger, ...'ab')
      const [a] = dueOf(ledger)
      if (a !== undefined) fail(ledger, a)
      expect(devicesOf(dueOf(ledger))).toEqual(['b'])
    },
    'answers when the next one is due': (ledger) => {
      addHook(ledger)
      happens(ledger, 'a')
      for (const one of dueOf(ledger)) fail(ledger, one)
      const { due, next, isOpen } = ledger.run('dueDeliveries', { now: ledger.now, flying: [] })
      expect({ due, next, isOpen }).toEqual({ due: [], next: ledger.now + minute, isOpen: true })
    },
    'a clock that is set moves what waits with it, and no delivery waits for what a wrong clock has set': (ledger) => {
      addHook(ledger)
      happens(ledger, 'a')
      const [a] = dueOf(ledger)
      if (a === undefined) throw new Error('one is due')
      // A run that begins with a clock that is ten hours ahead.
      ledger.now += 10 * hour
      const since = ledger.now
      fail(ledger, a, { heldUntil: ledger.now + minute })
      happens(ledger, 'b')
      dueOf(ledger, [a])
      ledger.now -= 10 * hour
      ledger.run('rebase', { delta: -10 * hour, epoch: ledger.owner.epoch, since })
      expect(dueOf(ledger)).toEqual([])
      ledger.now += minute
      // One at a time, as it has asked for fewer calls.
      expect(devicesOf(dueOf(ledger))).toEqual(['b'])
      ledger.engine.run('UPDATE webhook SET held_until = ?', ledger.now + 400 * day)
      ledger.engine.run('UPDATE webhook_delivery SET due = ?', ledger.now + 400 * day)
      expect(devicesOf(dueOf(ledger))).toEqual(['a'])
    },
    'without a webhook, asks for nothing': (ledger) => {
      happens(ledger, 'a')
      expect(ledger.run('dueDeliveries', { now: ledger.now, flying: [] })).toEqual({
        due: [],
        next: null,
        isOpen: false,
        more: false,
      })
    },
    'takes a hundred events at once, in their order, and reports that there are more': (ledger) => {
      addHook(ledger, 'one', { ordered: true })
      happens(ledger, ...Array.from({ length: 150 }, (_, i) => `d${i}`))
      const ask = () => ledger.run('dueDeliveries', { now: ledger.now, flying: [] }).more
      expect([ask(), ask()]).toEqual([true, false])
      const rows = ledger.engine.all<{ device: string }>('SELECT device FROM webhook_delivery ORDER BY seq')
      expect(rows.map(({ device }) => device)).toEqual(Array.from({ length: 150 }, (_, i) => `d${i}`))
      expect(
        new Set(ledger.engine.all<{ name: string }>('SELECT name FROM webhook_delivery').map((one) => one.name)).size,
      ).toBe(150)
    },
    'of one that takes nothing so many wait, and no more: the others are given up at once, and can be replayed': (
      ledger,
    ) => {
      addHook(ledger)
      for (let i = 0; i < 101; i++) {
        ledger.run(
          'emit',
          Array.from({ length: 100 }, () => online('gate')),
        )
        ledger.run('dueDeliveries', { now: ledger.now, flying: [] })
      }
      expect(hookOf(ledger)).toMatchObject({ waiting: 10_000, dead: 100 })
      expect(deliveriesOf(ledger, { state: 'dead', limit: 1 })[0]?.answer?.error).toBe('10000 deliveries wait already')
    },
    'one that asks for fewer calls gets none before its time, then one at a time until it takes one': (ledger) => {
      addHook(ledger)
      happens(ledger, ...'abcde')
      const [a, ...flying] = dueOf(ledger)
      if (a !== undefined) fail(ledger, a, { heldUntil: ledger.now + hour })
      for (const one of flying) fail(ledger, one)
      ledger.now += minute
      const held = ledger.run('dueDeliveries', { now: ledger.now, flying: [] })
      expect([held.due, held.next]).toEqual([[], ledger.now - minute + hour])
      ledger.now += hour
      const [one, ...others] = dueOf(ledger)
      expect(others).toEqual([])
      if (one !== undefined) settle(ledger, one)
      expect(dueOf(ledger)).toHaveLength(4)
    },
  },
  settleDelivery: {
    'what is delivered is sent no more': (ledger) => {
      addHook(ledger)
      happens(ledger, 'gate')
      for (const one of dueOf(ledger)) settle(ledger, one)
      ledger.now += day
      expect(dueOf(ledger)).toEqual([])
      expect(deliveriesOf(ledger)).toEqual([
        expect.objectContaining({
          state: 'delivered',
          attempts: 1,
          nextAt: null,
          answer: expect.objectContaining({ status: 200 }),
        }),
      ])
      expect(hookOf(ledger)).toMatchObject({ waiting: 0, failingSince: null, succeededAt: expect.any(String) })
    },
    'what fails is sent at its time, under the same id and with the same body': (ledger) => {
      addHook(ledger)
      happens(ledger, 'gate')
      const [first] = dueOf(ledger)
      if (first !== undefined) fail(ledger, first)
      ledger.now += minute
      expect(dueOf(ledger)).toEqual([{ ...first, attempts: 1 }])
    },
    'the last failure gives it up; it stays, with its answer': (ledger) => {
      addHook(ledger)
      dies(ledger, 'gate')
      ledger.now += day
      expect(dueOf(ledger)).toEqual([])
      expect(deliveriesOf(ledger)).toMatchObject([{ state: 'dead', answer: { status: 500, error: 'answered 500' } }])
    },
    'one that is gone is disabled at once, and its owner notified': (ledger) => {
      addHook(ledger)
      happens(ledger, 'a', 'b')
      const [a] = dueOf(ledger)
      const answer = { status: 410, error: 'answered 410', text: '', took_ms: 1 }
      happens(ledger, 'c')
      if (a !== undefined) fail(ledger, a, { verdict: 'gone', answer })
      expect(hookOf(ledger)).toMatchObject({ enabled: false, reason: 'answered 410', waiting: 0, dead: 3 })
      expect(noticesOf(ledger)).toMatchObject([{ data: { webhook: 'one', disabled: true, error: 'answered 410' } }])
    },
    'an hour without a success is notified once, and five days disable it': (ledger) => {
      addHook(ledger)
      happens(ledger, 'gate')
      const attempts = (until: number) => {
        while (ledger.now < until) {
          for (const one of dueOf(ledger)) fail(ledger, one)
          ledger.now += minute
        }
      }
      const since = ledger.now
      attempts(since + hour)
      expect(noticesOf(ledger)).toEqual([])
      attempts(since + 5 * day)
      expect(noticesOf(ledger)).toMatchObject([{ data: { disabled: false, error: 'answered 500' } }])
      expect(hookOf(ledger).enabled).toBe(true)
      attempts(since + 5 * day + minute)
      expect(noticesOf(ledger)).toMatchObject([{}, { data: { disabled: true } }])
      expect(hookOf(ledger)).toMatchObject({ enabled: false, reason: 'no success for 120 hours' })
    },
    'days in which nothing was tried, as the hub was stopped, are no failure of it': (ledger) => {
      addHook(ledger)
      happens(ledger, 'gate')
      const again = () => {
        for (const one of dueOf(ledger)) fail(ledger, one)
      }
      again()
      ledger.now += 8 * day
      again()
      expect(hookOf(ledger)).toMatchObject({ enabled: true, waiting: 1, failingSince: isoTime(ledger.now) })
      expect(noticesOf(ledger)).toEqual([])
      ledger.now += hour
      again()
      ledger.now += 8 * day
      again()
      ledger.now += hour
      again()
      // It fails again: its owner is notified again.
      expect(noticesOf(ledger)).toMatchObject([{ data: { disabled: false } }, { data: { disabled: false } }])
    },
    'others are notified of a failing one, and not the failing one itself': (ledger) => {
      addHook(ledger)
      addHook(ledger, 'other', { types: ['webhook.failing'] })
      happens(ledger, 'gate')
      const [gate] = dueOf(ledger)
      if (gate === undefined) throw new Error('one is due')
      fail(ledger, gate)
      ledger.now += hour
      fail(ledger, gate)
      ledger.now += minute
      expect(dueOf(ledger).map(({ webhook, body }) => [webhook, JSON.parse(body).type])).toEqual([
        ['one', 'device.online'],
        ['other', 'webhook.failing'],
      ])
    },
    'a success ends what was counted': (ledger) => {
      addHook(ledger)
      happens(ledger, 'a', 'b')
      const [a, b] = dueOf(ledger)
      if (a === undefined || b === undefined) throw new Error('two are due')
      fail(ledger, a)
      ledger.now += 4 * day
      settle(ledger, b)
      ledger.now += 2 * day
      fail(ledger, a)
      expect(hookOf(ledger)).toMatchObject({ enabled: true, failingSince: new Date(ledger.now).toISOString() })
    },
    'of one that was erased or removed meanwhile nothing comes back; one given up meanwhile can still succeed': (
      ledger,
    ) => {
      addHook(ledger)
      happens(ledger, 'gate', 'shed')
      const [gate, shed] = dueOf(ledger)
      if (gate === undefined || shed === undefined) throw new Error('two are due')
      ledger.run('erase', { device: 'gate', numbers: [], address: null, fields: null, now: ledger.now })
      change(ledger, {}, false)
      fail(ledger, gate)
      expect(deliveriesOf(ledger)).toMatchObject([{ device: 'shed', state: 'dead' }])
      settle(ledger, shed)
      expect(deliveriesOf(ledger)).toMatchObject([{ device: 'shed', state: 'delivered' }])
      ledger.run('removeWebhook', { id: 'one' })
      settle(ledger, shed)
      expect(ledger.count('webhook_delivery')).toBe(0)
    },
    'is counted by its outcome': (ledger) => {
      addHook(ledger)
      happens(ledger, ...'abcd')
      const [a, b, c] = dueOf(ledger)
      if (a === undefined || b === undefined || c === undefined) throw new Error('three are due')
      settle(ledger, a)
      fail(ledger, b)
      fail(ledger, c, { retryAt: null })
      const { webhooks } = ledger.run('figures', { limits: {}, now: ledger.now })
      expect(webhooks).toEqual({ one: { ok: 1, failed: 1, dead: 1, backlog: 2 } })
    },
  },
  replayDeliveries: {
    'sends one again, dead or delivered, under its id and from the first attempt on': (ledger) => {
      addHook(ledger)
      happens(ledger, 'gate')
      const [first] = dueOf(ledger)
      if (first === undefined) throw new Error('one is due')
      const replay = () => ledger.run('replayDeliveries', { seq: first.seq, now: ledger.now })
      expect(replay()).toBe(0)
      settle(ledger, first)
      expect([replay(), dueOf(ledger)]).toEqual([1, [first]])
      fail(ledger, first, { retryAt: null })
      expect([replay(), dueOf(ledger)]).toEqual([1, [first]])
      expect(() => ledger.run('replayDeliveries', { seq: 99, now: ledger.now })).toThrow('there is no delivery')
    },
    'sends the dead ones of a range of time again, in their order, and none that was delivered': (ledger) => {
      addHook(ledger, 'one', { ordered: true })
      const at: number[] = []
      for (const device of 'abc') {
        at.push(ledger.now)
        dies(ledger, device)
        ledger.now += hour
      }
      happens(ledger, 'd')
      for (const one of dueOf(ledger)) settle(ledger, one)
      const replay = (since = 0, until = ledger.now + 1) =>
        ledger.run('replayDeliveries', { webhook: 'one', since, until, now: ledger.now })
      expect(replay(at[1], at[2])).toBe(1)
      expect([replay(), devicesOf(dueOf(ledger))]).toEqual([2, ['a']])
    },
    'needs one that is enabled': (ledger) => {
      addHook(ledger)
      dies(ledger, 'gate')
      change(ledger, {}, false)
      const range = { webhook: 'one', since: 0, until: ledger.now, now: ledger.now }
      expect(() => ledger.run('replayDeliveries', range)).toThrow('is disabled: enable it first')
      expect(() => ledger.run('replayDeliveries', { seq: 1, now: ledger.now })).toThrow('is disabled: enable it first')
    },
  },
} satisfies Rules
