import { expect, test } from '@jest/globals'
import { publicKinds } from '../../src/message/public-event.ts'
import type { SmsStatusDocument } from '../../src/message/result.ts'
import { day, hour, Ledger } from '../support/ledger.ts'
import { Recorder } from '../support/recorder.ts'

const alarm = (subject: string) => ({ kind: 'device_event', subject, data: {} }) as const
const emit = (ledger: Ledger, ...subjects: string[]) => ledger.run('emit', subjects.map(alarm))
const read = (ledger: Ledger, after: number | null = null, limit = 1_000) =>
  ledger.read('eventsAfter', { after, limit })
const subjects = (ledger: Ledger, after: number | null = null) =>
  read(ledger, after).events.map(({ subject }) => subject)
const passOn = (ledger: Ledger, outlet = 'mqtt') => {
  const seqs = ledger.run('waitingEvents', { outlet, known: [], limit: 10_000 }).map(({ seq }) => seq)
  ledger.run('acknowledge', { outlet, seqs })
}
const prune = (ledger: Ledger, limit = 500) => {
  let batches = 1
  while (ledger.run('prune', { now: ledger.now, before: 0, rawBefore: 0, limit })) batches++
  return batches
}
/** Makes the next number as high as after so many events. */
const skipTo = (ledger: Ledger, seq: number) =>
  ledger.engine.run(`UPDATE sqlite_sequence SET seq = ? WHERE name = 'event'`, seq)

test('a page has what programs see behind a number, whether outlets have passed it on or not', () => {
  const ledger = new Ledger()
  ledger.run('emit', [{ kind: 'location', subject: 'hidden', data: {} }])
  emit(ledger, 'a', 'b', 'c', 'd')
  passOn(ledger)
  emit(ledger, 'e')
  const { events, newest } = read(ledger, null, 2)
  expect(events.map(({ subject, at }) => [subject, at])).toEqual([
    ['a', ledger.now],
    ['b', ledger.now],
  ])
  const rest = read(ledger, events.at(-1)?.seq)
  expect([rest.isKnown, rest.events.map(({ subject }) => subject)]).toEqual([true, ['c', 'd', 'e']])
  expect(rest.events.at(-1)?.seq).toBe(newest)
  expect(read(ledger, newest)).toEqual({ isKnown: true, events: [], newest })
})

test('the same request again is no change: MQTT clients have its state again, programs see nothing', () => {
  const ledger = new Ledger()
  const ref = { scope: 'client', ref: 'mine', hash: 'h' }
  const key = { client: 'client', messageId: 1, connection: 'first', duplicate: false, hash: 'h' }
  const response = { kind: 'mqtt', topic: 'mine/answers', correlation: null } as const
  const gate = { device: 'gate', verb: 'set', property: 'gate', value: 'OPEN', lane: 'd:gate', response } as const
  const texts = ledger.queue({ ref: ref.ref }, { ref })
  const set = ledger.queue(gate, { key })
  ledger.run('cancelCommand', { id: set, now: ledger.now })
  // The target of a newer command stays.
  ledger.command({ ...gate, value: 'CLOSE' })
  ledger.write()
  const known = read(ledger).events
  const [status, result] = [ledger.published('sms/status'), ledger.published('gate/result')]
  const retained = ledger.retained()
  passOn(ledger)
  ledger.queue({ ref: ref.ref }, { ref })
  ledger.queue(gate, { key: { ...key, connection: 'second' } })
  expect(read(ledger).events).toEqual(known)
  expect(ledger.published('sms/status')).toEqual(status.filter(({ command_id }) => command_id === texts).slice(-1))
  expect(ledger.published('gate/result')).toEqual(result.filter(({ command_id, final }) => final && command_id === set))
  const waiting = ledger.run('waitingEvents', { outlet: 'mqtt', known: [], limit: 9 })
  expect(waiting.map(({ kind, replyTo }) => [kind, replyTo === null])).toEqual([
    ['repeated_sms_status', true],
    ['repeated_result', false],
  ])
  expect(ledger.retained()).toEqual(retained)
  passOn(ledger)
  expect(ledger.count('event', "kind LIKE 'repeated%'")).toBe(0)
  // Nor does anything of them stay of who is erased.
  ledger.queue({ ref: ref.ref }, { ref })
  ledger.queue(gate, { key: { ...key, connection: 'third' } })
  ledger.run('erase', { device: 'gate', numbers: ['+4915112345601'], address: null, fields: null, now: ledger.now })
  expect(ledger.count('event', "kind LIKE 'repeated%'")).toBe(0)
})

test('a number that was never given is not known', () => {
  const ledger = new Ledger()
  emit(ledger, 'a')
  const { newest } = read(ledger)
  expect(read(ledger, newest + 1)).toEqual({ isKnown: false, events: [], newest })
})

test('a store that goes on from a backup gives no number that was given after it was made', () => {
  const ledger = new Ledger()
  emit(ledger, 'a', 'b')
  const { newest: shared } = read(ledger)
  // What the store that is lost has recorded since: its readers have these places.
  const lost = [shared + 1, shared + 4, shared + 1_000]
  ledger.engine.run(`INSERT INTO meta (key, value) VALUES ('backup', '1')`)
  ledger.restart()
  for (const place of lost) expect(read(ledger, place).isKnown).toBe(false)
  emit(ledger, 'c', 'd', 'e', 'f')
  for (const place of lost) expect(read(ledger, place)).toMatchObject({ isKnown: false, events: [] })
  // Up to the backup both are the same.
  expect(subjects(ledger, shared)).toEqual(['c', 'd', 'e', 'f'])
  const { newest } = read(ledger)
  expect([newest > shared + 1e9, Number.isSafeInteger(newest), String(newest).length <= 15]).toEqual([true, true, true])
  // The next start is none of a backup.
  ledger.restart()
  emit(ledger, 'g')
  expect(subjects(ledger, newest)).toEqual(['g'])
  expect(read(ledger).newest).toBe(newest + 1)
})

test('an empty store that was restored gives other numbers, too', () => {
  const ledger = new Ledger()
  ledger.engine.run(`INSERT INTO meta (key, value) VALUES ('backup', '1')`)
  ledger.restart()
  emit(ledger, 'a')
  expect([read(ledger, 0).isKnown, read(ledger, 1).isKnown, subjects(ledger)]).toEqual([true, false, ['a']])
})

test('events are kept without any outlet', () => {
  const ledger = new Ledger()
  ledger.run('openOutlets', { names: [] })
  emit(ledger, 'a')
  expect(subjects(ledger)).toEqual(['a'])
})

test('events stay for seven days, to the hour', () => {
  const ledger = new Ledger()
  emit(ledger, 'a')
  ledger.now += 3 * day
  emit(ledger, 'b')
  passOn(ledger)
  ledger.now += 4 * day - hour
  prune(ledger)
  expect(subjects(ledger)).toEqual(['a', 'b'])
  ledger.now += 2 * hour
  prune(ledger)
  expect(subjects(ledger)).toEqual(['b'])
  ledger.now += 4 * day
  prune(ledger)
  expect([subjects(ledger), ledger.count('event')]).toEqual([[], 0])
})

test('of a busy hub the last hundred thousand stay, whatever their age', () => {
  const ledger = new Ledger()
  emit(ledger, 'a', 'b', 'c')
  skipTo(ledger, 100_000)
  emit(ledger, 'd')
  passOn(ledger)
  prune(ledger)
  expect(subjects(ledger)).toEqual(['b', 'c', 'd'])
  skipTo(ledger, 250_000)
  emit(ledger, 'e')
  passOn(ledger)
  prune(ledger)
  expect(subjects(ledger)).toEqual(['e'])
})

test('a place that was pruned is not known any more, and the last one of an empty log is', () => {
  const ledger = new Ledger()
  emit(ledger, 'a', 'b')
  passOn(ledger)
  const [a, b] = read(ledger).events.map(({ seq }) => seq) as [number, number]
  ledger.now += 8 * day
  prune(ledger)
  expect(read(ledger, a)).toEqual({ isKnown: false, events: [], newest: b })
  expect(read(ledger, b)).toEqual({ isKnown: true, events: [], newest: b })
  emit(ledger, 'c')
  expect([subjects(ledger, b), subjects(ledger)]).toEqual([['c'], ['c']])
})

test('what waits for an outlet or is parked is not pruned, but it is no longer in the log', () => {
  const ledger = new Ledger()
  emit(ledger, 'waits', 'parked', 'passed on')
  const [waits, parked, passed] = ledger
    .run('waitingEvents', { outlet: 'mqtt', known: [], limit: 9 })
    .map(({ seq }) => seq) as [number, number, number]
  ledger.run('parkEvent', { outlet: 'mqtt', seq: parked, reason: 'not allowed' })
  ledger.run('acknowledge', { outlet: 'mqtt', seqs: [passed] })
  ledger.now += 8 * day
  prune(ledger)
  expect(subjects(ledger)).toEqual([])
  expect(ledger.engine.all('SELECT seq FROM event ORDER BY seq')).toEqual([{ seq: waits }, { seq: parked }])
  ledger.run('acknowledge', { outlet: 'mqtt', seqs: [waits] })
  expect(prune(ledger)).toBe(1)
  expect(ledger.count('event')).toBe(1)
})

test('pruning goes by batches, and a thousand parked events do not hold it up', () => {
  const ledger = new Ledger()
  emit(ledger, ...Array.from({ length: 1_000 }, (_, i) => `parked ${i}`))
  for (const { seq } of ledger.run('waitingEvents', { outlet: 'mqtt', known: [], limit: 1_000 }))
    ledger.run('parkEvent', { outlet: 'mqtt', seq, reason: 'not allowed' })
  emit(ledger, ...Array.from({ length: 1_000 }, (_, i) => `old ${i}`))
  passOn(ledger)
  ledger.now += 8 * day
  expect(ledger.run('prune', { now: ledger.now, before: 0, rawBefore: 0, limit: 300 })).toBe(true)
  expect(ledger.count('event')).toBe(1_700)
  prune(ledger, 300)
  expect(ledger.count('event')).toBe(1_000)
})

test('the end of the old ones is found in few steps, whatever gaps there are', () => {
  const ledger = new Ledger()
  for (let i = 0; i < 40; i++) {
    if (i % 3 === 0) skipTo(ledger, 1_000 * (i + 1))
    emit(ledger, `event ${i}`)
    ledger.now += 6 * hour
  }
  passOn(ledger)
  const recorder = new Recorder(ledger)
  const asked = recorder.of(() => prune(ledger)).filter(({ sql }) => sql.startsWith('SELECT seq, at FROM event'))
  expect(asked.length).toBeLessThan(20)
  const oldest = ledger.engine.one<{ at: number }>('SELECT MIN(at) AS at FROM event')?.at ?? 0
  expect(oldest).toBeGreaterThanOrEqual(ledger.now - 7 * day)
  expect(oldest).toBeLessThan(ledger.now - 7 * day + 6 * hour)
})

test('a page is found by numbers, and only kinds that programs see are in it', () => {
  const ledger = new Ledger()
  for (let i = 0; i < 2_000; i++) emit(ledger, `event ${i}`)
  const recorder = new Recorder(ledger)
  const plans = recorder.plans(() => read(ledger, 1_000, 10)).map(({ detail }) => detail)
  expect(plans.filter((detail) => /\bevent\b/.test(detail))).toEqual([
    'SCAN event',
    // Whether the number is that of an event.
    'SEARCH event USING INTEGER PRIMARY KEY (rowid=?)',
    'SEARCH event USING INTEGER PRIMARY KEY (rowid>?)',
  ])
  const own = { device: 'event 7', limit: 10 }
  for (const list of [
    () => ledger.read('eventsAfter', { ...own, after: null }),
    () => ledger.read('eventsBefore', { ...own, before: 1_000 }),
  ]) {
    const found = recorder.plans(list).map(({ detail }) => detail)
    expect(found.filter((detail) => /event_device|TEMP B-TREE|SEARCH event\b/.test(detail))).toEqual([
      expect.stringMatching(/^SEARCH event USING INDEX event_device \(device=\? AND seq>\?/),
    ])
  }
  const back = recorder.plans(() => ledger.read('eventsBefore', { before: 1_000, limit: 10 }))
  expect(back.map(({ detail }) => detail)).toContain('SEARCH event USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)')
  expect(publicKinds).toContain('result')
  expect(publicKinds).not.toContain('announcement')
})

test('before a number are its predecessors, the newest first: of all, or of whatever concerns a device', () => {
  const ledger = new Ledger()
  const text = { status: 'sent', device: 'gate' } as unknown as SmsStatusDocument
  ledger.run('emit', [
    alarm('gate'),
    alarm('van'),
    { kind: 'sms_status', subject: '', data: text },
    { kind: 'hub_event', subject: '', data: { type: 'queue_paused', data: { device: 'gate' } } },
    { kind: 'location', subject: 'gate', data: {} },
    { kind: 'hub_event', subject: '', data: { type: 'clock_right', data: {} } },
  ])
  const before = (number: number | null, device?: string, limit = 9) =>
    ledger.read('eventsBefore', { before: number, device, limit }).map(({ seq }) => seq)
  expect([before(null), before(4), before(4, undefined, 2)]).toEqual([
    [6, 4, 3, 2, 1],
    [3, 2, 1],
    [3, 2],
  ])
  expect([before(null, 'gate'), before(3, 'gate'), before(null, 'van')]).toEqual([[4, 3, 1], [1], [2]])
  // Where the log begins, and beyond what it has.
  expect([before(1), before(0), before(99, 'gate', 1), before(null, 'nobody')]).toEqual([[], [], [4], []])
  expect(ledger.read('eventsAfter', { after: 1, device: 'gate', limit: 9 })).toMatchObject({
    isKnown: true,
    newest: 6,
    events: [{ seq: 3 }, { seq: 4 }],
  })
  passOn(ledger)
  ledger.now += 8 * day
  prune(ledger)
  expect(before(null, 'gate')).toEqual([])
})

test('nothing of a device or a number that was erased stays in the log', () => {
  const ledger = new Ledger()
  const number = '+4915112345699'
  ledger.run('emit', [
    alarm('gate'),
    alarm('van'),
    { kind: 'state', subject: 'gate', data: { open: true } },
    { kind: 'gateway_event', subject: 'home', data: { event_type: 'incoming_call', from: number, device: 'gate' } },
    { kind: 'hub_event', subject: '', data: { type: 'unknown_text', data: { device: 'gate', text: 'hello' } } },
    { kind: 'hub_event', subject: '', data: { type: 'text_flood', data: { from: number } } },
    { kind: 'hub_event', subject: '', data: { type: 'clock_right', data: { time: 'now' } } },
  ])
  passOn(ledger)
  const kinds = () => read(ledger).events.map(({ kind, subject }) => `${kind} ${subject}`.trim())
  ledger.run('erase', { device: 'gate', numbers: [], address: null, fields: null, now: ledger.now })
  expect(kinds()).toEqual(['device_event van', 'hub_event', 'hub_event'])
  ledger.run('erase', { device: null, numbers: [number], address: null, fields: null, now: ledger.now })
  expect(kinds()).toEqual(['device_event van', 'hub_event'])
})

test('the clock was set: the times of this run move with it, and those ahead of an accepted clock are now', () => {
  const ledger = new Ledger()
  emit(ledger, 'earlier')
  ledger.now += hour
  const since = ledger.now
  emit(ledger, 'in this run')
  ledger.run('rebase', { delta: day, epoch: 1, since })
  expect(read(ledger).events.map(({ at }) => at)).toEqual([since - hour, since + day])
  ledger.run('acceptClock', { now: since })
  expect(read(ledger).events.map(({ at }) => at)).toEqual([since - hour, since])
})
