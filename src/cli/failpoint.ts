import type { Checkpoint } from '../util/steps.ts'

/**
 * `SMSHUB_FAILPOINT=submit.enqueue:after` ends the process there as a power cut would; `#3` behind it waits for the
 * third time. For the crash tests: a hub without the variable knows nothing of it.
 */
export function failpointFrom(env: Readonly<Record<string, string | undefined>>): Checkpoint | undefined {
  const wanted = env.SMSHUB_FAILPOINT
  if (wanted === undefined || wanted === '') return undefined
  const [point, count = '1'] = wanted.split('#')
  let left = Number(count)
  return (passed) => {
    if (passed !== point || --left > 0) return
    process.kill(process.pid, 'SIGKILL')
    // The signal may take a moment to arrive; nothing more may happen meanwhile.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }
}
