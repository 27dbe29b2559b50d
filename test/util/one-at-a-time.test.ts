import { expect, test } from '@jest/globals'
import { inBackground } from '../../src/util/background.ts'
import { OneAtATime } from '../../src/util/one-at-a-time.ts'

test('what is asked for a thousand times while it runs is done once more, as it was asked last', async () => {
  const failures: string[] = []
  const looks = new OneAtATime((work) => inBackground(work, ({ message }) => failures.push(message)))
  const done: number[] = []
  let end: () => void = () => {}
  looks.ask(async () => {
    done.push(0)
    await new Promise<void>((resolve) => {
      end = resolve
    })
  })
  for (let n = 1; n <= 1_000; n++) looks.ask(() => done.push(n))
  await Promise.resolve()
  expect(done).toEqual([0])
  end()
  await new Promise(setImmediate)
  expect(done).toEqual([0, 1_000])
  // A failure is reported and ends nothing.
  looks.ask(() => {
    throw new Error('broken')
  })
  await new Promise(setImmediate)
  looks.ask(() => done.push(1_001))
  await new Promise(setImmediate)
  expect({ failures, done }).toEqual({ failures: ['broken'], done: [0, 1_000, 1_001] })
})
