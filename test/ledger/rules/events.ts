import { expect } from '@jest/globals'
import type { HubEvent, LastingKind } from '../../../src/message/hub-event.ts'
import type { Ledger } from '../../support/ledger.ts'
import type { Rules } from './rule.ts'

/** A state that is not public, so that the log keeps nothing of it. */
const state = (subject: string, data: HubEvent<'location'>['data'] = {}): HubEvent<'location'> => {
  return { kind: 'location', subject, data }
}
const emit = (ledger: Ledger, ...subjects: string[]) =>
  ledger.run(
    'emit',
    subjects.map((subject) => state(subject)),
  )
const outlet = 'mqtt'
const waiting = (ledger: Ledger, known: readonly number[] = [], limit = 99) =>
  ledger.run('waitingEvents', { outlet, known, limit })
/** What waits for an outlet. */
const waitingFor = (ledger: Ledger, outlet: string) =>
  ledger.run('waitingEvents', { outlet, known: [], limit: 99 }).map(({ subject }) => subject)
/** With a second outlet, `web`, and events that wait for both. */
const withTwo = (ledger: Ledger, ...subjects: string[]) => {
  ledger.run('openOutlets', { names: ['mqtt', 'web'] })
  emit(ledger, ...subjects)
  return waiting(ledger).map(({ seq }) => seq)
}
/** Events that programs see: the log keeps them. */
const alarms = (...subjects: string[]) =>
  subjects.map((subject) => ({ kind: 'device_event', subject, data: {} }) as const)
const keptSubjects = (ledger: Ledger) =>
  ledger.engine.all<{ subject: string }>('SELECT subject FROM event ORDER BY seq').map(({ subject }) => subject)
const waitingOnes = (ledger: Ledger) => waiting(ledger).map(({ subject, data }) => [subject, data])
const current = (ledger: Ledger) =>
  ledger.run('currentStates', { kind: '', subject: '', limit: 99 }).map(({ kind, subject }) => `${kind} ${subject}`)
const config = (name: string) => `ha/device/${name}/config`
const announcement = (subject: string, data: string | null = '{}') =>
  ({ kind: 'announcement', subject, data }) as const satisfies HubEvent
const announce = (ledger: Ledger, subject: string, data = '{}', again = false) =>
  ledger.run('show', { events: [announcement(subject, data)], again })
const acknowledgeAll = (ledger: Ledger) =>
  ledger.run('acknowledge', { outlet, seqs: waiting(ledger).map(({ seq }) => seq) })

export const eventRules = {
  emit: {
    'keeps events until they are passed on, in their order': (ledger) => {
      emit(ledger, 'a', 'b')
      emit(ledger, 'a')
      expect(waiting(ledger).map(({ subject }) => subject)).toEqual(['a', 'b', 'a'])
    },
    'the latest event of each subject is its current state until it is withdrawn': (ledger) => {
      emit(ledger, 'a', 'b')
      ledger.run('emit', [state('a', null)])
      expect(current(ledger)).toEqual(['location b'])
      expect(waiting(ledger).at(-1)).toMatchObject({ subject: 'a', data: null })
    },
    'without an outlet an event leaves only the current state': (ledger) => {
      ledger.run('openOutlets', { names: [] })
      emit(ledger, 'a')
      expect([ledger.count('event'), current(ledger)]).toEqual([0, ['location a']])
    },
    'an event of a kind that does not last leaves no current state': (ledger) => {
      ledger.run('emit', [{ kind: 'device_event', subject: 'a', data: {} }])
      expect([current(ledger), waiting(ledger)]).toEqual([[], [expect.objectContaining({ kind: 'device_event' })]])
    },
  },
  openOutlets: {
    'a new outlet begins with what is emitted from then on': (ledger) => {
      emit(ledger, 'a')
      withTwo(ledger, 'b')
      expect([waitingFor(ledger, 'mqtt'), waitingFor(ledger, 'web')]).toEqual([['a', 'b'], ['b']])
    },
    'one that is there keeps its place': (ledger) => {
      withTwo(ledger, 'a')
      ledger.run('openOutlets', { names: ['web', 'mqtt'] })
      expect([waitingFor(ledger, 'mqtt'), waitingFor(ledger, 'web')]).toEqual([['a'], ['a']])
    },
    'one that is no more leaves nothing behind but what others wait for': (ledger) => {
      const [a = 0, b = 0, c = 0] = withTwo(ledger, 'a', 'b', 'c')
      ledger.run('acknowledge', { outlet, seqs: [a, b] })
      ledger.run('parkEvent', { outlet: 'web', seq: b, reason: 'not allowed' })
      ledger.run('openOutlets', { names: ['mqtt'] })
      expect(keptSubjects(ledger)).toEqual(['c'])
      expect([ledger.count('event_waiting'), ledger.count('event_parked'), ledger.count('outlet')]).toEqual([1, 0, 1])
      expect(waiting(ledger).map(({ seq }) => seq)).toEqual([c])
      ledger.run('openOutlets', { names: ['mqtt', 'web'] })
      expect(waitingFor(ledger, 'web')).toEqual([])
    },
  },
  newestEvent: {
    'answers the last number that programs can have seen': (ledger) => {
      expect(ledger.run('newestEvent', undefined)).toBe(0)
      ledger.run('emit', alarms('a', 'b'))
      const { events } = ledger.read('eventsAfter', { after: null, limit: 9 })
      emit(ledger, 'hidden')
      expect(ledger.run('newestEvent', undefined)).toBe(events.at(-1)?.seq)
    },
  },
  waitingEvents: {
    'each outlet has a place of its own': (ledger) => {
      const [a = 0, b = 0] = withTwo(ledger, 'a', 'b', 'c')
      ledger.run('acknowledge', { outlet: 'web', seqs: [a, b] })
      emit(ledger, 'd')
      expect(waitingFor(ledger, 'mqtt')).toEqual(['a', 'b', 'c', 'd'])
      expect(waitingFor(ledger, 'web')).toEqual(['c', 'd'])
    },
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
      for (const table of ['event', 'event_waiting'])
        ledger.engine.run(`UPDATE ${table} SET seq = 900 WHERE seq = ?`, b)
      expect(waiting(ledger, [a, c]).map(({ subject }) => subject)).toEqual(['b'])
      for (const table of ['event', 'event_waiting'])
        ledger.engine.run(`UPDATE ${table} SET seq = ? WHERE seq = 900`, b)
      expect(waiting(ledger, [a, c]).map(({ subject }) => subject)).toEqual(['b'])
    },
  },
  countWaiting: {
    'counts no further than it is asked to, and not what was refused': (ledger) => {
      emit(ledger, 'a', 'b', 'c', 'd')
      ledger.run('parkEvent', { outlet, seq: waiting(ledger)[0]?.seq as number, reason: 'not allowed' })
      expect([2, 9].map((most) => ledger.run('countWaiting', { outlet, most }))).toEqual([2, 3])
      expect(ledger.run('countWaiting', { outlet: 'web', most: 9 })).toBe(0)
    },
  },
  acknowledge: {
    'an event goes when the last outlet has passed it on': (ledger) => {
      const [a = 0, b = 0] = withTwo(ledger, 'a', 'b')
      ledger.run('acknowledge', { outlet, seqs: [a, b] })
      expect(keptSubjects(ledger)).toEqual(['a', 'b'])
      ledger.run('acknowledge', { outlet: 'web', seqs: [b] })
      expect(keptSubjects(ledger)).toEqual(['a'])
    },
    'what is passed on goes, and nothing else': (ledger) => {
      emit(ledger, 'a', 'b', 'c')
      ledger.run('acknowledge', { outlet, seqs: waiting(ledger, [], 2).map(({ seq }) => seq) })
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
    'what is refused stays with the reason, is counted, and holds up nothing behind it': (ledger) => {
      emit(ledger, 'a', 'b')
      ledger.run('parkEvent', { outlet, seq: waiting(ledger)[0]?.seq as number, reason: 'not allowed' })
      expect(waiting(ledger).map(({ subject }) => subject)).toEqual(['b'])
      expect(ledger.engine.all('SELECT subject, outlet, reason FROM event_parked JOIN event USING (seq)')).toEqual([
        { subject: 'a', outlet, reason: 'not allowed' },
      ])
      expect(ledger.run('counts', undefined)).toMatchObject({ publications: 1, parked: 1 })
    },
    'what one outlet refuses, the others pass on': (ledger) => {
      const [a = 0] = withTwo(ledger, 'a', 'b')
      ledger.run('parkEvent', { outlet, seq: a, reason: 'not allowed' })
      expect([waitingFor(ledger, 'mqtt'), waitingFor(ledger, 'web')]).toEqual([['b'], ['a', 'b']])
      ledger.run('acknowledge', { outlet: 'web', seqs: [a] })
      expect(keptSubjects(ledger)).toEqual(['a', 'b'])
    },
    'nothing is parked of what was erased meanwhile': (ledger) => {
      emit(ledger, 'gate')
      const seq = waiting(ledger)[0]?.seq as number
      ledger.run('erase', { device: 'gate', numbers: [], address: null, fields: null, now: ledger.now })
      ledger.run('parkEvent', { outlet, seq, reason: 'not allowed' })
      expect([ledger.count('event_parked'), ledger.count('event', 'seq = 1')]).toEqual([0, 0])
    },
  },
  currentStates: {
    'returns a page of all current states, behind the last one; announcements first': (ledger) => {
      emit(ledger, 'c', 'a', 'b')
      ledger.run('emit', [{ kind: 'availability', subject: 'a', data: true }, announcement('x')])
      acknowledgeAll(ledger)
      expect(current(ledger)).toEqual(['announcement x', 'availability a', 'location a', 'location b', 'location c'])
      expect(ledger.run('currentStates', { kind: 'availability', subject: 'a', limit: 2 })).toEqual([
        { kind: 'location', subject: 'a', data: '{}' },
        { kind: 'location', subject: 'b', data: '{}' },
      ])
    },
  },
  show: {
    'emits what is other than before, or everything when it is asked again': (ledger) => {
      expect([announce(ledger, config('a')), announce(ledger, config('a'))]).toEqual([1, 0])
      expect(announce(ledger, config('a'), '{}', true)).toBe(1)
      expect(waiting(ledger)).toHaveLength(2)
    },
    'a withdrawal is emitted without a current state, too: others may have one': (ledger) => {
      expect(ledger.run('show', { events: [announcement('x', null)] })).toBe(1)
      expect(waitingOnes(ledger)).toEqual([['x', null]])
    },
    'records what an announcement replaces, for readers that must remove it, and of no other kind': (ledger) => {
      announce(ledger, config('a'), 'old')
      announce(ledger, config('a'), 'new')
      ledger.run('show', { events: [state('gate', { door: 'open' }), state('gate', { door: 'shut' })] })
      ledger.run('show', { events: [announcement(config('a'), null)] })
      expect(waiting(ledger).map(({ replaced }) => replaced)).toEqual([null, 'old', null, null, null])
    },
  },
  showAll: {
    'emits the changed states of some kinds and withdraws every other one': (ledger) => {
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
      expect(current(ledger)).toEqual(['devices ', 'location elsewhere'])
    },
  },
  withdrawOthers: {
    'withdraws the states of other subjects, of these kinds only': (ledger) => {
      const of = (kind: LastingKind, ...subjects: string[]) =>
        subjects.map((subject) => ({ kind, subject, data: '1' }) as unknown as HubEvent)
      ledger.run('emit', [...of('gateway', 'home', 'gone'), ...of('gateway_availability', 'gone')])
      ledger.run('emit', [...of('location', 'gone'), ...of('dialect_state', 'sms2mqtt/connected', 'old/connected')])
      ledger.run('withdrawOthers', { kinds: ['gateway', 'gateway_availability'], subjects: ['home'] })
      ledger.run('withdrawOthers', { kinds: ['dialect_state'], subjects: ['sms2mqtt/connected'] })
      expect(current(ledger)).toEqual(['dialect_state sms2mqtt/connected', 'gateway home', 'location gone'])
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
