import type { Clock } from '../../src/util/clock.ts'
import { seededRandom } from '../../src/util/random.ts'
import { patienceMs } from '../support/patience.ts'

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

/** Waits until it holds, for so many seconds at most. */
export async function until(holds: () => boolean, seconds = patienceMs / 1000): Promise<void> {
  const end = performance.now() + 1000 * seconds
  while (!holds() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
}
