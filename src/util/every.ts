import type { Clock, Timer } from './clock.ts'

/** Does a work again and again, `ms` after it ended the last time. Returns what ends it. */
export function every(
  clock: Clock,
  ms: number,
  work: () => Promise<void>,
  failed: (error: unknown) => void,
): () => void {
  let ended = false
  let timer: Timer
  const again = () => {
    if (ended) return
    timer = clock.after(ms, () => void work().catch(failed).finally(again))
  }
  again()
  return () => {
    ended = true
    timer.cancel()
  }
}
