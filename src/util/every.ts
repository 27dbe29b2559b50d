import { type Failed, inBackground } from './background.ts'
import type { Clock, Timer } from './clock.ts'

/** Repeats `work`, each time `ms` after the last run ended. Returns a function that stops it. */
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
