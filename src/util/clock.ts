/** A timer that has not fired yet. */
export interface Timer {
  cancel(): void
}

/**
 * The only source of time and randomness, so that a test can run a thousand hours in seconds, and repeatably.
 */
export interface Clock {
  /** Wall time in milliseconds since 1970; may step. */
  wall(): number
  /** Milliseconds since an arbitrary start; never steps back. */
  monotonic(): number
  /** Calls back once after `ms` milliseconds of monotonic time. The timer does not keep the process alive. */
  after(ms: number, callback: () => void): Timer
  /** A number in [0, 1). */
  random(): number
}

export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve))
}
