import { beforeEach, describe, expect, test } from '@jest/globals'
import type { Conversation, LiveEvent } from '../../src/web/api/answer-types.ts'
import { Pace } from '../../src/web/api/reread-pace.ts'
import { maxWaiting, numberIn, waitingAfter, waitingIn } from '../../src/web/conversations/waiting-texts.ts'
import { FakeClock } from '../fake-clock.ts'

describe('what is read again after events', () => {
  let clock: FakeClock
  let reads: number[]
  let atOnce: number
  let mostAtOnce: number
  let pace: Pace

  const paced = (tookMs: number) =>
    new Pace(async () => {
      reads.push(clock.monotonic())
      mostAtOnce = Math.max(mostAtOnce, ++atOnce)
      await new Promise<void>((resolve) => clock.after(tookMs, resolve))
      atOnce--
    }, clock)

  beforeEach(() => {
    clock = new FakeClock()
    reads = []
    atOnce = 0
    mostAtOnce = 0
    pace = paced(20)
  })

  const events = async (count: number, everyMs: number) => {
    for (let i = 0; i < count; i++) {
      pace.changed()
      await clock.advance(everyMs)
    }
  }

  test('is read soon after one event, and once', async () => {
    pace.changed()
    await clock.advance(60_000)
    expect(reads).toEqual([300])
  })

  test('is read once for 500 events at the same time', async () => {
    for (let i = 0; i < 500; i++) pace.changed()
    await clock.advance(60_000)
    expect(reads).toHaveLength(1)
  })

  test('is read about once a second while there are 50 events a second, and once after the last of them', async () => {
    await events(50 * 60, 20)
    expect(reads.length).toBeGreaterThan(40)
    expect(reads.length).toBeLessThanOrEqual(61)
    const last = clock.monotonic()
    const before = reads.length
    await clock.advance(60_000)
    expect(reads).toHaveLength(before + 1)
    expect(reads.at(-1)).toBeGreaterThanOrEqual(last - 20)
  })

  test('is read less often where the hub takes long, never twice at once, and never given up', async () => {
    pace = paced(2_000)
    await events(50 * 60, 20)
    expect(reads.length).toBeGreaterThanOrEqual(3)
    expect(reads.length).toBeLessThanOrEqual(4)
    expect(mostAtOnce).toBe(1)
  })

  test('is not read while nobody looks any more', async () => {
    pace.changed()
    pace.end()
    pace.changed()
    await clock.advance(60_000)
    expect(reads).toEqual([])
  })

  test('is read at once when the reader asks, whatever happens besides', async () => {
    pace.changed()
    pace.now()
    await clock.advance(60_000)
    expect(reads).toEqual([0])
  })

  test('is read again after a read that failed', async () => {
    let failures = 0
    pace = new Pace(async () => {
      if (failures++ < 3) throw new Error('the hub is away')
    }, clock)
    const { error } = console
    console.error = () => {}
    await events(500, 20)
    console.error = error
    expect(failures).toBeGreaterThan(4)
  })
})

describe('conversations that wait for a reader', () => {
  const at = (second: number) => new Date(1_700_000_000_000 + second * 1_000).toISOString()
  const event = (type: string, data: object) => ({ type, timestamp: at(0), data }) as unknown as LiveEvent
  const received = (from: string, second: number, device: string | null = null) =>
    event('message.received', { from, device, at: at(second) })

  test('are those with unread texts, whoever wrote last', () => {
    const rows = [
      { device: 'gate', number: null, unread: 2 },
      { device: null, number: '+49151', unread: 0 },
      { device: null, number: '+49152', unread: 100 },
      { device: null, number: '', unread: 1 },
    ] as unknown as Conversation[]
    expect(waitingIn(rows)).toEqual(['gate', '+49152'])
  })

  test('are known from the events alone', () => {
    const all = [received('+49151', 1), received('+49152', 2, 'gate'), received('+49151', 3), received('', 4)]
    const waiting = all.reduce(waitingAfter, [] as readonly string[])
    expect(waiting).toEqual(['+49151', 'gate'])
    for (const other of [
      event('message.queued', { device: null, to: '+49151' }),
      event('device.state', { device: 'gate', state: {} }),
    ])
      expect(waitingAfter(waiting, other)).toBe(waiting)
    const read = (device: string | null, number: string | null, left: number) =>
      waitingAfter(waiting, event('conversation.read', { device, number, unread: left }))
    expect([read('gate', null, 0), read(null, '+49151', 0)]).toEqual([['+49151'], ['gate']])
    expect([read('gate', null, 3), read(null, '+49159', 0)]).toEqual([waiting, waiting])
  })

  test('are with a number where they are of no device: it may be that of a contact', () => {
    expect(numberIn(received('+49151', 1))).toBe('+49151')
    expect(numberIn(received('+49152', 2, 'gate'))).toBeNull()
    expect(numberIn(event('message.queued', { device: null, to: '+49151', from: null }))).toBe('+49151')
    expect(numberIn(event('message.sent', { device: null, to: '+49151', from: null }))).toBeNull()
    expect(numberIn(event('device.state', { device: 'gate', state: {} }))).toBeNull()
  })

  test('are no more than are counted, however many numbers write', () => {
    let waiting: readonly string[] = []
    for (let i = 0; i < 1_000; i++) waiting = waitingAfter(waiting, received(`+${i + 1}00`, i))
    expect(waiting).toHaveLength(maxWaiting)
    expect(waiting[0]).toBe('+100000')
  })
})
