import Database from 'better-sqlite3'
import { enlist } from '../../ledger/events/outlets.ts'
import { record } from '../../ledger/events/record.ts'
import type { Bell, Written } from '../../ledger/tx.ts'
import { Fault } from '../../message/fault.ts'
import type { HubEvent } from '../../message/hub-event.ts'
import { Emitted } from '../emitted.ts'
import type { Commit, Engine } from '../engine.ts'
import { migrations } from './migrations.ts'

/** One SQLite file, its statements and its transactions. Lives in the writer thread. */
export class SqliteEngine implements Engine {
  readonly #db: Database.Database
  readonly #statements = new Map<string, Database.Statement<unknown[]>>()
  readonly #queries = new Map<string, Query>()
  readonly #bells = new Set<Bell>()
  #emitted = new Emitted()
  #wiped = false
  #erased = false
  #wrote = false
  now = 0
  /** Copies of the file in progress. */
  #holds = 0

  constructor(path: string, options: { durable: boolean }) {
    this.#db = open(path)
    this.#db.pragma('journal_mode = WAL')
    // FULL: a commit is on the disk before it is answered, even with a power cut.
    this.#db.pragma(`synchronous = ${options.durable ? 'FULL' : 'OFF'}`)
    this.#db.pragma('foreign_keys = ON')
    this.#db.pragma('secure_delete = FAST')
    this.#db.pragma('cache_size = -8192')
    // The journals of savepoints: what they undo never outlives the transaction.
    this.#db.pragma('temp_store = MEMORY')
    // Checkpoints cost a second fsync: they are made when idle, see `rest`.
    this.#checkpointBehind(maxLogPages)
  }

  one<Row>(sql: string, ...values: unknown[]): Row | undefined {
    const { statement, rowOf } = this.#query(sql)
    const row = statement.get(...values)
    return row === undefined ? undefined : (rowOf(row) as Row)
  }

  all<Row>(sql: string, ...values: unknown[]): Row[] {
    const { statement, rowOf } = this.#query(sql)
    return statement.all(...values).map(rowOf) as Row[]
  }

  run(sql: string, ...values: unknown[]): Database.RunResult {
    const result = this.#statement(sql).run(...values)
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
   * well, as its old pages still contain it.
   */
  rest(): void {
    if (this.#holds > 0) return
    // Copies of deleted rows remain in freed and rearranged pages.
    if (this.#erased) this.#db.exec('VACUUM')
    this.#erased = false
    this.#db.pragma(`wal_checkpoint(${this.#wiped ? 'TRUNCATE' : 'PASSIVE'})`)
    this.#wiped = false
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
      this.#db.pragma('wal_checkpoint(TRUNCATE)')
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
    this.#queries.clear()
    this.#db.close()
  }

  #checkpointBehind(pages: number): void {
    this.#db.pragma(`wal_autocheckpoint = ${pages}`)
  }

  #statement(sql: string): Database.Statement<unknown[]> {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #query(sql: string): Query {
    let query = this.#queries.get(sql)
    if (!query) {
      query = queryOf(this.#db.prepare(sql))
      this.#queries.set(sql, query)
    }
    return query
  }
}

/** A statement that answers rows, and what makes an object of one. */
interface Query {
  readonly statement: Database.Statement<unknown[], unknown[]>
  rowOf(values: readonly unknown[]): Readonly<Record<string, unknown>>
}

/** Twice as fast for a row of many columns as the objects that the driver makes. */
function queryOf(statement: Database.Statement<unknown[]>): Query {
  const names = statement.columns().map(({ name }) => name)
  const blank = Object.fromEntries(names.map((name) => [name, null]))
  const rowOf = (values: readonly unknown[]) => {
    const row: Record<string, unknown> = { ...blank }
    for (let i = 0; i < names.length; i++) row[names[i] as string] = values[i]
    return row
  }
  return { statement: statement.raw(true) as Query['statement'], rowOf }
}

/** Pages of the log after which a commit writes them back itself, if the store is never idle. */
const maxLogPages = 8_000

/** Marks a copy, so that a hub started from it sends nothing again. */
export function markCopy(path: string): void {
  const copy = new Database(path)
  copy.prepare(`INSERT OR REPLACE INTO meta (key, value) VALUES ('backup', '1')`).run()
  copy.close()
}

/** Opens the file, checks its integrity and migrates it to the current schema. */
function open(path: string): Database.Database {
  const db = new Database(path, { timeout: 2_000 })
  try {
    // One hub per store. The lock is the system's: it is released with the process, however that ends.
    db.pragma('locking_mode = EXCLUSIVE')
    db.prepare('BEGIN EXCLUSIVE').run()
    db.prepare('COMMIT').run()
    const version = db.pragma('user_version', { simple: true }) as number
    if (version > migrations.length) {
      throw new Fault(
        'store_newer',
        `${path} was written by a newer smshub (schema ${version}, this one knows ${migrations.length})`,
      )
    }
    const fault = damage(db)
    if (fault) throw new Fault('store_damaged', `${path} is damaged: ${fault}`)
    if (version > 0 && version < migrations.length)
      db.prepare('VACUUM INTO ?').run(`${path}.before-schema-${migrations.length}`)
    for (const [index, step] of migrations.entries()) {
      if (index < version) continue
      db.transaction(() => {
        db.exec(step)
        db.pragma(`user_version = ${index + 1}`)
      }).immediate()
    }
    return db
  } catch (error) {
    db.close()
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

/** Errors of SQLite as faults of the hub. */
export function asFault(error: unknown, path = 'the store'): Fault {
  if (error instanceof Fault) return error
  const code = (error as { code?: string } | null)?.code ?? ''
  const message = error instanceof Error ? error.message : String(error)
  if (code === 'SQLITE_FULL') return new Fault('storage_full', `${path}: ${message}`, {}, error)
  if (/^SQLITE_(IOERR|READONLY|CANTOPEN)/.test(code))
    return new Fault('storage_failed', `${path}: ${message} (${code})`, {}, error)
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new Fault('store_damaged', `${path} is damaged: ${message}`, {}, error)
  if (code.startsWith('SQLITE_BUSY')) return new Fault('data_locked', `${path} is in use by another hub`, {}, error)
  return Fault.from(error)
}
