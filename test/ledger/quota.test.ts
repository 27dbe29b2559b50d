import { describe, expect, test } from '@jest/globals'
import { maxWindowMs, type Quota, room, use, usedSince } from '../../src/ledger/quota.ts'
import { day, hour, Ledger, minute, second, start } from '../support/ledger.ts'

/** Every window, its length, and how exact it is. */
const windows = [
  ['minute', minute, 5 * second],
  ['hour', hour, 5 * minute],
  ['day', day, 15 * minute],
  ['month', 30 * day, day],
] as const

const [normal, high] = [1, 2]
/** Within a slot. */
const now = start + 7 * second

describe.each(windows)('ten in a %s', (window, span, slot) => {
  const quota: Quota = { key: 'a', window, limit: 10 }

  test('are all for priority high, and eight of them for any other', () => {
    const { engine } = new Ledger()
    use(engine, quota, 8, now)
    expect([normal, high].map((level) => room(engine, quota, level, now).left)).toEqual([0, 2])
  })

  test('are free again when the window has passed, and not a slot before', () => {
    const { engine } = new Ledger()
    use(engine, quota, 10, now)
    const { freesAt } = room(engine, quota, high, now)
    expect(freesAt).toBeLessThanOrEqual(now + span)
    expect(freesAt).toBeGreaterThan(now + span - slot)
    expect(room(engine, quota, high, freesAt - 1).used).toBe(10)
    expect(room(engine, quota, high, freesAt).used).toBe(0)
  })

  test('slide: what was used half a window later still counts', () => {
    const { engine } = new Ledger()
    use(engine, quota, 4, now)
    use(engine, quota, 3, now + span / 2)
    expect(room(engine, quota, high, now + span)).toMatchObject({ used: 3, left: 7 })
  })

  test('never count what a clock that was ahead has used, and lose it with the next use', () => {
    const { engine } = new Ledger()
    use(engine, quota, 10, now + 10 * span)
    expect(room(engine, quota, high, now).used).toBe(0)
    use(engine, quota, 1, now)
    expect(engine.all('SELECT used FROM quota')).toEqual([{ used: 1 }])
  })

  test('keep no slot that is out of the window', () => {
    const { engine } = new Ledger()
    for (let i = 0; i < 5; i++) use(engine, quota, 1, now + i * span)
    const rows = engine.all<{ at: number }>('SELECT at FROM quota')
    expect(rows.every(({ at }) => at >= now + 3 * span - slot)).toBe(true)
  })

  test('are pruned no sooner than they are free', () => {
    expect(maxWindowMs).toBeGreaterThanOrEqual(span + slot)
  })
})

test('what one key has used is not used of another', () => {
  const { engine } = new Ledger()
  use(engine, { key: 'a', window: 'hour', limit: 5 }, 5, now)
  expect(room(engine, { key: 'ab', window: 'hour', limit: 5 }, high, now).left).toBe(5)
})

test('without a limit there is always room, and nothing is counted', () => {
  const { engine } = new Ledger()
  const quota = { key: 'a', window: 'day', limit: null } as const
  use(engine, quota, 1_000, now)
  expect(room(engine, quota, normal, now)).toEqual({ used: 0, left: Number.POSITIVE_INFINITY, freesAt: now })
  expect(engine.all('SELECT 1 FROM quota')).toEqual([])
})

test('a limit that is never reached is counted all the same, for people to see', () => {
  const { engine } = new Ledger()
  const quota = { key: 'a', window: 'day', limit: Number.POSITIVE_INFINITY } as const
  use(engine, quota, 3, now)
  expect(room(engine, quota, normal, now)).toMatchObject({ used: 3, left: Number.POSITIVE_INFINITY })
})

test('uses since a time are counted from the quarter of an hour that it begins', () => {
  const { engine } = new Ledger()
  const quota = { key: 'a', window: 'day', limit: 100 } as const
  for (const at of [start - minute, start, start + hour]) use(engine, quota, 1, at)
  expect([usedSince(engine, 'a', start), usedSince(engine, 'b', start)]).toEqual([2, 0])
})

describe('a quota of the queue', () => {
  const limits = { perLane: 1_000, perClient: 1_000, clientPerHour: 5, devicePerDay: 5 }
  const queued = (ledger: Ledger, over: object) => ledger.row(ledger.queue(over, { limits })).status

  test('of a client is for all its commands, high priority has the last fifth', () => {
    const ledger = new Ledger()
    const seen = [1, 1, 1, 1, 1, 2, 2].map((priority, i) => queued(ledger, { lane: `n:${i}`, priority }))
    expect(seen).toEqual(['queued', 'queued', 'queued', 'queued', 'rejected', 'queued', 'rejected'])
  })

  test('of a device counts every segment of every text of an act', () => {
    const ledger = new Ledger()
    const step = { goes: 'then', waitMs: 0, segments: ['c', 'd'], expect: 'none', withinMs: 0, spec: null } as const
    const act = { device: 'gate', lane: 'd:gate', segments: ['a'], steps: [step], clientQuota: 'nobody' }
    expect([queued(ledger, act), queued(ledger, act)]).toEqual(['queued', 'rejected'])
  })

  test('of the device itself counts where it is the smaller one', () => {
    const ledger = new Ledger()
    const command = { device: 'gate', lane: 'd:gate', perDay: 2, priority: 2 }
    expect([1, 2, 3].map(() => queued(ledger, command))).toEqual(['queued', 'queued', 'rejected'])
  })

  test('that is used up is named, with when it is free again', () => {
    const ledger = new Ledger()
    const ids = [1, 2, 3, 4, 5].map((i) => ledger.queue({ lane: `n:${i}` }, { limits }))
    const error = JSON.parse(ledger.row(ids.at(-1) as string).error ?? '{}')
    expect(error).toMatchObject({ code: 'rate_limited', message: expect.stringContaining('client:client') })
    const at = Date.parse(error.message.match(/free at (.*)$/)[1])
    expect(room(ledger.engine, { key: 'client:client', window: 'hour', limit: 5 }, normal, at).left).toBeGreaterThan(0)
  })
})
