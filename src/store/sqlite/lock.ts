import { rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { Fault } from '../../message/fault.ts'
import { codeOf } from './sqlite-fault.ts'

/** Time in which a hub that is ending closes the store. */
const closingMs = 2_000

/**
 * One hub per store. The lock is the system's: it is released with the process, however that ends. On a file of its own,
 * as an exclusive lock on the store would keep out its reader too. Throws what SQLite does where it is taken.
 */
export function lock(path: string): Database.Database {
  try {
    return locked(`${path}-lock`)
  } catch (error) {
    throw isRefusedLock(error) && !hasLocks(path) ? noLocks(path, error) : error
  }
}

function locked(file: string): Database.Database {
  return opened(file, (db) => db.prepare('BEGIN EXCLUSIVE').run())
}

/** A connection that waits for a hub that is ending; closed again where it can't begin. */
export function opened(file: string, begin: (db: Database.Database) => void): Database.Database {
  const db = new Database(file, { timeout: closingMs })
  try {
    begin(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Taken by another, or never given: SQLite calls a file that can't be locked a busy one as well. */
export function isRefusedLock(error: unknown): boolean {
  return /^SQLITE_(BUSY|PERM|IOERR_(RD)?LOCK)/.test(codeOf(error))
}

/** Whether files beside this one can be locked: by one that nobody holds. */
function hasLocks(path: string): boolean {
  const file = `${path}-lock-trial`
  try {
    locked(file).close()
    return true
  } catch (error) {
    return !isRefusedLock(error)
  } finally {
    rmSync(file, { force: true })
  }
}

export function noLocks(path: string, cause: unknown): Fault {
  return new Fault(
    'invalid_config',
    `${path} can't be locked: its file system has no POSIX locks (fcntl). Mount it with locks, or choose a folder on a disk of this machine`,
    {},
    cause,
  )
}
