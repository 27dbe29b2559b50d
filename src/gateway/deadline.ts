import type { Fault } from '../message/fault.ts'
import type { Clock } from '../util/clock.ts'

/** What becomes of `work` within `ms`; after that it fails with the fault, and how it ends is for nobody. */
export function within<T>(clock: Clock, ms: number, work: Promise<T>, fault: () => Fault): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => reject(fault()))
    work.then(resolve, reject).finally(() => timer.cancel())
  })
}
