/**
 * How long a test waits for what must come, in ms: long enough for a machine that is busy with something else, so that
 * no verdict depends on its speed. What comes in time costs nothing of it.
 */
export const patienceMs = 300_000
