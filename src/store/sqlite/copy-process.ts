import { constants, copyFileSync, existsSync, rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { FromCopy, ToCopy } from './copy.ts'
import { isRefusedLock, noLocks } from './lock.ts'
import { markCopy } from './mark-copy.ts'
import { plain } from './plain-fault.ts'
import { asFault } from './sqlite-fault.ts'

const files = ['', '-wal'] as const

/** The hub may have ended meanwhile. */
const report = (message: FromCopy) => process.connected && process.send?.(message)

process.once('message', ({ from, to }: ToCopy) => {
  // The raw file and its log, with pages of deleted data.
  const raw = `${to}.copying`
  try {
    for (const suffix of files) {
      if (existsSync(from + suffix)) copyFileSync(from + suffix, raw + suffix, constants.COPYFILE_FICLONE)
    }
    report({ read: true })
    const db = new Database(raw)
    // Without shared memory, which not every file system has: nobody else opens it.
    db.pragma('locking_mode = EXCLUSIVE')
    // Only the contents of the tables, without freed pages.
    db.prepare('VACUUM INTO ?').run(to)
    db.close()
    markCopy(to)
    report({ done: true })
  } catch (error) {
    // Nobody else knows of these files.
    report({ failed: plain(isRefusedLock(error) ? noLocks(to, error) : asFault(error, to)) })
  } finally {
    for (const suffix of files) rmSync(raw + suffix, { force: true })
  }
})
