import { expect, test } from '@jest/globals'
import { seededRandom } from '../../src/util/random.ts'
import { hour, minute } from '../support/ledger.ts'
import { accepts, type Received, type Receiver, status } from '../support/receiver.ts'
import { WebhookRun } from '../support/webhook-run.ts'

type Answer = Receiver['answer']

/** What a receiver can do wrong, each ending at once. */
const wrongs: readonly Answer[] = [
  status(500),
  status(503, { 'retry-after': '30' }),
  status(429, { 'retry-after': '60' }),
  status(302, { location: 'http://127.0.0.1:1/' }),
  (response) => response.destroy(),
  (response) => response.socket?.end('HTTP/1.1 2'),
]

/** By device, the calls that were accepted. */
const acceptedBy = (receiver: Receiver, answer: (n: number) => Answer | null) => {
  const accepted: Received[] = []
  let n = 0
  receiver.answer = (response, call) => {
    const wrong = answer(n++)
    if (wrong === null) accepted.push(call)
    ;(wrong ?? accepts)(response, call)
  }
  return accepted
}

test.each([1, 2, 3])(
  'whatever receivers do, and however often the hub is stopped, each event arrives, under one id, in its order where that is wanted (seed %s)',
  async (seed) => {
    const run = await WebhookRun.start(seed)
    const random = seededRandom(seed)
    try {
      let isWell = false
      const mood = () => (isWell || random() < 0.4 ? null : (wrongs[Math.floor(random() * wrongs.length)] as Answer))
      const [any, inOrder, calm] = [await run.receiver(), await run.receiver(), await run.receiver()]
      const toAny = acceptedBy(any, mood)
      const toOrdered = acceptedBy(inOrder, mood)
      await run.hook('any', any.url, { types: ['device.*'] })
      await run.hook('ordered', inOrder.url, { types: ['device.*'], ordered: true })
      await run.hook('calm', calm.url, { types: ['device.*'] })
      const devices = Array.from({ length: 24 }, (_, i) => `d${i}`)
      for (const device of devices) {
        await run.emit(device)
        if (random() < 0.5) await run.pass(Math.floor(random() * minute))
        if (random() < 0.15) {
          // At any moment: what was in flight or not yet made a delivery is there again.
          if (random() < 0.5) await run.clock.advance(60)
          await run.close()
          await run.open()
        }
      }
      await run.pass(minute)
      // The one that works has them all by now, whatever became of the others.
      expect(new Set(calm.devices)).toEqual(new Set(devices))
      isWell = true
      await run.pass(80 * hour)
      for (const accepted of [toAny, toOrdered])
        expect(new Set(accepted.map(({ json }) => json.data.device))).toEqual(new Set(devices))
      // At least once, and whatever comes again has the id of the first time.
      for (const receiver of [any, inOrder, calm]) {
        const ids = new Map<string, Set<string>>()
        for (const { id, json } of receiver.calls)
          ids.set(json.data.device, (ids.get(json.data.device) ?? new Set()).add(id))
        expect([...ids.values()].every(({ size }) => size === 1)).toBe(true)
      }
      const firsts = [...new Set(toOrdered.map(({ json }) => json.data.device))]
      expect(firsts).toEqual(devices)
      expect(run.most.get('ordered')).toBe(1)
      expect(run.most.get('any')).toBeLessThanOrEqual(4)
    } finally {
      await run.end()
    }
  },
)
