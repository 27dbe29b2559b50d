import { describe, expect, test } from '@jest/globals'
import { latestSending, learnFromReport, learnFromText, type SmscClock, usable } from '../../src/sms/smsc-clock.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const now = Date.parse('2026-11-22T12:00:00Z')

/** Texts that came at these times with stamps that were so far from their reception. */
const taught = (...texts: readonly (readonly [at: number, seen: number])[]) =>
  texts.reduce<SmscClock | null>(
    (clock, [at, seen]) => learnFromText(clock, { scts: now + at + seen, receivedAt: now + at }),
    null,
  )

const right = taught([0, -3 * second])

test.each<[string, SmscClock | null, number | null, number]>([
  ['of a centre that nobody knows', null, -463 * second, 0],
  ['of a centre that nobody knows, hours back', null, -10 * hour, 0],
  ['without a stamp', right, null, 0],
  ['of a known centre, on time', right, -4 * second, -1 * second],
  ['of a known centre, late', right, -10 * minute, -10 * minute + 3 * second],
  ['of a centre that goes after, on time', taught([0, -463 * second]), -463 * second, 0],
  ['of a centre that goes after, late', taught([0, -463 * second]), -763 * second, -300 * second],
  ['ahead of its reception', right, 10 * hour, 0],
  ['of a clock that was never set', right, Date.parse('1980-01-06T00:00:00Z') - now, 0],
  ['of a clock years ahead', right, 20 * 365 * day, 0],
])('a text %s was sent at the latest at', (_, clock, seen, latest) => {
  const stamp = { scts: seen === null ? null : now + seen, receivedAt: now }
  expect(latestSending(stamp, clock)).toBe(now + latest)
})

describe('what stamps teach of a centre', () => {
  const ahead = (clock: SmscClock | null) => clock?.ahead ?? null

  test.each<[string, SmscClock | null, number | null]>([
    ['the first text', taught([0, -463 * second]), -463 * second],
    ['a text that was faster', taught([0, -463 * second], [minute, -2 * second]), -2 * second],
    ['a late text changes nothing', taught([0, -2 * second], [minute, -hour]), -2 * second],
    [
      'nor do several that were held up together',
      taught(
        [0, -2 * second],
        [hour, -50 * minute],
        [hour + 1, -50 * minute],
        [hour + 2, -50 * minute],
        [hour + 3, -50 * minute],
      ),
      -2 * second,
    ],
    [
      'nor do several that were held up for different times',
      taught(
        [0, -2 * second],
        [hour, -50 * minute],
        [hour + 2 * minute, -40 * minute],
        [hour + 4 * minute, -30 * minute],
      ),
      -2 * second,
    ],
    [
      'a clock that was set back shows it by texts that are late by the same',
      taught([0, -2 * second], [hour, -hour], [2 * hour, -hour - 3 * second], [3 * hour, -hour - 1 * second]),
      -hour,
    ],
    ['a stamp hours ahead alone teaches nothing', taught([0, 10 * hour]), null],
    ['nor against what is known', taught([0, -2 * second], [minute, 10 * hour]), -2 * second],
    [
      'a clock hours ahead shows it by texts that all are',
      taught([0, 10 * hour], [2 * minute, 10 * hour], [4 * minute, 10 * hour - second]),
      10 * hour,
    ],
    ['stamps that name no time that can be', taught([0, -50 * 365 * day], [hour, 3 * day]), null],
  ])('%s', (_, clock, expected) => {
    const seen = ahead(clock)
    // Clocks drift: what was seen hours ago counts a little less.
    if (expected === null || seen === null) expect(seen).toBe(expected)
    else expect(Math.abs(seen - expected)).toBeLessThan(5 * second)
  })

  test('a report names both ends: it corrects what texts taught wrongly at once', () => {
    const report = { scts: now - 463 * second, writtenAt: now - second, acceptedAt: now + 2 * second }
    expect(ahead(learnFromReport(null, report))).toBe(-465 * second)
    expect(ahead(learnFromReport(right, report))).toBe(-465 * second)
    expect(ahead(learnFromReport(taught([0, -500 * second]), report))).toBe(-465 * second)
  })

  test('a report that is hours ahead does not make texts late that are on time', () => {
    const report = { scts: now + 10 * hour, writtenAt: now - second, acceptedAt: now + 2 * second }
    expect(ahead(learnFromReport(right, report))).toBe(-3 * second)
  })

  test('knowledge that is not renewed gives way to drift', () => {
    const late = { scts: now + 30 * day - 20 * second, receivedAt: now + 30 * day }
    expect(latestSending(late, right)).toBe(late.receivedAt)
  })
})

test('a stamp beyond any validity, or a day ahead, is none', () => {
  const at = (scts: number) => usable({ scts, receivedAt: now })
  expect([at(now - 440 * day), at(now - 442 * day), at(now + 14 * hour), at(now + 25 * hour)]).toEqual([
    now - 440 * day,
    null,
    now + 14 * hour,
    null,
  ])
})
