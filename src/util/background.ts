import { type Clock, sleep } from './clock.ts'

/** Receives a failure of work in the background. */
export type Failed = (error: Error) => void

/** Starts work that nothing awaits. Whatever it throws or rejects with goes to `failed`. */
export function inBackground(work: () => unknown, failed: Failed): void {
  new Promise((resolve) => resolve(work())).catch((error: unknown) => failed(asError(error)))
}

/** Logs a failure as an error in `what`. */
export function logged(log: (level: 'error', message: string) => void, what: string): Failed {
  return ({ message }) => log('error', `${what}: ${message}`)
}

const retryMs = { first: 1_000, longest: 60_000 }

/** Retries until it succeeds or is no longer `wanted`, with growing delays. Every failure is reported. */
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
