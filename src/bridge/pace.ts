import { mqttOutlet } from '../mqtt/outlet/publisher.ts'
import type { Store } from '../store/store.ts'
import { type Clock, sleep } from '../util/clock.ts'

/** Messages that may wait for the broker: few, as answers to requests queue up behind them. */
const maxWaiting = 50
/** Poll interval: a connected broker needs no longer, a disconnected one may be away for long. */
const pause = { least: 20, most: 5_000, grows: 1.2 }

/** Resolves when the broker has accepted most waiting messages, or waiting is pointless. */
export async function drained(store: Store, clock: Clock, stopped: () => boolean): Promise<void> {
  for (let wait = pause.least; !stopped(); wait = Math.min(pause.most, wait * pause.grows)) {
    const waiting = await store.runEarly('countWaiting', { outlet: mqttOutlet, most: maxWaiting + 1 })
    if (waiting <= maxWaiting) return
    await sleep(clock, wait)
  }
}
