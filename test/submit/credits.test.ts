import { describe, expect, test } from '@jest/globals'
import { Credits } from '../../src/submit/credits.ts'
import { FakeClock } from '../fake-clock.ts'

const make = (window: number) => {
  const clock = new FakeClock()
  return { clock, credits: new Credits(window, clock) }
}

/** As many are under way as there is room for, and all are taken. */
function round(credits: Credits): number {
  const rounds = Array.from({ length: credits.free }, () => credits.take())
  for (const _ of rounds) {
    credits.accepted()
    credits.giveBack()
  }
  return rounds.length
}

describe('a gateway', () => {
  test.each([
    [1, 1],
    [500, 500],
    [0, 1],
    [2.5, 2],
  ])('of window %d has %d under way at the most', (window, most) => {
    const { credits } = make(window)
    expect(credits.free).toBe(most)
    for (let i = 0; i < most; i++) credits.take()
    expect(credits.free).toBe(0)
    credits.giveBack()
    expect(credits.free).toBe(1)
  })

  test('that gets too much gets half of it, however many of those in flight report it', () => {
    const { credits } = make(100)
    const rounds = Array.from({ length: 100 }, () => credits.take())
    for (const one of rounds) {
      credits.throttled(one)
      credits.giveBack()
    }
    expect(credits.free).toBe(50)
    credits.throttled(credits.take())
    credits.giveBack()
    expect(credits.free).toBe(25)
  })

  test('that gets too much rests a second', async () => {
    const { clock, credits } = make(100)
    expect(credits.rest).toBe(0)
    credits.throttled(credits.take())
    expect(credits.rest).toBe(1_000)
    await clock.advance(1_000)
    expect(credits.rest).toBe(0)
  })

  test('never gets less than one', () => {
    const { credits } = make(3)
    for (let i = 0; i < 5; i++) {
      credits.throttled(credits.take())
      credits.giveBack()
    }
    expect(credits.free).toBe(1)
  })

  test('gets one more with each round that it takes, up to its window', () => {
    const { credits } = make(8)
    credits.throttled(credits.take())
    credits.giveBack()
    expect(Array.from({ length: 7 }, () => round(credits))).toEqual([4, 5, 6, 7, 8, 8, 8])
  })
})
