import { type LoadOptions, loadConfig } from '../config/load.ts'
import type { Health } from '../message/health.ts'
import { type CliContext, exitCodes } from './context.ts'
import { askHub } from './control.ts'

/** `healthcheck`: whether the hub of this data folder works. A modem without network is not a failure of the hub. */
export async function checkHealth({ stdout, stderr }: CliContext, load: LoadOptions): Promise<number> {
  const { dataFolder } = loadConfig(load)
  const answer = await askHub(dataFolder, 'GET', '/healthz', undefined, [503])
  if (answer === null) {
    stderr.write(`smshub: no hub runs on ${dataFolder}\n`)
    return exitCodes.failure
  }
  stdout.write(`${answer}\n`)
  return (JSON.parse(answer) as Health).ok ? exitCodes.ok : exitCodes.failure
}
