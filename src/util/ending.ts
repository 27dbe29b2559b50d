import { asError, type Failed } from './background.ts'
import { type Clock, sleep } from './clock.ts'

/** What runs, by name, in the order in which it is stopped. */
export type Parts = Readonly<Record<string, { stop(): unknown }>>

/**
 * ms for all parts together. A modem may take minutes for a message that it is handing over; service managers kill
 * what has not ended by then (systemd after 90 s), and what is in flight is in doubt at the next start.
 */
const mostMs = 55_000
/** ms of them that each part keeps for itself, however long those before it take. */
const leastMs = 2_000

/** Stops parts one after the other. One that fails, or does not end in time, keeps no other from it. */
export async function stopAll(clock: Clock, parts: Parts, failed: (name: string) => Failed): Promise<void> {
  const end = clock.monotonic() + mostMs
  let behind = Object.keys(parts).length
  for (const [name, part] of Object.entries(parts)) {
    behind--
    const ms = end - behind * leastMs - clock.monotonic()
    try {
      const ended = await Promise.race([Promise.resolve(part.stop()).then(() => true), sleep(clock, ms)])
      if (!ended) failed(name)(new Error(`not ended within ${Math.round(ms / 1000)} s`))
    } catch (error) {
      failed(name)(asError(error))
    }
  }
}
