import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { readList } from '../../ledger/lists/lists.ts'
import type { Question } from './questions.ts'
import type { ToReader } from './reader.ts'
import { Statements } from './statements.ts'
import { answerOf } from './thread-answer.ts'

/** Time without a question after which the thread ends, and its memory is free again. */
const idleMs = 60_000
/** Pages of the last lists; a longer one goes through all of them anyway. */
const cacheOctets = 2 * 1024 * 1024

const port = parentPort as NonNullable<typeof parentPort>
const { path } = workerData as { path: string }
let file: { readonly db: Database.Database; readonly statements: Statements } | undefined
let idle: NodeJS.Timeout | undefined

port.on('message', (asked: ToReader) => {
  clearTimeout(idle)
  if (asked === 'end') return end()
  port.postMessage(answerOf(asked.id, path, () => listOf(asked)))
  idle = setTimeout(end, idleMs)
})

function listOf({ name, args }: Question): unknown {
  file ??= open()
  const { db, statements } = file
  // All statements of a list see the same state.
  return db.transaction(() => readList(statements, name, args)).deferred()
}

function open() {
  const db = new Database(path, { readonly: true, fileMustExist: true })
  db.pragma('query_only = ON')
  db.pragma(`cache_size = -${cacheOctets / 1024}`)
  return { db, statements: new Statements(db) }
}

/** Questions that come now are asked again in a new thread. */
function end(): void {
  file?.statements.clear()
  file?.db.close()
  port.close()
}
