import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { LoadOptions } from '../config/load.ts'
import { loadConfig } from '../config/load.ts'
import { Fault } from '../message/fault.ts'
import { isoTime } from '../message/result.ts'
import { DataFolder } from '../store/folder.ts'
import { type CliContext, exitCodes } from './context.ts'
import { askHub } from './control.ts'

/**
 * `backup [folder]`: a copy of store, configuration, secrets and profiles. The copy of the store is marked: a hub
 * started from it sends nothing again.
 */
export async function backup(
  { stdout, cwd, clock }: CliContext,
  folder: string | undefined,
  options: LoadOptions,
): Promise<number> {
  const { file, dataFolder } = loadConfig(options)
  const target = resolve(cwd, folder ?? `smshub-backup-${isoTime(clock.wall()).slice(0, 19).replace(/[:T]/g, '-')}`)
  if (existsSync(target) && readdirSync(target).length > 0) throw new Fault('invalid_config', `${target} is not empty`)
  mkdirSync(target, { recursive: true })
  const asked = await askHub(dataFolder, 'POST', '/backup', { folder: target })
  if (asked === null) await copyStore(dataFolder, target, clock)
  copyFiles(file, dataFolder, target)
  stdout.write(`${target}\n`)
  return exitCodes.ok
}

/** Without a running hub, the store is opened for the copy. */
async function copyStore(dataFolder: string, target: string, clock: CliContext['clock']): Promise<void> {
  const folder = new DataFolder(dataFolder)
  if (!existsSync(folder.storePath)) return
  const store = await folder.openStore(clock)
  try {
    await store.backup(join(target, 'smshub.db'))
  } finally {
    await store.close()
  }
}

/** Files beside the store. */
export function copyFiles(config: string | null, dataFolder: string, target: string): void {
  const files = [
    ...(config === null ? [] : [config, join(dirname(config), 'secrets.yaml')]),
    join(dataFolder, 'instance'),
    join(dataFolder, 'devices'),
  ]
  for (const path of files) {
    if (!existsSync(path)) continue
    const copy = join(target, basename(path))
    cpSync(path, copy, { recursive: true })
    narrow(copy)
  }
}

/** A copy keeps the permissions of its original: restricts them to the owner. */
export function narrow(path: string): void {
  const isFolder = statSync(path).isDirectory()
  chmodSync(path, isFolder ? 0o700 : 0o600)
  if (isFolder) for (const name of readdirSync(path)) narrow(join(path, name))
}
