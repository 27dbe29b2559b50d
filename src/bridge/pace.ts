import { mqttOutlet } from '../mqtt/outlet/publisher.ts'
import type { Store } from '../store/store.ts'
import { type Clock, sleep } from '../util/clock.ts'

/** Messages that may wait for the broker: few, for the answer to whoever asks something meanwhile stands behind them. */
const mostWaiting = 50
/** ms until that is looked at again: a broker that takes them needs no longer, one that is away may be away for long. */
const pause = { least: 20, most: 5_000, grows: 1.2 }

/** Resolves when the broker has taken most of what waits for it, or there is no use in waiting. */
export async function drained(store: Store, clock: Clock, stopped: () => boolean): Promise<void> {
  for (let wait = pause.least; !stopped(); wait = Math.min(pause.most, wait * pause.grows)) {
    const waiting = await store.runEarly('countWaiting', { outlet: mqttOutlet, most: mostWaiting + 1 })
    if (waiting <= mostWaiting) return
    await sleep(clock, wait)
  }
}
