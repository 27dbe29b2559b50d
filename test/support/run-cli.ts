import { execFile } from 'node:child_process'
import { temporaryFolder } from './folder.ts'
import { mainFile } from './hub-process.ts'
import { patienceMs } from './patience.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs the command line beside this process, in which the simulated modem lives; under another program, perhaps. */
export function smshub(args: readonly string[], cwd = temporaryFolder(), under: readonly string[] = []): Promise<Ran> {
  const [run, ...words] = [...under, process.execPath, mainFile, ...args] as [string, ...string[]]
  return new Promise((resolve) => {
    const child = execFile(run, words, { cwd, timeout: patienceMs }, (error, out, err) => {
      resolve({ code: (error?.code as number | undefined) ?? (error === null ? 0 : 1), out, err })
    })
    child.stdin?.end()
  })
}
