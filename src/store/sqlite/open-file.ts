import type Database from 'better-sqlite3'
import { Fault } from '../../message/fault.ts'
import { lock, opened } from './lock.ts'
import { asFault, codeOf } from './sqlite-fault.ts'
import { upgrade } from './upgrade.ts'

/** A store that is open for this hub alone. */
export interface OpenFile {
  readonly db: Database.Database
  /** Whether another connection can read it meanwhile. */
  readonly isShared: boolean
  close(): void
}

/** Opens the file in WAL mode, checks its integrity and brings it to the current schema. */
export function openFile(path: string): OpenFile {
  try {
    const own = path === ':memory:' ? null : lock(path)
    try {
      const { db, isShared } = openBest(path)
      const close = () => {
        db.close()
        own?.close()
      }
      return { db, isShared, close }
    } catch (error) {
      own?.close()
      throw error
    }
  } catch (error) {
    throw faultOf(error, path)
  }
}

/**
 * In WAL mode, connections share the index of the log by memory (`-shm`), which some file systems do not have: of the
 * network, of other machines, in user space. One that is alone keeps the index to itself.
 * https://sqlite.org/wal.html, "Use of WAL without shared-memory"
 */
function openBest(path: string): { db: Database.Database; isShared: boolean } {
  try {
    return { db: opened(path, (db) => prepare(db, path, 'NORMAL')), isShared: true }
  } catch (error) {
    if (!/^SQLITE_(IOERR_SHM|CANTOPEN|READONLY)/.test(codeOf(error))) throw error
    return { db: opened(path, (db) => prepare(db, path, 'EXCLUSIVE')), isShared: false }
  }
}

function prepare(db: Database.Database, path: string, locking: 'NORMAL' | 'EXCLUSIVE'): void {
  // Before the first access: https://sqlite.org/pragma.html#pragma_locking_mode
  db.pragma(`locking_mode = ${locking}`)
  db.pragma('journal_mode = WAL')
  // What reading does not need, writing does.
  db.exec('BEGIN IMMEDIATE; COMMIT')
  const fault = damage(db)
  if (fault !== null) throw new Fault('store_damaged', `${path} is damaged: ${fault}`)
  upgrade(db, path)
}

function faultOf(error: unknown, path: string): Fault {
  const code = codeOf(error)
  if (code.startsWith('SQLITE_CANTOPEN') || code === 'SQLITE_READONLY')
    return new Fault('invalid_config', `${path} can't be written: ${(error as Error).message}`, {}, error)
  return asFault(error, path)
}

/** Files up to this size are checked at every start; damage of larger ones shows when a page fails. */
const checkedOctets = 64 * 1024 * 1024

function damage(db: Database.Database): string | null {
  const pages = db.pragma('page_count', { simple: true }) as number
  const size = pages * (db.pragma('page_size', { simple: true }) as number)
  if (size > checkedOctets) return null
  const message = db.pragma('quick_check(1)', { simple: true }) as string
  return message === 'ok' ? null : message
}
