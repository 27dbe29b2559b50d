import { copyFileSync, cpSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type LoadOptions, loadConfig } from '../config/load.ts'
import { Fault } from '../message/fault.ts'
import { isoTime } from '../message/result.ts'
import { narrow } from './backup.ts'
import { type CliContext, exitCodes } from './context.ts'
import { askHub } from './control.ts'

/** Files of a backup that belong beside the store, and those beside the configuration. */
const dataNames = ['smshub.db', 'instance', 'devices']
const configNames = ['smshub.yaml', 'secrets.yaml']

/**
 * `restore <folder>`: replaces the present files by a backup. The store of a backup is marked: nothing that was queued
 * in it is sent again.
 */
export async function restore(
  { stdout, cwd, clock, env }: CliContext,
  folder: string,
  { force = false }: { force?: boolean },
  options: LoadOptions,
): Promise<number> {
  const source = resolve(cwd, folder)
  if (!existsSync(join(source, 'smshub.db')))
    throw new Fault('invalid_config', `${source} is not a backup: there is no smshub.db in it`)
  const { configFolder, dataFolder } = placesOf(source, options, cwd, env)
  if (source === dataFolder) throw new Fault('invalid_config', `${source} is the data folder itself`)
  if (existsSync(dataFolder) && (await askHub(dataFolder, 'GET', '/healthz', undefined, [503])) !== null)
    throw new Fault('data_locked', `a hub runs on ${dataFolder}: stop it first`)
  const wanted = [
    ...dataNames.map((name) => join(dataFolder, name)),
    ...configNames.map((name) => join(configFolder, name)),
  ]
  const pairs = wanted
    .map((target) => ({ from: join(source, target.slice(dirname(target).length + 1)), target }))
    .filter(({ from }) => existsSync(from))
  const present = pairs.filter(({ target }) => existsSync(target)).map(({ target }) => target)
  if (present.length > 0 && !force)
    throw new Fault(
      'invalid_config',
      `${present.join(', ')}: there already; --force replaces them and keeps the old ones`,
    )
  const suffix = `.before-restore-${isoTime(clock.wall()).slice(0, 19).replace(/[:T]/g, '-')}`
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  // The write-ahead log belongs to the old store.
  const old = [
    ...present,
    ...['-wal', '-shm'].map((end) => join(dataFolder, `smshub.db${end}`)).filter((path) => existsSync(path)),
  ]
  for (const path of old) renameSync(path, path + suffix)
  for (const { from, target } of pairs) {
    if (target.endsWith('devices')) cpSync(from, target, { recursive: true })
    else copyFileSync(from, target)
    narrow(target)
  }
  for (const { target } of pairs) stdout.write(`${target}\n`)
  return exitCodes.ok
}

/** Target folders: from the present configuration, else from that of the backup, relative to the working folder. */
function placesOf(
  source: string,
  options: LoadOptions,
  cwd: string,
  env: LoadOptions['env'],
): { configFolder: string; dataFolder: string } {
  const present = loadConfig({ ...options, env })
  if (present.file !== null) return { configFolder: dirname(present.file), dataFolder: present.dataFolder }
  const inBackup = join(source, 'smshub.yaml')
  if (!existsSync(inBackup)) return { configFolder: cwd, dataFolder: present.dataFolder }
  const { config } = loadConfig({ ...options, config: inBackup })
  return { configFolder: cwd, dataFolder: resolve(cwd, options.data ?? env.SMSHUB_DATA ?? config.data) }
}
