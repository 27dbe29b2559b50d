import { expect } from '@jest/globals'
import type { Ledger } from '../../support/ledger.ts'
import type { Rules } from './rule.ts'

const publish = (ledger: Ledger, ...topics: string[]) =>
  ledger.run(
    'publish',
    topics.map((topic) => ({ topic, payload: '{}', retain: true })),
  )
const waiting = (ledger: Ledger, after = 0, limit = 99) => ledger.run('waitingPublications', { after, limit })
const waitingTopics = (ledger: Ledger) => waiting(ledger).map(({ topic, payload }) => [topic, payload])
const retained = (ledger: Ledger) => ledger.run('retainedTopics', { after: '', limit: 99 }).map(({ topic }) => topic)
const config = (name: string) => `ha/device/${name}/config`
const announce = (ledger: Ledger, topic: string, payload = '{}', again = false) =>
  ledger.run('announce', { messages: [{ topic, payload }], again })
const acknowledgeAll = (ledger: Ledger) => ledger.run('published', { seqs: waiting(ledger).map(({ seq }) => seq) })

export const publicationRules = {
  publish: {
    'keeps what is published until the broker has it, in its order': (ledger) => {
      publish(ledger, 'a', 'b')
      publish(ledger, 'a')
      expect(waiting(ledger).map(({ topic }) => topic)).toEqual(['a', 'b', 'a'])
    },
    'an empty payload clears what is retained': (ledger) => {
      publish(ledger, 'a', 'b')
      ledger.run('publish', [{ topic: 'a', payload: '', retain: true }])
      expect(retained(ledger)).toEqual(['b'])
    },
  },
  waitingPublications: {
    'answers a page behind the last one, the oldest first': (ledger) => {
      publish(ledger, 'a', 'b', 'c')
      const [first] = waiting(ledger, 0, 1)
      expect(first).toMatchObject({ topic: 'a' })
      expect(waiting(ledger, first?.seq).map(({ topic }) => topic)).toEqual(['b', 'c'])
    },
  },
  countWaiting: {
    'counts no further than it is asked to, and not what was refused': (ledger) => {
      publish(ledger, 'a', 'b', 'c', 'd')
      ledger.run('parkPublication', { seq: waiting(ledger)[0]?.seq as number, reason: 'not allowed' })
      expect([2, 9].map((most) => ledger.run('countWaiting', { most }))).toEqual([2, 3])
    },
  },
  published: {
    'what the broker has goes, and nothing else': (ledger) => {
      publish(ledger, 'a', 'b', 'c')
      ledger.run('published', { seqs: waiting(ledger, 0, 2).map(({ seq }) => seq) })
      expect(waiting(ledger).map(({ topic }) => topic)).toEqual(['c'])
    },
    'a number is never given twice': (ledger) => {
      publish(ledger, 'a')
      const [{ seq = 0 } = {}] = waiting(ledger)
      acknowledgeAll(ledger)
      publish(ledger, 'b')
      expect(waiting(ledger)[0]?.seq).toBeGreaterThan(seq)
    },
  },
  parkPublication: {
    'what the broker refuses stays with the reason, is counted, and holds up nothing behind it': (ledger) => {
      publish(ledger, 'a', 'b')
      ledger.run('parkPublication', { seq: waiting(ledger)[0]?.seq as number, reason: 'not allowed' })
      expect(waiting(ledger).map(({ topic }) => topic)).toEqual(['b'])
      expect(ledger.engine.all('SELECT topic, parked FROM publication WHERE parked IS NOT NULL')).toEqual([
        { topic: 'a', parked: 'not allowed' },
      ])
      expect(ledger.run('counts', undefined)).toMatchObject({ publications: 1, parked: 1 })
    },
  },
  retainedTopics: {
    'answers a page of what is retained, behind the last one': (ledger) => {
      publish(ledger, 'c', 'a', 'b')
      acknowledgeAll(ledger)
      expect(retained(ledger)).toEqual(['a', 'b', 'c'])
      expect(ledger.run('retainedTopics', { after: 'a', limit: 1 })).toEqual([{ topic: 'b', payload: '{}' }])
    },
  },
  announce: {
    'publishes what is other than before, or everything when it is asked again': (ledger) => {
      expect([announce(ledger, config('a')), announce(ledger, config('a'))]).toEqual([1, 0])
      expect(announce(ledger, config('a'), '{}', true)).toBe(1)
      expect(waiting(ledger)).toHaveLength(2)
    },
    'names the components that left before the document that lacks them': (ledger) => {
      const of = (cmps: object) => JSON.stringify({ cmps })
      const [door, light] = [{ p: 'lock' }, { p: 'light' }]
      announce(ledger, config('a'), of({ door, light }))
      announce(ledger, config('a'), of({ light }))
      expect(waitingTopics(ledger).map(([, payload]) => payload)).toEqual([
        of({ door, light }),
        of({ light, door }),
        of({ light }),
      ])
    },
  },
  announced: {
    'answers a page of what is retained outside the base topic': (ledger) => {
      publish(ledger, 'gate')
      for (const name of ['b', 'a']) announce(ledger, config(name))
      expect(ledger.run('announced', { after: '', limit: 9 })).toEqual([config('a'), config('b')])
      expect(ledger.run('announced', { after: config('a'), limit: 9 })).toEqual([config('b')])
    },
  },
  announcedOf: {
    'answers what one subject has, of whichever kind, and nothing of one whose name begins alike': (ledger) => {
      const own = ['ha/device/gate/config', 'ha/sensor/gate/door/config']
      for (const topic of [...own, 'ha/device/gate2/config', 'other/device/gate/config']) announce(ledger, topic)
      expect(ledger.run('announcedOf', { prefix: 'ha', subject: 'gate' })).toEqual(own)
    },
  },
  publishPages: {
    'publishes pages that are new and clears the others of their folder': (ledger) => {
      const page = (topic: string, payload = '{}') => ({ topic, payload, retain: true })
      const show = (...pages: ReturnType<typeof page>[]) => {
        acknowledgeAll(ledger)
        ledger.run('publishPages', { folders: ['pages'], pages })
        return waitingTopics(ledger)
      }
      publish(ledger, 'elsewhere')
      show(page('pages/a'), page('pages/b'))
      expect(show(page('pages/a'), page('pages/b', '[]'))).toEqual([['pages/b', '[]']])
      expect(show(page('pages/a'))).toEqual([['pages/b', '']])
      expect(retained(ledger)).toEqual(['elsewhere', 'pages/a'])
    },
  },
  clearGone: {
    'clears what is retained of gateways and dialects that are not configured any more': (ledger) => {
      publish(ledger, 'gateway/home', 'gateway/gone', 'gateway/gone/availability', 'gate')
      for (const topic of ['sms2mqtt/connected', 'old/connected', config('a')]) announce(ledger, topic)
      ledger.run('clearGone', { gateways: ['home'], dialects: ['sms2mqtt'] })
      expect(retained(ledger)).toEqual([`/${config('a')}`, '/sms2mqtt/connected', 'gate', 'gateway/home'])
    },
  },
} satisfies Rules
