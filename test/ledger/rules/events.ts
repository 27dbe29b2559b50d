import { expect } from '@jest/globals'
import type { HubEvent, LastingKind } from '../../../src/message/hub-event.ts'
import type { Ledger } from '../../support/ledger.ts'
import type { Rules } from './rule.ts'

const state = (subject: string, data: HubEvent<'state'>['data'] = {}): HubEvent<'state'> => {
  return { kind: 'state', subject, data }
}
const emit = (ledger: Ledger, ...subjects: string[]) =>
  ledger.run(
    'emit',
    subjects.map((subject) => state(subject)),
  )
const waiting = (ledger: Ledger, known: readonly number[] = [], limit = 99) =>
  ledger.run('waitingEvents', { known, limit })
const waitingOnes = (ledger: Ledger) => waiting(ledger).map(({ subject, data }) => [subject, data])
const standing = (ledger: Ledger) =>
  ledger.run('standing', { kind: '', subject: '', limit: 99 }).map(({ kind, subject }) => `${kind} ${subject}`)
const config = (name: string) => `ha/device/${name}/config`
const announcement = (subject: string, data: string | null = '{}') =>
  ({ kind: 'announcement', subject, data }) as const satisfies HubEvent
const announce = (ledger: Ledger, subject: string, data = '{}', again = false) =>
  ledger.run('show', { events: [announcement(subject, data)], again })
const acknowledgeAll = (ledger: Ledger) => ledger.run('published', { seqs: waiting(ledger).map(({ seq }) => seq) })

export const eventRules = {
  emit: {
    'keeps events until the broker has them, in their order': (ledger) => {
      emit(ledger, 'a', 'b')
      emit(ledger, 'a')
      expect(waiting(ledger).map(({ subject }) => subject)).toEqual(['a', 'b', 'a'])
    },
    'the latest of each subject stands until it is withdrawn': (ledger) => {
      emit(ledger, 'a', 'b')
      ledger.run('emit', [state('a', null)])
      expect(standing(ledger)).toEqual(['state b'])
      expect(waiting(ledger).at(-1)).toMatchObject({ subject: 'a', data: null })
    },
    'what merely happens does not stand': (ledger) => {
      ledger.run('emit', [{ kind: 'device_event', subject: 'a', data: {} }])
      expect([standing(ledger), waiting(ledger)]).toEqual([[], [expect.objectContaining({ kind: 'device_event' })]])
    },
  },
  waitingEvents: {
    'answers a page of what is not known yet, the oldest first': (ledger) => {
      emit(ledger, 'a', 'b', 'c', 'd')
      const [first, second] = waiting(ledger, [], 2).map(({ seq }) => seq) as [number, number]
      const subjects = (known: readonly number[], limit?: number) =>
        waiting(ledger, known, limit).map(({ subject }) => subject)
      expect(subjects([first])).toEqual(['b', 'c', 'd'])
      expect(subjects([second], 2)).toEqual(['a', 'c'])
      expect(subjects([first, second], 1)).toEqual(['c'])
      expect(subjects(waiting(ledger).map(({ seq }) => seq))).toEqual([])
    },
    'finds what was committed behind a higher number': (ledger) => {
      emit(ledger, 'a', 'b', 'c')
      const [a, b, c] = waiting(ledger).map(({ seq }) => seq) as [number, number, number]
      ledger.engine.run('UPDATE event SET seq = 900 WHERE seq = ?', b)
      expect(waiting(ledger, [a, c]).map(({ subject }) => subject)).toEqual(['b'])
      ledger.engine.run('UPDATE event SET seq = ? WHERE seq = 900', b)
      expect(waiting(ledger, [a, c]).map(({ subject }) => subject)).toEqual(['b'])
    },
  },
  countWaiting: {
    'counts no further than it is asked to, and not what was refused': (ledger) => {
      emit(ledger, 'a', 'b', 'c', 'd')
      ledger.run('parkEvent', { seq: waiting(ledger)[0]?.seq as number, reason: 'not allowed' })
      expect([2, 9].map((most) => ledger.run('countWaiting', { most }))).toEqual([2, 3])
    },
  },
  published: {
    'what the broker has goes, and nothing else': (ledger) => {
      emit(ledger, 'a', 'b', 'c')
      ledger.run('published', { seqs: waiting(ledger, [], 2).map(({ seq }) => seq) })
      expect(waiting(ledger).map(({ subject }) => subject)).toEqual(['c'])
    },
    'a number is never given twice': (ledger) => {
      emit(ledger, 'a')
      const [{ seq = 0 } = {}] = waiting(ledger)
      acknowledgeAll(ledger)
      emit(ledger, 'b')
      expect(waiting(ledger)[0]?.seq).toBeGreaterThan(seq)
    },
  },
  parkEvent: {
    'what the broker refuses stays with the reason, is counted, and holds up nothing behind it': (ledger) => {
      emit(ledger, 'a', 'b')
      ledger.run('parkEvent', { seq: waiting(ledger)[0]?.seq as number, reason: 'not allowed' })
      expect(waiting(ledger).map(({ subject }) => subject)).toEqual(['b'])
      expect(ledger.engine.all('SELECT subject, parked FROM event WHERE parked IS NOT NULL')).toEqual([
        { subject: 'a', parked: 'not allowed' },
      ])
      expect(ledger.run('counts', undefined)).toMatchObject({ publications: 1, parked: 1 })
    },
  },
  standing: {
    'answers a page of what stands, of whichever kind, behind the last one; announcements first': (ledger) => {
      emit(ledger, 'c', 'a', 'b')
      ledger.run('emit', [{ kind: 'availability', subject: 'a', data: true }, announcement('x')])
      acknowledgeAll(ledger)
      expect(standing(ledger)).toEqual(['announcement x', 'availability a', 'state a', 'state b', 'state c'])
      expect(ledger.run('standing', { kind: 'availability', subject: 'a', limit: 2 })).toEqual([
        { kind: 'state', subject: 'a', data: '{}' },
        { kind: 'state', subject: 'b', data: '{}' },
      ])
    },
  },
  show: {
    'emits what is other than before, or everything when it is asked again': (ledger) => {
      expect([announce(ledger, config('a')), announce(ledger, config('a'))]).toEqual([1, 0])
      expect(announce(ledger, config('a'), '{}', true)).toBe(1)
      expect(waiting(ledger)).toHaveLength(2)
    },
    'a withdrawal is news where nothing stands, too: others may have it': (ledger) => {
      expect(ledger.run('show', { events: [announcement('x', null)] })).toBe(1)
      expect(waitingOnes(ledger)).toEqual([['x', null]])
    },
    'tells what an announcement replaces, for those who must take it down, and of nothing else': (ledger) => {
      announce(ledger, config('a'), 'old')
      announce(ledger, config('a'), 'new')
      ledger.run('show', { events: [state('gate', { door: 'open' }), state('gate', { door: 'shut' })] })
      ledger.run('show', { events: [announcement(config('a'), null)] })
      expect(waiting(ledger).map(({ replaced }) => replaced)).toEqual([null, 'old', null, null, null])
    },
  },
  showAll: {
    'emits what is new of some kinds and withdraws what else stands of them': (ledger) => {
      const page = (subject: string, count = 0) => ({ kind: 'devices', subject, data: { count } }) as const
      const show = (...events: ReturnType<typeof page>[]) => {
        acknowledgeAll(ledger)
        ledger.run('showAll', { kinds: ['devices'], events })
        return waitingOnes(ledger)
      }
      emit(ledger, 'elsewhere')
      show(page(''), page('2'))
      expect(show(page(''), page('2', 1))).toEqual([['2', '{"count":1}']])
      expect(show(page(''))).toEqual([['2', null]])
      expect(standing(ledger)).toEqual(['devices ', 'state elsewhere'])
    },
  },
  withdrawOthers: {
    'withdraws what stands of other subjects, of these kinds only': (ledger) => {
      const of = (kind: LastingKind, ...subjects: string[]) =>
        subjects.map((subject) => ({ kind, subject, data: '1' }) as unknown as HubEvent)
      ledger.run('emit', [...of('gateway', 'home', 'gone'), ...of('gateway_availability', 'gone')])
      ledger.run('emit', [...of('state', 'gone'), ...of('dialect_state', 'sms2mqtt/connected', 'old/connected')])
      ledger.run('withdrawOthers', { kinds: ['gateway', 'gateway_availability'], subjects: ['home'] })
      ledger.run('withdrawOthers', { kinds: ['dialect_state'], subjects: ['sms2mqtt/connected'] })
      expect(standing(ledger)).toEqual(['dialect_state sms2mqtt/connected', 'gateway home', 'state gone'])
    },
  },
  subjects: {
    'answers a page of the subjects of a kind': (ledger) => {
      emit(ledger, 'gate')
      for (const name of ['b', 'a']) announce(ledger, config(name))
      expect(ledger.run('subjects', { kind: 'announcement', after: '', limit: 9 })).toEqual([config('a'), config('b')])
      expect(ledger.run('subjects', { kind: 'announcement', after: config('a'), limit: 9 })).toEqual([config('b')])
    },
  },
  subjectsNamed: {
    'answers what one name has, in whichever group, and nothing of one whose name begins alike': (ledger) => {
      const own = ['ha/device/gate/config', 'ha/sensor/gate/door/config']
      for (const one of [...own, 'ha/device/gate2/config', 'other/device/gate/config']) announce(ledger, one)
      expect(ledger.run('subjectsNamed', { kind: 'announcement', root: 'ha', name: 'gate' })).toEqual(own)
    },
  },
} satisfies Rules
