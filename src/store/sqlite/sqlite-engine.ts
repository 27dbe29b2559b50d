import type Database from 'better-sqlite3'
import { enlist } from '../../ledger/events/outlets.ts'
import { record } from '../../ledger/events/record.ts'
import type { Bell, Written } from '../../ledger/tx.ts'
import { Fault } from '../../message/fault.ts'
import type { HubEvent } from '../../message/hub-event.ts'
import { Emitted } from '../emitted.ts'
import type { Commit, Engine } from '../engine.ts'
import { markCopy } from './mark-copy.ts'
import { type OpenFile, openFile } from './open-file.ts'
import { Statements } from './statements.ts'

/** One SQLite file, its statements and its transactions. Lives in the writer thread. */
export class SqliteEngine implements Engine {
  readonly #file: OpenFile
  readonly #db: Database.Database
  readonly #statements: Statements
  readonly #bells = new Set<Bell>()
  #emitted = new Emitted()
  /** A crash may have come between the end of something and the emptying of the log. */
  #wiped = true
  #erased = false
  #wrote = false
  now = 0
  /** Copies of the file in progress. */
  #holds = 0

  constructor(path: string, options: { durable: boolean }) {
    this.#file = openFile(path)
    this.#db = this.#file.db
    this.#statements = new Statements(this.#db)
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

  /** Whether a reader can open the file too. */
  get isShared(): boolean {
    return this.#file.isShared
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
    this.#file.close()
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
