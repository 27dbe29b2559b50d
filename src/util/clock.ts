/** A timer that has not fired yet. */
export interface Timer {
  cancel(): void
}

/**
 * Where time and chance come from. Nothing else in the hub asks the machine for them, so that a test can run a
 * thousand hours in seconds and twice in the same way.
 */
export interface Clock {
  /** Wall time in milliseconds since 1970; may step. */
  wall(): number
  /** Milliseconds that only ever grow, from an arbitrary start. */
  monotonic(): number
  /** Calls back once after `ms` milliseconds of monotonic time. The timer alone keeps no process alive. */
  after(ms: number, callback: () => void): Timer
  /** A number in [0, 1). */
  random(): number
}

/** Resolves after `ms` milliseconds of the clock. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve))
}
