import { type Failed, inBackground } from './background.ts'
import type { Clock, Timer } from './clock.ts'

/** Does a work again and again, `ms` after it ended the last time. Returns what ends it. */
export function every(clock: Clock, ms: number, work: () => Promise<void>, failed: Failed): () => void {
  let ended = false
  let timer: Timer
  const once = async () => {
    try {
      await work()
    } finally {
      again()
    }
  }
  const again = () => {
    if (ended) return
    timer = clock.after(ms, () => inBackground(once, failed))
  }
  again()
  return () => {
    ended = true
    timer.cancel()
  }
}
