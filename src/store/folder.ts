import { randomBytes, randomUUID } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../message/fault.ts'
import { isoTime } from '../message/result.ts'
import type { Clock } from '../util/clock.ts'
import type { StoreOptions } from './sqlite/backend.ts'
import { SqliteStore } from './sqlite/sqlite-store.ts'
import type { Store } from './store.ts'
import { writeWhole } from './whole-file.ts'

/** Free space below which nothing is accepted: this, or a fiftieth of a small disk. */
const reserveOctets = 32 * 1024 * 1024

/** Kept backups: a week of daily ones. */
const maxBackups = 7

/** Files of the hub beside the store; those of earlier versions may be readable by everybody. */
const ownFiles = /^smshub\.db|^(instance|revision-key|smshub\.pid)$/

/** Whether users other than the owner can open it. Windows has no such bits. */
export function isReadableByOthers(path: string): boolean {
  return process.platform !== 'win32' && existsSync(path) && (statSync(path).mode & 0o077) !== 0
}

/** The folder of the store and its files. As they contain passwords and texts, it is accessible to the owner only. */
export class DataFolder {
  readonly path: string

  /** Makes the folder. Fails with `invalid_config` where it is not writable. */
  constructor(path: string) {
    this.path = path
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 })
      writeFileSync(join(path, '.writable'), '')
      rmSync(join(path, '.writable'))
    } catch (error) {
      throw new Fault(
        'invalid_config',
        `the data folder ${path} can't be written: ${(error as Error).message}`,
        {},
        error,
      )
    }
  }

  /** Restricts files that other users can open; returns a warning when the folder itself is open to them. */
  narrow(): string | null {
    for (const name of readdirSync(this.path)) {
      const file = join(this.path, name)
      if (ownFiles.test(name) && isReadableByOthers(file)) chmodSync(file, 0o600)
    }
    if (!isReadableByOthers(this.path)) return null
    return `other users of this machine can look into ${this.path}, which holds passwords and texts: chmod 700 ${this.path}`
  }

  get storePath(): string {
    return join(this.path, 'smshub.db')
  }

  /** Opens the store exclusively. A damaged one is copied and refused, never silently replaced by an empty one. */
  async openStore(clock: Clock, options: Omit<StoreOptions, 'path'> = {}): Promise<Store> {
    const pidFile = join(this.path, 'smshub.pid')
    try {
      const store = await SqliteStore.open({ now: () => clock.wall(), ...options, path: this.storePath })
      writeFileSync(pidFile, String(process.pid))
      return store
    } catch (error) {
      const fault = Fault.from(error)
      if (fault.code === 'data_locked') {
        const pid = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').trim() : 'unknown'
        throw new Fault(
          'data_locked',
          `the data folder ${this.path} is in use by the hub with process id ${pid}`,
          {},
          error,
        )
      }
      if (fault.code === 'store_damaged') throw this.#keepDamaged(fault, clock)
      throw fault
    }
  }

  #keepDamaged(fault: Fault, clock: Clock): Fault {
    const copy = `${this.storePath}.damaged-${isoTime(clock.wall()).replace(/[:.]/g, '-')}`
    for (const suffix of ['', '-wal']) {
      if (existsSync(this.storePath + suffix)) copyFileSync(this.storePath + suffix, copy + suffix)
    }
    const message =
      `${fault.message}. A copy is kept as ${copy}. Put a backup in its place (smshub backup makes them), ` +
      `or remove ${this.storePath} to start empty: what was queued is lost then.`
    return new Fault('store_damaged', message, { ...fault.detail, copy })
  }

  /** A folder for a backup, accessible to the owner only, as it contains secrets. */
  newBackup(now: number): { readonly path: string; readonly name: string } {
    if (!this.hasRoom()) throw new Fault('storage_full', `there is no space for a backup in ${this.path}`)
    const name = isoTime(now).replace(/[:.]/g, '-')
    const path = join(this.path, 'backups', name)
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return { path, name }
  }

  /** Writes a backup to a folder of its own, with `copyFiles` beside the store; returns its relative path. */
  async backUp(
    store: Pick<Store, 'backup'>,
    now: number,
    copyFiles: (folder: string) => void = () => {},
  ): Promise<string> {
    const { path, name } = this.newBackup(now)
    try {
      await store.backup(join(path, 'smshub.db'))
      copyFiles(path)
    } catch (error) {
      this.dropBackup(name)
      throw error
    }
    this.forgetBackups()
    return `backups/${name}`
  }

  dropBackup(name: string): void {
    rmSync(join(this.path, 'backups', name), { recursive: true, force: true })
  }

  /** Removes the oldest backups, and no other files. */
  forgetBackups(): void {
    const names = readdirSync(join(this.path, 'backups')).filter((name) => /^\d{4}-[\dTZ-]+$/.test(name))
    for (const name of names.sort().slice(0, -maxBackups)) this.dropBackup(name)
  }

  /** Copies of the store: backups, those from before an upgrade, damaged ones. */
  backups(): string[] {
    const folder = join(this.path, 'backups')
    const made = existsSync(folder) ? readdirSync(folder).map((name) => `backups/${name}`) : []
    const copies = readdirSync(this.path).filter((name) => /^smshub\.db\.(before-schema-\d+$|damaged)/.test(name))
    return [...made.sort(), ...copies]
  }

  /** Whether there is space beyond the reserve. */
  hasRoom(): boolean {
    const { bavail, bsize, blocks } = statfsSync(this.path)
    return bavail * bsize > Math.min(reserveOctets, (blocks * bsize) / 50)
  }

  /** Distinguishes installations at a shared broker; made once, kept with the data. */
  instanceId(): string {
    return this.#kept('instance', () => randomUUID().slice(0, 8))
  }

  /**
   * The key of fingerprints of what contains passwords; made once, and in no backup. Its file is named after revisions,
   * the ETags of the API, for which it was made first: under another name the known ones would end with an upgrade.
   */
  printKey(): string {
    return this.#kept('revision-key', () => randomBytes(32).toString('base64url'))
  }

  #kept(name: string, make: () => string): string {
    const file = join(this.path, name)
    const known = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
    if (known !== '') return known
    const text = make()
    writeWhole(file, text)
    return text
  }
}
