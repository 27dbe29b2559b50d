import { expect, test } from '@jest/globals'
import { SignalHistory } from '../../src/bridge/signal-history.ts'

const start = Date.parse('2026-11-30T12:00:00Z')
const minute = 60_000
const day = 86_400_000

test('keeps the latest reading of every five minutes', () => {
  const history = new SignalHistory()
  for (const [after, percent] of [
    [0, 50],
    [2, 60],
    [5, 70],
    [10, null],
  ] as const)
    history.note('home', percent, start + after * minute)
  expect(history.of('home', start + 10 * minute).map(({ percent }) => percent)).toEqual([60, 70, null])
  expect(history.of('other', start)).toEqual([])
})

test('keeps a day of them, however often it is read', () => {
  const history = new SignalHistory()
  for (let at = start; at < start + 2 * day; at += minute) history.note('home', 50, at)
  const kept = history.of('home', start + 2 * day)
  expect(kept).toHaveLength(288)
  expect(Math.min(...kept.map(({ at }) => at))).toBeGreaterThan(start + day)
})

test('forgets what a clock that was ahead has noted', () => {
  const history = new SignalHistory()
  history.note('home', 50, start + day)
  history.note('home', 60, start)
  expect(history.of('home', start)).toEqual([{ at: start, percent: 60 }])
})
