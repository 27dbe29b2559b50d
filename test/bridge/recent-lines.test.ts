import { expect, test } from '@jest/globals'
import { RecentLines } from '../../src/bridge/recent-lines.ts'

test('the latest lines are numbered, and the oldest make room', () => {
  const lines = new RecentLines(() => 0)
  for (let line = 1; line <= 1_500; line++) lines.add('info', 'hub', `line ${line}`)
  expect(lines.after(0, 5_000)).toHaveLength(1_000)
  expect(lines.after(0, 2).map(({ seq, message }) => [seq, message])).toEqual([
    [1_499, 'line 1499'],
    [1_500, 'line 1500'],
  ])
  expect(lines.after(1_499, 10)).toHaveLength(1)
  expect(lines.after(1_500, 10)).toEqual([])
})

test('a line of any length takes no more than a thousand characters', () => {
  const lines = new RecentLines(() => 0)
  lines.add('error', 'mqtt', 'x'.repeat(100_000))
  expect(lines.after(0, 1)[0]?.message).toHaveLength(1_000)
})
