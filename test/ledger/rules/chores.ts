import { expect } from '@jest/globals'
import { meta } from '../../../src/ledger/outbox/recover.ts'
import { day, hour, type Ledger, minute, noFilter, second } from '../../support/ledger.ts'
import type { Rules } from './rule.ts'

const everybody = { device: null, numbers: [] }

/** The ids of what is kept, the newest first. */
const ids = (ledger: Ledger) =>
  ledger.read('history', { filter: noFilter, limit: 100, place: null }).entries.map(({ id }) => id)

export const choreRules = {
  erase: {
    'forgets a number, cancels what is queued for it, and leaves the others': (ledger) => {
      const [ended, other] = [ledger.queue(), ledger.queue({ lane: 'n:2', recipient: '+4915112345699' })]
      ledger.run('cancelCommand', { id: ended, now: ledger.now })
      ledger.queue()
      const subject = { device: null, numbers: ['+4915112345601'], address: null, fields: null }
      expect(ledger.run('erase', { ...subject, now: ledger.now })).toMatchObject({ commands: 2, unfinished: 0 })
      expect(ids(ledger)).toEqual([other])
    },
    'without anybody named it forgets nothing': (ledger) => {
      ledger.queue()
      ledger.run('erase', { ...everybody, address: null, fields: null, now: ledger.now })
      expect(ledger.count('submission')).toBe(1)
    },
  },
  redact: {
    'takes the text of what has ended, by either of its ids, and leaves its status and times': (ledger) => {
      const id = ledger.queue({ text: 'a secret' })
      ledger.sent(ledger.write(), 7)
      ledger.report(7)
      const before = ledger.row(id)
      expect(ledger.run('redact', { id: before.message_id as string })).toEqual({ unfinished: null })
      expect(ledger.run('redact', { id })).toEqual({ unfinished: null })
      expect(before).toMatchObject({ text: 'a secret', status: 'delivered' })
      expect(ledger.row(id)).toEqual({ ...before, text: null, value: null, spec: null })
    },
    'leaves what has not ended, and knows nothing else': (ledger) => {
      const id = ledger.queue()
      expect(ledger.run('redact', { id })).toEqual({ unfinished: 'queued' })
      ledger.write()
      expect(ledger.run('redact', { id })).toEqual({ unfinished: 'sending' })
      expect(ledger.row(id).text).toBe('text 1')
      expect(ledger.run('redact', { id: 'another' })).toBeNull()
    },
  },
  quotaRooms: {
    'shows what is left for ordinary requests, and when more is free': (ledger) => {
      const limits = { perLane: 9, perClient: 9, clientPerHour: 10, devicePerDay: null }
      ledger.queue({ clientQuota: 'client:x' }, { limits })
      const quotas = [
        { key: 'client:x', window: 'hour', limit: 10 },
        { key: 'client:y', window: 'hour', limit: 10 },
      ] as const
      const [used, unused] = ledger.run('quotaRooms', { quotas, now: ledger.now })
      expect([used?.left, unused?.left]).toEqual([7, 8])
      expect(used?.freesAt).toBeGreaterThan(ledger.now)
    },
  },
  rebase: {
    'a step of the clock makes no wait longer or shorter': (ledger) => {
      const id = ledger.queue({ expiresAt: ledger.now + hour })
      ledger.run('rebase', { delta: day, epoch: 1, since: ledger.now })
      expect(ledger.row(id)).toMatchObject({ expires_at: ledger.now + day + hour, queued_at: ledger.now + day })
    },
  },
  noteTime: {
    'the newest time only ever goes on': (ledger) => {
      const newest = () => Number(meta(ledger.engine, 'newest'))
      for (const now of [ledger.now + day, ledger.now]) ledger.run('noteTime', { now })
      expect(newest()).toBe(ledger.now + day)
    },
  },
  tryDisk: {
    'writes something each time': (ledger) => {
      ledger.engine.begin()
      ledger.engine.commit()
      ledger.run('tryDisk', { now: ledger.now })
      expect(ledger.engine.wrote).toBe(true)
    },
  },
  acceptClock: {
    'what is dated ahead of the right time is of now': (ledger) => {
      const id = ledger.queue({}, { now: ledger.now + day })
      const { moved } = ledger.run('acceptClock', { now: ledger.now })
      expect(moved).toBeGreaterThan(0)
      expect(ledger.row(id).queued_at).toBe(ledger.now)
    },
  },
  prune: {
    'forgets history by its age, a bite at a time, and nothing that has not ended': (ledger) => {
      const old = [1, 2, 3].map((i) => ledger.queue({ lane: `n:${i}` }))
      const open = ledger.queue({ expiresAt: ledger.now + 1_000 * day })
      for (const id of old) ledger.run('cancelCommand', { id, now: ledger.now })
      ledger.now += 100 * day
      const bite = () =>
        ledger.run('prune', { now: ledger.now, before: ledger.now - 90 * day, rawBefore: ledger.now, limit: 2 })
      expect([bite(), ledger.count('submission')]).toEqual([true, 2])
      while (bite());
      expect(ids(ledger)).toEqual([open])
    },
  },
  counts: {
    'counts what waits and what is open': (ledger) => {
      for (const lane of ['n:1', 'n:2', 'n:3']) ledger.queue({ lane })
      ledger.claim()
      expect(ledger.run('counts', undefined)).toMatchObject({ queued: 2, open: 1 })
    },
  },
  figures: {
    'the oldest one is that of the lanes that could send now, whatever waits for other reasons': (ledger) => {
      const limits = {}
      const oldest = () => ledger.run('figures', { limits, now: ledger.now }).oldestReadyAt
      expect(oldest()).toBeNull()
      ledger.queue({ lane: 'd:asleep', device: 'asleep', held: true })
      ledger.queue({ lane: 'n:1' })
      expect(oldest()).toBe(ledger.now)
      ledger.claim()
      ledger.now += minute
      // Behind an unanswered one, it waits for that.
      ledger.queue({ lane: 'n:1' })
      expect(oldest()).toBeNull()
      const since = ledger.now
      ledger.queue({ lane: 'n:2' })
      ledger.now += minute
      ledger.queue({ lane: 'n:3' })
      expect(oldest()).toBe(since)
    },
    'the oldest one is not hidden by those that were asked for long ago and wanted for just now': (ledger) => {
      const oldest = () => ledger.run('figures', { limits: {}, now: ledger.now }).oldestReadyAt
      const at = ledger.now + hour
      for (let i = 0; i < 150; i++) ledger.queue({ lane: `n:${i}`, sendAt: at, client: `c${i}` })
      ledger.now = at - minute
      ledger.queue({ lane: 'n:now' })
      ledger.pass(2 * minute)
      expect(oldest()).toBe(at - minute)
      ledger.run('rebase', { delta: -second, epoch: ledger.owner.epoch, since: 0 })
      expect(oldest()).toBe(at - minute - second)
      ledger.run('acceptClock', { now: at - hour })
      expect(oldest()).toBe(at - hour)
    },
    'what is used of the limits of a gateway is a share of each': (ledger) => {
      const limits = { home: { minute: null, day: 8, month: 10 }, away: { minute: 5, day: null, month: null } }
      for (const lane of ['n:1', 'n:2']) {
        ledger.queue({ lane })
        ledger.claim('home', { limits: limits.home })
      }
      expect(ledger.run('figures', { limits, now: ledger.now }).quotas).toEqual({
        home: { day: 0.25, month: 0.2 },
        away: { minute: 0 },
      })
      ledger.now += 2 * day
      expect(ledger.run('figures', { limits, now: ledger.now }).quotas.home).toEqual({ day: 0, month: 0.2 })
    },
    'events are counted for each outlet, no further than is needed': (ledger) => {
      ledger.run('openOutlets', { names: ['mqtt', 'second'] })
      ledger.run(
        'emit',
        Array.from({ length: 10_050 }, () => ({ kind: 'device_event' as const, subject: 'gate', data: {} })),
      )
      const [first] = ledger.run('waitingEvents', { outlet: 'second', known: [], limit: 1 })
      ledger.run('parkEvent', { outlet: 'second', seq: first?.seq as number, reason: 'refused' })
      const { outlets } = ledger.run('figures', { limits: {}, now: ledger.now })
      expect(outlets).toEqual({ mqtt: { waiting: 10_000, parked: 0 }, second: { waiting: 10_000, parked: 1 } })
    },
  },
} satisfies Rules
