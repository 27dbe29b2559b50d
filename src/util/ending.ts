import { asError, type Failed } from './background.ts'
import { type Clock, sleep } from './clock.ts'

/** What runs, by name, in the order in which it is stopped. */
export type Parts = Readonly<Record<string, { stop(): unknown }>>

/** ms for a part to stop: a modem that is handing a message over may take two minutes for it. */
const mostMs = 150_000

/** Stops parts one after the other. One that fails, or does not end in time, keeps no other from it. */
export async function stopAll(clock: Clock, parts: Parts, failed: (name: string) => Failed): Promise<void> {
  for (const [name, part] of Object.entries(parts)) {
    try {
      const ended = await Promise.race([Promise.resolve(part.stop()).then(() => true), sleep(clock, mostMs)])
      if (!ended) failed(name)(new Error(`not ended within ${mostMs / 1000} s`))
    } catch (error) {
      failed(name)(asError(error))
    }
  }
}
