import type { Checkpoint } from '../util/steps.ts'

/**
 * `SMSHUB_FAILPOINT=submit.enqueue:after` ends the process there like a power cut; with the suffix `#3` at the third
 * time. For the crash tests.
 */
export function failpointFrom(env: Readonly<Record<string, string | undefined>>): Checkpoint | undefined {
  const wanted = env.SMSHUB_FAILPOINT
  if (wanted === undefined || wanted === '') return undefined
  const [point, count = '1'] = wanted.split('#')
  let left = Number(count)
  return (passed) => {
    if (passed !== point || --left > 0) return
    process.kill(process.pid, 'SIGKILL')
    // Blocks until the signal arrives, so that nothing more happens.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }
}
