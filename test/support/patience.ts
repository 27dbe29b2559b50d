/**
 * How long a test waits for what must come, in ms: long enough for a machine that is busy with something else, so that
 * no verdict depends on its speed. What comes in time costs nothing of it.
 */
export const patienceMs = 300_000

/** Waits until it holds, and fails when it never does. A pause of any length is no such wait: it guesses at the speed. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  seen: () => string = () => holds.toString(),
): Promise<void> {
  for (const end = performance.now() + patienceMs; !(await holds()); ) {
    if (performance.now() > end) throw new Error(`not within ${patienceMs} ms: ${seen()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
