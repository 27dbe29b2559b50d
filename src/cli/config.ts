import { join } from 'node:path'
import { makeDevices } from '../config/devices.ts'
import { type LoadOptions, loadConfig } from '../config/load.ts'
import { ProfileFiles } from '../config/profiles.ts'
import { type CliContext, exitCodes } from './context.ts'

/** `config check`: reads the configuration and every profile it names, and starts nothing. */
export function checkConfig({ stdout }: CliContext, options: LoadOptions): number {
  const { config, file, dataFolder } = loadConfig(options)
  const devices = makeDevices(config, new ProfileFiles(join(dataFolder, 'devices')))
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`
  const gateways = Object.keys(config.gateways).length
  stdout.write(
    `${file ?? 'no file: defaults'} is right: ${count(devices.size, 'device')}, ${count(gateways, 'gateway')}, data in ${dataFolder}\n`,
  )
  return exitCodes.ok
}
