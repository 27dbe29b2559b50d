import { expect, test } from '@jest/globals'
import { maxAttempts, nextWaitMs, retryAfterMs, slowWaitMs } from '../../src/webhooks/schedule.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

test('ten attempts are made, each after the wait that Standard Webhooks recommends, and then none', () => {
  const waits = Array.from({ length: 11 }, (_, attempts) => nextWaitMs(attempts, 0.5, null))
  expect(waits).toEqual([
    0,
    5 * second,
    5 * minute,
    30 * minute,
    2 * hour,
    5 * hour,
    10 * hour,
    14 * hour,
    20 * hour,
    24 * hour,
    null,
  ])
  expect(maxAttempts).toBe(10)
})

test('a wait is a fifth shorter or longer by chance', () => {
  expect([nextWaitMs(2, 0, null), nextWaitMs(2, 1, null)]).toEqual([4 * minute, 6 * minute])
})

test('a receiver can ask for a longer wait, not for a shorter one, and for no attempt more', () => {
  expect(nextWaitMs(1, 0.5, hour)).toBe(hour)
  expect(nextWaitMs(4, 0.5, second)).toBe(2 * hour)
  expect(nextWaitMs(10, 0.5, second)).toBeNull()
})

const now = Date.parse('2026-11-22T12:00:00Z')

test.each([
  ['120', 120 * second],
  [' 0 ', 0],
  ['Sun, 22 Nov 2026 12:01:00 GMT', minute],
  ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
  ['Sunday, 22-Nov-26 12:01:00 GMT', minute],
  ['9999999999', 24 * hour],
  ['Fri, 01 Jan 2100 00:00:00 GMT', 24 * hour],
  ['-5', null],
  ['1.5', null],
  ['soon', null],
  ['2026', 2026 * second],
  ['2026-12-24', null],
  ['99999999999999', null],
  ['', null],
  [undefined, null],
] as const)('Retry-After: %s is a wait of %s ms', (header, wait) => {
  expect(retryAfterMs(header, now)).toBe(wait)
})

test('one that asks for fewer calls waits twice as long each time, half an hour at most, or as long as it says', () => {
  expect([0, 1, 2, 30].map((before) => slowWaitMs(before, null))).toEqual([5_000, 10_000, 20_000, 30 * minute])
  expect(slowWaitMs(0, hour)).toBe(hour)
  expect(slowWaitMs(0, 0)).toBe(5_000)
})
