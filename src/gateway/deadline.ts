import type { Fault } from '../message/fault.ts'
import type { Clock } from '../util/clock.ts'

/** The result of `work` if it settles within `ms`; else it rejects with the fault, and the later result is dropped. */
export function within<T>(clock: Clock, ms: number, work: Promise<T>, fault: () => Fault): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => reject(fault()))
    work.then(resolve, reject).finally(() => timer.cancel())
  })
}
