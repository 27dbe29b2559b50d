import { type Clock, sleep } from './clock.ts'

/** Whom a failure is reported to. */
export type Failed = (error: Error) => void

/** Starts work that nobody waits for. Whatever it throws or rejects with is reported, and ends there. */
export function inBackground(work: () => unknown, failed: Failed): void {
  new Promise((resolve) => resolve(work())).catch((error: unknown) => failed(asError(error)))
}

/** Reports a failure as a line of the log that says what was being done. */
export function logged(log: (level: 'error', message: string) => void, what: string): Failed {
  return ({ message }) => log('error', `${what}: ${message}`)
}

const retryMs = { first: 1_000, longest: 60_000 }

/** Does it again until it is done or not `wanted` any more, more and more slowly. Every failure is reported. */
export async function untilDone(
  clock: Clock,
  work: () => Promise<unknown>,
  wanted: () => boolean,
  failed: Failed,
): Promise<void> {
  for (let waitMs = retryMs.first; ; waitMs = Math.min(2 * waitMs, retryMs.longest)) {
    try {
      await work()
      return
    } catch (error) {
      failed(asError(error))
    }
    if (!wanted()) return
    await sleep(clock, waitMs)
    if (!wanted()) return
  }
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
