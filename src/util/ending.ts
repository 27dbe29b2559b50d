import { asError, type Failed } from './background.ts'
import { type Clock, sleep } from './clock.ts'

/** Running parts by name, in the order in which they are stopped. */
export type Parts = Readonly<Record<string, { stop(): unknown }>>

/**
 * For all parts together. A modem may take minutes to submit a message; service managers kill a process that has not
 * ended by then (systemd after 90 s), and what is in flight is in doubt at the next start.
 */
const totalMs = 55_000
/** The share that each part is guaranteed, however long those before it take. */
const guaranteedMs = 2_000

/** Stops parts one after the other. One that fails or times out does not prevent the rest from being stopped. */
export async function stopAll(clock: Clock, parts: Parts, failed: (name: string) => Failed): Promise<void> {
  const end = clock.monotonic() + totalMs
  let behind = Object.keys(parts).length
  for (const [name, part] of Object.entries(parts)) {
    behind--
    const ms = end - behind * guaranteedMs - clock.monotonic()
    try {
      const ended = await Promise.race([Promise.resolve(part.stop()).then(() => true), sleep(clock, ms)])
      if (!ended) failed(name)(new Error(`not ended within ${Math.round(ms / 1000)} s`))
    } catch (error) {
      failed(name)(asError(error))
    }
  }
}
