import { expect, test } from '@jest/globals'
import { type Part, Parts } from '../../src/hub/parts.ts'
import { SimulatedClock } from '../support/simulation.ts'

const names = ['store', 'door', 'sender', 'upkeep']

/** Parts that note what is asked of them; some break. */
function make(breaks: { readonly start?: string; readonly stop?: string } = {}) {
  const asked: string[] = []
  const failures: string[] = []
  const parts = names.map((name): Part => {
    const does = (what: 'start' | 'stop') => async () => {
      asked.push(`${what} ${name}`)
      if (breaks[what] === name) throw new Error('it broke')
    }
    return { name, start: does('start'), stop: does('stop') }
  })
  const failed =
    (what: string) =>
    ({ message }: Error) =>
      void failures.push(`${what}: ${message}`)
  return { asked, failures, all: new Parts(parts, { clock: new SimulatedClock(1), checkpoint: () => {}, failed }) }
}

test('parts are started in their order and stopped in reverse', async () => {
  const { asked, all } = make()
  await all.start()
  await all.stop()
  expect(asked).toEqual([
    ...names.map((name) => `start ${name}`),
    ...[...names].reverse().map((name) => `stop ${name}`),
  ])
})

test.each(names)('a start of %s that fails names it, and what has begun is stopped in reverse', async (name) => {
  const { asked, all } = make({ start: name })
  await expect(all.start()).rejects.toMatchObject({
    message: `${name} can't be started: it broke`,
    detail: { part: name },
  })
  const begun = names.slice(0, names.indexOf(name) + 1)
  expect(asked).toEqual(begun.map((one) => `start ${one}`))
  asked.length = 0
  await all.stop()
  expect(asked).toEqual(begun.reverse().map((one) => `stop ${one}`))
})

test('a part that can’t be stopped is named and keeps no other one from its end', async () => {
  const { asked, failures, all } = make({ stop: 'sender' })
  await all.start()
  asked.length = 0
  await all.stop()
  expect(asked).toHaveLength(names.length)
  expect(failures).toEqual(['stopping sender: it broke'])
})
