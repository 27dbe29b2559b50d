import type { Clock } from '../../src/util/clock.ts'
import { seededRandom } from '../../src/util/random.ts'

/** The machine's time, for programs that live in it; chance stays seeded. */
export const realClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
  random: seededRandom(1),
}
