import { join } from 'node:path'
import { type LoadOptions, loadConfig } from '../config/load.ts'
import { ProfileFiles } from '../config/profiles.ts'
import { Fault } from '../message/fault.ts'

/** The profiles that the hub itself would find: those of the box and the owner's own below its data folder. */
export const profileFiles = (options: LoadOptions): ProfileFiles => new ProfileFiles(ownFolder(options))

/** `<data>/devices`; profiles can be looked at beside a configuration that is wrong, too. */
export function ownFolder(options: LoadOptions): string | null {
  try {
    return join(loadConfig(options).dataFolder, 'devices')
  } catch (error) {
    if (Fault.from(error).code !== 'invalid_config') throw error
    const folder = options.data ?? options.env.SMSHUB_DATA
    return folder === undefined ? null : join(folder, 'devices')
  }
}
