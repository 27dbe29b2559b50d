import Database from 'better-sqlite3'
import { enlist } from '../../ledger/events/outlets.ts'
import { record } from '../../ledger/events/record.ts'
import type { Bell, Written } from '../../ledger/tx.ts'
import { Fault } from '../../message/fault.ts'
import type { HubEvent } from '../../message/hub-event.ts'
import { Emitted } from '../emitted.ts'
import type { Commit, Engine } from '../engine.ts'
import { asFault } from './sqlite-fault.ts'
import { Statements } from './statements.ts'
import { upgrade } from './upgrade.ts'

/** One SQLite file, its statements and its transactions. Lives in the writer thread. */
export class SqliteEngine implements Engine {
  readonly #db: Database.Database
  readonly #statements: Statements
  readonly #lock: Database.Database | null
  readonly #bells = new Set<Bell>()
  #emitted = new Emitted()
  #wiped = false
  #erased = false
  #wrote = false
  now = 0
  /** Copies of the file in progress. */
  #holds = 0

  constructor(path: string, options: { durable: boolean }) {
    this.#lock = path === ':memory:' ? null : lock(path)
    try {
      this.#db = open(path)
    } catch (error) {
      this.#lock?.close()
      throw error
    }
    this.#statements = new Statements(this.#db)
    this.#db.pragma('journal_mode = WAL')
    // FULL: a commit is on the disk before it is answered, even with a power cut.
    this.#db.pragma(`synchronous = ${options.durable ? 'FULL' : 'OFF'}`)
    this.#db.pragma('foreign_keys = ON')
    this.#db.pragma('secure_delete = FAST')
    this.#db.pragma('cache_size = -8192')
    // The journals of savepoints: what they undo never outlives the transaction.
    this.#db.pragma('temp_store = MEMORY')
    // Checkpoints cost a second fsync: they are made when idle, see `rest`. A reader holds up none of them.
    this.#checkpointBehind(maxLogPages)
    this.#waitForReaders(0)
  }

  one<Row>(sql: string, ...values: unknown[]): Row | undefined {
    return this.#statements.one(sql, ...values)
  }

  all<Row>(sql: string, ...values: unknown[]): Row[] {
    return this.#statements.all(sql, ...values)
  }

  run(sql: string, ...values: unknown[]): Database.RunResult {
    const result = this.#statements.run(sql, ...values)
    this.#wrote ||= result.changes > 0
    return result
  }

  emit(event: HubEvent, written?: Written): void {
    this.#emitted.add(record(this, event, this.now, written))
  }

  ring(bell: Bell): void {
    this.#bells.add(bell)
  }

  get inTransaction(): boolean {
    return this.#db.inTransaction
  }

  /** Something has changed since `begin`: an empty commit does not touch the disk. */
  get wrote(): boolean {
    return this.#wrote
  }

  begin(): void {
    this.#bells.clear()
    this.#emitted = new Emitted()
    this.#wrote = false
    this.run('BEGIN IMMEDIATE')
  }

  /** Runs one operation so that its failure undoes nothing but itself. */
  attempt<T>(operation: () => T): T {
    this.run('SAVEPOINT operation')
    const { wrote } = this
    const { length } = this.#emitted.seqs
    try {
      const value = operation()
      this.run('RELEASE operation')
      return value
    } catch (error) {
      if (this.#db.inTransaction) {
        this.run('ROLLBACK TO operation')
        this.run('RELEASE operation')
        this.#wrote = wrote
        this.#emitted.cut(length)
      }
      throw error
    }
  }

  /** Makes everything since `begin` durable, and queues its events for every outlet. */
  commit(): Commit {
    const { seqs, events } = this.#emitted
    if (seqs.length > 0) enlist(this, seqs)
    this.run('COMMIT')
    this.#erased ||= this.#bells.has('erased')
    this.#wiped ||= this.#erased || this.#bells.has('wiped')
    // Erased events must not be passed on, and a new setting must be in use before its result is published: these are
    // read, behind what the bells of the commit ask for.
    const isRead = this.#bells.has('erased') || this.#bells.has('settings')
    return { bells: [...this.#bells], emitted: isRead ? null : events }
  }

  rollback(): void {
    this.#wrote = false
    if (this.#db.inTransaction) this.run('ROLLBACK')
  }

  /**
   * Called when idle: writes the write-ahead log back into the file. Where something was erased, the log is emptied as
   * well, as its old pages still contain it. Fails while they are being read.
   */
  rest(): void {
    if (this.#holds > 0) return
    // Copies of deleted rows remain in freed and rearranged pages.
    if (this.#erased) this.#db.exec('VACUUM')
    this.#erased = false
    if (this.#wiped) this.#emptyLog()
    else this.#db.pragma('wal_checkpoint(PASSIVE)')
    this.#wiped = false
  }

  #emptyLog(): void {
    const [{ busy } = { busy: 1 }] = this.#db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
    if (busy !== 0) throw new Fault('internal', 'the log of the store is being read: it is emptied later')
  }

  /** Something was erased since the log was last emptied. */
  get owesWipe(): boolean {
    return this.#wiped
  }

  /**
   * Until `release` the file does not change, and the log only grows: read one after the other they are the store as
   * after a power cut. The log is restarted here: an old one that is read only partly would undo what is in the file
   * already.
   */
  hold(): void {
    if (this.#holds === 0) {
      this.#waitForReaders(longestReadMs)
      this.#emptyLog()
      this.#waitForReaders(0)
      this.#checkpointBehind(0)
    }
    this.#holds++
  }

  release(): void {
    this.#holds--
    if (this.#holds === 0) this.#checkpointBehind(maxLogPages)
  }

  /** A consistent copy of the whole store in one file. Nothing else is done meanwhile. */
  copyTo(path: string): void {
    this.#db.prepare('VACUUM INTO ?').run(path)
    markCopy(path)
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
    this.#lock?.close()
  }

  #checkpointBehind(pages: number): void {
    this.#db.pragma(`wal_autocheckpoint = ${pages}`)
  }

  #waitForReaders(ms: number): void {
    this.#db.pragma(`busy_timeout = ${ms}`)
  }
}

/** Beyond the time of any list. */
const longestReadMs = 5_000

/** Pages of the log after which a commit writes them back itself, if the store is never idle. */
const maxLogPages = 8_000

/** Marks a copy, so that a hub started from it sends nothing again. */
export function markCopy(path: string): void {
  const copy = new Database(path)
  copy.prepare(`INSERT OR REPLACE INTO meta (key, value) VALUES ('backup', '1')`).run()
  copy.close()
}

/** Time in which a hub that is ending closes the store. */
const closingMs = 2_000

/**
 * One hub per store. The lock is the system's: it is released with the process, however that ends. On a file of its own,
 * as an exclusive lock on the store would keep out its reader too.
 */
function lock(path: string): Database.Database {
  return opened(path, `${path}-lock`, (db) => db.prepare('BEGIN EXCLUSIVE').run())
}

/** Opens the file, checks its integrity and migrates it to the current schema. */
function open(path: string): Database.Database {
  return opened(path, path, (db) => {
    const fault = damage(db)
    if (fault) throw new Fault('store_damaged', `${path} is damaged: ${fault}`)
    upgrade(db, path)
  })
}

function opened(path: string, file: string, prepare: (db: Database.Database) => void): Database.Database {
  let db: Database.Database | undefined
  try {
    db = new Database(file, { timeout: closingMs })
    prepare(db)
    return db
  } catch (error) {
    db?.close()
    const { code } = error as { code?: string }
    if (code?.startsWith('SQLITE_CANTOPEN') || code === 'SQLITE_READONLY')
      throw new Fault('invalid_config', `${path} can't be written: ${(error as Error).message}`, {}, error)
    throw asFault(error, path)
  }
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
