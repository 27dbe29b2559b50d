import { type LoadOptions, loadConfig } from '../config/load.ts'
import { type CliContext, exitCodes } from './context.ts'
import { askHub } from './control.ts'

/** `healthcheck`: whether the hub of this data folder runs. A modem without network is no reason to start it again. */
export async function checkHealth({ stdout, stderr }: CliContext, load: LoadOptions): Promise<number> {
  const { dataFolder } = loadConfig(load)
  const answer = await askHub(dataFolder, 'GET', '/healthz')
  if (answer === null) {
    stderr.write(`smshub: no hub runs on ${dataFolder}\n`)
    return exitCodes.failure
  }
  stdout.write(`${answer}\n`)
  return exitCodes.ok
}
