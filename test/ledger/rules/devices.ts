import { expect } from '@jest/globals'
import { changeState } from '../../../src/ledger/devices/devices.ts'
import { beginChange } from '../../../src/ledger/devices/learned-settings.ts'
import { day, hour, type Ledger } from '../../support/ledger.ts'
import type { Rules } from './rule.ts'

const device = { id: 'gate', fields: ['door'] }
const change = (ledger: Ledger, door: string, at = ledger.now) =>
  changeState(ledger.engine, { device: 'gate', values: { door }, at, seenAt: ledger.now, fields: ['door'] })
const retained = (ledger: Ledger) => [...ledger.retained()].sort()
const topics = (ledger: Ledger) => retained(ledger).map(([topic]) => topic)

export const deviceRules = {
  announceDevices: {
    'each device has its state topic, with nothing known too; it is published when that is news': (ledger) => {
      ledger.run('announceDevices', { devices: [device] })
      ledger.run('announceDevices', { devices: [device] })
      expect(ledger.published('gate')).toEqual([{ door: null, last_seen: null }])
    },
    'a device that is gone leaves, and its topics stay until its entities are removed': (ledger) => {
      ledger.run('announceDevices', { devices: [device] })
      ledger.run('announceDevices', { devices: [] })
      expect(ledger.count('device')).toBe(0)
      expect(topics(ledger)).toEqual(['gate'])
    },
  },
  clearLeaving: {
    'clears the topics of what is gone: of one, or of all, and of nothing that is there': (ledger) => {
      const devices = ['a', 'b', 'c', 'd'].map((id) => ({ ...device, id }))
      ledger.run('announceDevices', { devices })
      ledger.run('reviewPresence', { now: ledger.now, devices: devices.map(({ id }) => ({ id, expectedMs: null })) })
      ledger.run('announceDevices', { devices: [{ ...device, id: 'd' }] })
      ledger.run('clearLeaving', { device: 'a' })
      expect(topics(ledger).filter((topic) => !topic?.includes('/'))).toEqual(['b', 'c', 'd'])
      ledger.run('clearLeaving', {})
      expect(topics(ledger)).toEqual(['d', 'd/availability'])
    },
  },
  deviceState: {
    'answers what is known of a device, and nothing of one that nobody knows': (ledger) => {
      change(ledger, 'open')
      expect(ledger.run('deviceState', { device: 'gate' })).toMatchObject({ door: 'open' })
      expect(ledger.run('deviceState', { device: 'other' })).toEqual({})
    },
  },
  knownSettings: {
    'answers those that changed since, with the change that is not known to be taken': (ledger) => {
      beginChange(ledger.engine, 'gate', 'cmd_1', { password: '9' })
      const { revision, devices } = ledger.run('knownSettings', { since: 0 })
      expect(devices).toMatchObject([{ id: 'gate', pending: { password: { value: '9', doubt: false } } }])
      expect(ledger.run('knownSettings', { since: revision }).devices).toEqual([])
    },
  },
  keepDevices: {
    'keeps a device, the newer of two, and it has its state topic at once': (ledger) => {
      for (const config of ['{"a":1}', '{"a":2}'])
        ledger.run('keepDevices', { devices: [{ ...device, config }], held: {}, now: ledger.now })
      expect(ledger.run('fleetRows', undefined)).toEqual([{ id: 'gate', config: '{"a":2}' }])
      expect(topics(ledger)).toEqual(['gate'])
    },
    'what was scheduled for it as it was is cancelled with the change, and nothing else': (ledger) => {
      const made = (subject: string) =>
        ledger.command({ sendAt: ledger.now + hour, madeFor: { subject, print: 'old' } })
      const ids = [made('gate'), made('van')]
      const keep = (print: string) =>
        ledger.run('keepDevices', {
          devices: [{ ...device, config: '{}' }],
          held: { gate: [print] },
          now: ledger.now,
        })
      keep('old')
      expect(ids.map((id) => ledger.row(id).status)).toEqual(['queued', 'queued'])
      keep('new')
      expect(ids.map((id) => ledger.row(id).status)).toEqual(['cancelled', 'queued'])
    },
  },
  fleetRows: {
    'answers the devices that were added, in the order of their names': (ledger) => {
      ledger.run('keepDevices', {
        devices: ['b', 'a'].map((id) => ({ ...device, id, config: '{}' })),
        held: {},
        now: ledger.now,
      })
      expect(ledger.run('fleetRows', undefined).map(({ id }) => id)).toEqual(['a', 'b'])
    },
  },
  dropDevices: {
    'cancels what is queued for it and forgets its pause: another one of its name begins afresh': (ledger) => {
      ledger.run('keepDevices', { devices: [{ ...device, config: '{}' }], held: {}, now: ledger.now })
      ledger.run('pauseQueue', { device: 'gate', now: ledger.now })
      const [command, text] = [ledger.command(), ledger.queue()]
      ledger.run('dropDevices', { ids: ['gate'], held: {}, now: ledger.now })
      expect([command, text].map((id) => ledger.row(id).status)).toEqual(['cancelled', 'queued'])
      expect([ledger.run('fleetRows', undefined), ledger.run('pauses', undefined)]).toEqual([[], []])
    },
    'cancels a text to its name, too, that is for later': (ledger) => {
      const text = ledger.queue({ sendAt: ledger.now + hour, madeFor: { subject: 'gate', print: 'number' } })
      ledger.run('dropDevices', { ids: ['gate'], held: { gate: [] }, now: ledger.now })
      expect(ledger.row(text).status).toBe('cancelled')
    },
  },
  reviewPresence: {
    'a device that owes texts is offline when it was silent for long, one that owes none never is': (ledger) => {
      ledger.run('announceDevices', { devices: [device, { ...device, id: 'quiet' }] })
      change(ledger, 'open')
      const devices = [
        { id: 'gate', expectedMs: hour },
        { id: 'quiet', expectedMs: null },
      ]
      const seen = (now: number) => {
        ledger.run('reviewPresence', { now, devices })
        return retained(ledger).filter(([topic]) => topic?.endsWith('/availability'))
      }
      const online = [
        ['gate/availability', 'online'],
        ['quiet/availability', 'online'],
      ]
      expect(seen(ledger.now)).toEqual(online)
      expect(seen(ledger.now + 2 * day)).toEqual([['gate/availability', 'offline'], online[1]])
    },
  },
} satisfies Rules
