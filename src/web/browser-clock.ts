import type { Clock } from '../util/clock.ts'

/** The time of the browser. */
export const browserClock: Pick<Clock, 'monotonic' | 'after'> = {
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return { cancel: () => clearTimeout(timer) }
  },
}
