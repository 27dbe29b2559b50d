import { expect, test } from '@jest/globals'
import { type Parts, stopAll } from '../../src/util/ending.ts'
import { SimulatedClock } from '../support/simulation.ts'

/** Stops parts on a clock of its own; answers which were stopped, what was reported, and ms it took. */
async function stopped(parts: Parts): Promise<{ asked: string[]; failed: string[]; ms: number }> {
  const clock = new SimulatedClock(1)
  const asked: string[] = []
  const failed: string[] = []
  const watched = Object.entries(parts).map(([name, part]) => {
    const stop = () => {
      asked.push(name)
      return part.stop()
    }
    return [name, { stop }] as const
  })
  let ms = Number.POSITIVE_INFINITY
  const all = stopAll(
    clock,
    Object.fromEntries(watched),
    (name) =>
      ({ message }) =>
        failed.push(`${name}: ${message}`),
  )
  const over = all.then(() => {
    ms = clock.monotonic()
  })
  for (let second = 0; second < 300; second++) await clock.advance(1_000)
  await over
  return { asked, failed, ms }
}

const never = { stop: () => new Promise(() => {}) }
const good = { stop: async () => {} }
const broken = {
  stop: () => {
    throw new Error('it broke')
  },
}

test('all parts are stopped within a minute, however many of them never end', async () => {
  const { asked, failed, ms } = await stopped({ a: never, b: never, c: never, d: never, e: never, f: never, g: never })
  expect(asked).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  expect(failed).toHaveLength(7)
  expect(ms).toBeLessThanOrEqual(60_000)
})

test('a part that never ends leaves time to those behind it', async () => {
  const { asked, failed, ms } = await stopped({ submit: never, mqtt: good, store: good })
  expect(failed).toEqual([expect.stringMatching(/^submit: not ended within \d+ s$/)])
  expect(asked).toEqual(['submit', 'mqtt', 'store'])
  expect(ms).toBeLessThanOrEqual(60_000)
})

test('a part that fails is reported and keeps no other from its end', async () => {
  expect(await stopped({ a: broken, b: good })).toEqual({ asked: ['a', 'b'], failed: ['a: it broke'], ms: 0 })
})
