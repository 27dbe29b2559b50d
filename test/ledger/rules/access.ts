import { expect } from '@jest/globals'
import type { ApiKey, HubUser, LogIn } from '../../../src/ledger/access/access-rows.ts'
import { day, hour, type Ledger, minute } from '../../support/ledger.ts'
import type { Rules } from './rule.ts'

const key = (ledger: Ledger, over: Partial<ApiKey> = {}): ApiKey => ({
  id: 'aaaaaaaa',
  hash: 'hash of a secret',
  label: 'shop',
  rights: { role: 'operator', devices: ['gate'] },
  scopes: ['devices:command'],
  perHour: 10,
  networks: ['192.168.1.0/24'],
  madeBy: 'user:owner',
  createdAt: ledger.now,
  expiresAt: null,
  usedAt: null,
  ...over,
})
const keep = (ledger: Ledger, over: Partial<ApiKey> = {}, replaces: { id: string; until: number } | null = null) =>
  ledger.run('keepKey', { key: key(ledger, over), replaces })

const user = (ledger: Ledger, over: Partial<HubUser> = {}): HubUser => ({
  name: 'owner',
  password: 'scrypt:1',
  rights: { role: 'admin' },
  createdAt: ledger.now,
  changedAt: ledger.now,
  ...over,
})

const logIn = (ledger: Ledger, over: Partial<LogIn> = {}): LogIn => ({
  id: 'one',
  hash: `hash of ${over.id ?? 'one'}`,
  user: 'owner',
  proof: 'first',
  secure: false,
  address: '192.168.1.2',
  agent: 'a browser',
  startedAt: ledger.now,
  usedAt: ledger.now,
  ...over,
})
const enter = (ledger: Ledger, over: Partial<LogIn> = {}) =>
  ledger.run('keepLogIn', { logIn: logIn(ledger, over), now: ledger.now })

const rows = (ledger: Ledger) => ledger.run('accessRows', undefined)
const sessions = (ledger: Ledger) => rows(ledger).logIns.map(({ id }) => id)

export const accessRules = {
  accessRows: {
    'keys, users and sessions come back as they were stored, over a restart too': (ledger) => {
      keep(ledger)
      ledger.run('keepUser', { user: user(ledger) })
      enter(ledger, { secure: true })
      ledger.restart()
      expect(rows(ledger)).toEqual({
        keys: [key(ledger)],
        users: [user(ledger)],
        logIns: [logIn(ledger, { secure: true })],
      })
    },
  },
  keepKey: {
    'the key that is replaced stays valid for a while, and never longer than before': (ledger) => {
      keep(ledger, { id: 'old' })
      keep(ledger, { id: 'ending', expiresAt: ledger.now + minute })
      keep(ledger, { id: 'new' }, { id: 'old', until: ledger.now + day })
      keep(ledger, { id: 'newer' }, { id: 'ending', until: ledger.now + day })
      const until = Object.fromEntries(rows(ledger).keys.map(({ id, expiresAt }) => [id, expiresAt]))
      expect(until).toEqual({ old: ledger.now + day, ending: ledger.now + minute, new: null, newer: null })
    },
    'five hundred are the most': (ledger) => {
      for (let i = 0; i < 500; i++) keep(ledger, { id: `key${i}` })
      expect(() => keep(ledger, { id: 'more' })).toThrow(/500 keys/)
      expect(ledger.count('api_key')).toBe(500)
    },
  },
  changeKey: {
    'changes one key and no other, and never its secret; without a label its own is kept, as it was erased': (
      ledger,
    ) => {
      for (const id of ['one', 'two']) keep(ledger, { id })
      const limits = { rights: { role: 'reader' as const }, scopes: null, perHour: null, networks: null }
      ledger.run('changeKey', { id: 'one', label: 'till', limits, expiresAt: ledger.now + day })
      const one = key(ledger, { id: 'one', label: 'till', ...limits, expiresAt: ledger.now + day })
      expect(rows(ledger).keys).toEqual([one, key(ledger, { id: 'two' })])
      ledger.run('changeKey', { id: 'one', label: null, limits: one, expiresAt: null })
      expect(rows(ledger).keys).toEqual([{ ...one, expiresAt: null }, key(ledger, { id: 'two' })])
    },
  },
  dropKey: {
    'removes one key and no other': (ledger) => {
      for (const id of ['one', 'two']) keep(ledger, { id })
      ledger.run('dropKey', { id: 'one', now: ledger.now })
      expect(rows(ledger).keys.map(({ id }) => id)).toEqual(['two'])
    },
    'cancels what it has scheduled, and nothing that is under way or of others': (ledger) => {
      const later = (client: string) => ledger.command({ client, sendAt: ledger.now + hour })
      const ids = [later('key:one'), ledger.command({ client: 'key:one' }), later('key:two'), later('user:one')]
      ledger.run('dropKey', { id: 'one', now: ledger.now })
      const [first, ...others] = ids.map((id) => ledger.row(id))
      expect(first).toMatchObject({
        status: 'cancelled',
        reason: 'key:one, who has scheduled it, was removed',
      })
      expect(others.map(({ status }) => status)).toEqual(['queued', 'queued', 'queued'])
      ledger.run('dropUser', { name: 'one', now: ledger.now })
      expect(ids.map((id) => ledger.row(id).status)).toEqual(['cancelled', 'queued', 'queued', 'cancelled'])
    },
    'what one that was replaced has scheduled is for its successor, and ends with the last of them': (ledger) => {
      const later = (client: string) => ledger.command({ client, sendAt: ledger.now + hour })
      const drop = (id: string) => ledger.run('dropKey', { id, now: ledger.now })
      const until = ledger.now + day
      keep(ledger, { id: 'first' })
      keep(ledger, { id: 'second' }, { id: 'first', until })
      keep(ledger, { id: 'third' }, { id: 'second', until })
      const ids = ['key:first', 'key:second', 'key:third'].map(later)
      const shown = () => ids.map((id) => [ledger.row(id).client, ledger.row(id).status])
      drop('second')
      const moved = ['key:third', 'queued']
      expect(shown()).toEqual([['key:first', 'queued'], moved, moved])
      drop('first')
      expect(shown()).toEqual([moved, moved, moved])
      expect(ledger.engine.all('SELECT id, scheduled FROM client WHERE scheduled <> 0')).toEqual([
        { id: 'key:third', scheduled: 3 },
      ])
      drop('third')
      expect(shown()).toEqual(Array(3).fill(['key:third', 'cancelled']))
      expect(ledger.count('client', 'scheduled <> 0')).toBe(0)
    },
    'of what one has scheduled its successor gets what it may send itself': (ledger) => {
      const later = (over: Parameters<Ledger['command']>[0]) =>
        ledger.command({ client: 'key:old', sendAt: ledger.now + hour, ...over })
      const text = { device: null, verb: 'text', command: null } as const
      const held = (over: Partial<ApiKey>) => {
        ledger.now += day
        keep(ledger, { id: 'old' })
        keep(ledger, { id: 'new', ...over }, { id: 'old', until: ledger.now + day })
        const ids = [{}, { device: 'van' }, { command: 'close' }, text].map(later)
        ledger.run('dropKey', { id: 'old', now: ledger.now })
        const left = ids.map((id) => ledger.row(id).status === 'queued' && ledger.row(id).client === 'key:new')
        ledger.run('dropKey', { id: 'new', now: ledger.now })
        return left
      }
      const all = { rights: { role: 'admin' as const }, scopes: null }
      expect(held(all)).toEqual([true, true, true, true])
      expect(held({ ...all, rights: { role: 'admin', devices: ['gate'] } })).toEqual([true, false, true, false])
      expect(held({ ...all, rights: { role: 'admin', commands: ['open'] } })).toEqual([true, true, false, false])
      expect(held({ ...all, rights: { role: 'reader' } })).toEqual([false, false, false, false])
      expect(held({ ...all, scopes: ['messages:send'] })).toEqual([false, false, false, true])
      expect(held({ ...all, scopes: ['devices:command'] })).toEqual([true, true, true, false])
      expect(held({ ...all, expiresAt: ledger.now + day })).toEqual([false, false, false, false])
      expect(ledger.count('client', 'scheduled <> 0')).toBe(0)
    },
    'a successor that has expired hands on to its own': (ledger) => {
      keep(ledger, { id: 'first' })
      keep(ledger, { id: 'second' }, { id: 'first', until: ledger.now + day })
      keep(ledger, { id: 'third' }, { id: 'second', until: ledger.now + minute })
      const id = ledger.command({ client: 'key:first', sendAt: ledger.now + day })
      ledger.now += hour
      ledger.run('dropKey', { id: 'first', now: ledger.now })
      expect(ledger.row(id)).toMatchObject({ client: 'key:third', status: 'queued' })
    },
    'a key whose successor was removed has none: it cancels what it has scheduled': (ledger) => {
      keep(ledger, { id: 'old' })
      keep(ledger, { id: 'new' }, { id: 'old', until: ledger.now + day })
      const id = ledger.command({ client: 'key:old', sendAt: ledger.now + hour })
      for (const one of ['new', 'old']) ledger.run('dropKey', { id: one, now: ledger.now })
      expect(ledger.row(id).status).toBe('cancelled')
    },
  },
  keepUser: {
    'a user of the name is changed, not doubled': (ledger) => {
      ledger.run('keepUser', { user: user(ledger) })
      const changed = user(ledger, { rights: { role: 'reader', devices: ['gate'] } })
      ledger.run('keepUser', { user: changed })
      expect(rows(ledger).users).toEqual([changed])
    },
    'two hundred are the most, which can still be changed': (ledger) => {
      for (let i = 0; i < 200; i++) ledger.run('keepUser', { user: user(ledger, { name: `user${i}` }) })
      expect(() => ledger.run('keepUser', { user: user(ledger, { name: 'more' }) })).toThrow(/200 users/)
      ledger.run('keepUser', { user: user(ledger, { name: 'user7', password: 'other' }) })
    },
  },
  changePassword: {
    'ends the sessions of the old one, and of nobody else': (ledger) => {
      ledger.run('keepUser', { user: user(ledger) })
      for (const id of ['one', 'two']) enter(ledger, { id })
      enter(ledger, { id: 'of another', user: 'guest' })
      ledger.run('changePassword', { name: 'owner', password: 'scrypt:2', now: ledger.now + minute })
      expect(sessions(ledger)).toEqual(['of another'])
      expect(rows(ledger).users).toEqual([user(ledger, { password: 'scrypt:2', changedAt: ledger.now + minute })])
    },
  },
  dropUser: {
    'goes with all of its sessions': (ledger) => {
      ledger.run('keepUser', { user: user(ledger) })
      enter(ledger)
      enter(ledger, { id: 'of another', user: 'guest' })
      ledger.run('dropUser', { name: 'owner', now: ledger.now })
      expect([rows(ledger).users, sessions(ledger)]).toEqual([[], ['of another']])
    },
  },
  keepLogIn: {
    'deletes sessions that are over: twelve hours unused, or thirty days old': (ledger) => {
      const { now } = ledger
      enter(ledger, { id: 'idle', usedAt: now - 12 * hour - 1 })
      enter(ledger, { id: 'used', startedAt: now - 29 * day, usedAt: now - 11 * hour })
      enter(ledger, { id: 'old', startedAt: now - 30 * day - 1 })
      enter(ledger, { id: 'new' })
      expect(sessions(ledger).sort()).toEqual(['new', 'used'])
    },
    'twenty of a user are the most: the one that was not used for longest ends': (ledger) => {
      for (let i = 0; i < 20; i++) enter(ledger, { id: `s${i}`, usedAt: ledger.now + (i === 4 ? -minute : i) })
      enter(ledger, { id: 'of another', user: 'guest', usedAt: ledger.now - hour })
      enter(ledger, { id: 'new', usedAt: ledger.now + 99 })
      expect(sessions(ledger)).not.toContain('s4')
      expect(ledger.count('log_in')).toBe(21)
    },
  },
  dropLogIn: {
    'ends one session and no other': (ledger) => {
      for (const id of ['one', 'two']) enter(ledger, { id })
      ledger.run('dropLogIn', { id: 'one' })
      expect(sessions(ledger)).toEqual(['two'])
    },
  },
  noteUses: {
    'stores when keys and sessions were used, and makes none of what is gone': (ledger) => {
      keep(ledger)
      enter(ledger)
      const at = ledger.now + minute
      ledger.run('noteUses', { keys: { aaaaaaaa: at, gone: at }, logIns: { one: at, gone: at } })
      expect(rows(ledger)).toMatchObject({ keys: [{ usedAt: at }], logIns: [{ usedAt: at }] })
    },
    'a clock that is set right moves the times of sessions along': (ledger) => {
      const wrong = ledger.now - 365 * day
      ledger.run('keepLogIn', { logIn: logIn(ledger, { startedAt: wrong, usedAt: wrong }), now: wrong })
      ledger.run('rebase', { delta: 365 * day, epoch: 1, since: wrong - minute })
      expect(rows(ledger).logIns).toMatchObject([{ startedAt: ledger.now, usedAt: ledger.now }])
    },
  },
} satisfies Rules
