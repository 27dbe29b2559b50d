import { join } from 'node:path'
import { type LoadOptions, loadConfig } from '../config/load.ts'
import { ProfileFiles } from '../config/profiles.ts'
import { Fault } from '../message/fault.ts'

/** The profiles of the hub: shipped ones and the owner's below its data folder. */
export const profileFiles = (options: LoadOptions): ProfileFiles => new ProfileFiles(ownFolder(options))

/** `<data>/devices`; profiles can be shown even if the configuration is invalid. */
export function ownFolder(options: LoadOptions): string | null {
  try {
    return join(loadConfig(options).dataFolder, 'devices')
  } catch (error) {
    if (Fault.from(error).code !== 'invalid_config') throw error
    const folder = options.data ?? options.env.SMSHUB_DATA
    return folder === undefined ? null : join(folder, 'devices')
  }
}
