import { join } from 'node:path'
import { type LoadOptions, loadConfig } from '../config/load.ts'
import { makeDevices } from '../config/make-devices.ts'
import { ProfileFiles } from '../config/profiles.ts'
import { trustWarnings } from '../config/trust-warnings.ts'
import { commandWarnings } from '../config/users.ts'
import { type CliContext, exitCodes } from './context.ts'
import { exposedFiles } from './exposed.ts'
import { strayEntities } from './stray-entities.ts'

/** `config check`: reads the configuration and its profiles, and starts nothing. */
export function checkConfig({ stdout, stderr }: CliContext, options: LoadOptions): number {
  const loaded = loadConfig(options)
  const { config, file, dataFolder } = loaded
  const devices = makeDevices(config, new ProfileFiles(join(dataFolder, 'devices')))
  const ofDevices = [
    ...[...devices.values()].flatMap(trustWarnings),
    ...commandWarnings(config, devices),
    ...strayEntities(config, devices.values()),
  ]
  for (const warning of [...loaded.warnings, ...ofDevices, ...exposedFiles(loaded)])
    stderr.write(`warning: ${warning}\n`)
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`
  const gateways = Object.keys(config.gateways).length
  const found = `${count(devices.size, 'device')}, ${count(gateways, 'gateway')}, data in ${dataFolder}`
  stdout.write(
    file === null ? `no smshub.yaml here; the defaults would be used: ${found}\n` : `${file} is valid: ${found}\n`,
  )
  return exitCodes.ok
}
