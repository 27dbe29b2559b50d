import type { Clock } from '../util/clock.ts'

/** The result of `work` if it settles within `ms`; else it rejects with `late`, and the later result is dropped. */
export function within<T>(clock: Clock, ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => reject(late()))
    work.then(resolve, reject).finally(() => timer.cancel())
  })
}
