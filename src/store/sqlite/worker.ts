import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { readList } from '../../ledger/lists/lists.ts'
import { Batch, type Call, type Committed } from './batch.ts'
import { type PlainFault, plain } from './plain-fault.ts'
import type { Question } from './questions.ts'
import { SqliteEngine } from './sqlite-engine.ts'
import { asFault } from './sqlite-fault.ts'
import { type Answer, answerOf } from './thread-answer.ts'

/** Messages of the main thread. */
export type ToWorker =
  | { readonly calls: readonly Call[]; readonly now: number }
  /** Between the two, the file is not changed, as it is being copied. */
  | { readonly file: 'hold' | 'release'; readonly id: number }
  /** A list, where no reader can stand beside the writer. */
  | { readonly question: Question }
  | { readonly close: true }
/** Messages to the main thread. */
export type FromWorker =
  | { readonly opened: true; readonly isShared: boolean }
  | { readonly failed: PlainFault }
  | ({ readonly answers: readonly Answer[] } & Partial<Committed>)
  | { readonly list: Answer }
  | { readonly closed: true }

/** Calls in one commit: enough to share an fsync, few enough to answer soon. */
const maxBatchSize = 1_000
/** Idle time after which the write-ahead log is written back. */
const idleMs = 250
/** Time after which erased data is removed from the log, even when the store was never idle. */
const wipeWithinMs = 3_600_000
/** After a failure to write the log back. */
const retryMs = 10_000
/** Time that a commit waits for calls that can share it: a modem asks for a message within a few milliseconds. */
const groupingMs = 5

const port = parentPort as NonNullable<typeof parentPort>
const { path, durable, commitDelay } = workerData as { path: string; durable: boolean; commitDelay: number }
const send = (message: FromWorker): void => port.postMessage(message)

let rest: NodeJS.Timeout | undefined
let waiting: NodeJS.Timeout | undefined
let wipe: NodeJS.Timeout | undefined

try {
  serve(new SqliteEngine(path, { durable }))
} catch (error) {
  send({ failed: plain(asFault(error, path)) })
}

function serve(engine: SqliteEngine): void {
  let answers: Answer[] = []
  const batch = new Batch(engine, (answer) => {
    if (answer.kind === 'early') send({ answers: [answer] })
    else answers.push(answer)
  })
  const commit = () => {
    const committed = batch.commit(() => {
      if (commitDelay > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, commitDelay)
    })
    if (answers.length > 0) send({ answers, ...committed })
    answers = []
    clearTimeout(rest)
    rest = setTimeout(() => checkpoint(engine), idleMs)
    if (!engine.owesWipe || wipe !== undefined) return
    wipe = setTimeout(() => {
      commit()
      checkpoint(engine)
    }, wipeWithinMs)
  }
  send({ opened: true, isShared: engine.isShared })
  port.on('message', (first: ToWorker) => {
    clearTimeout(waiting)
    clearTimeout(rest)
    let calls = 0
    // Calls that arrived during the last commit share the next one.
    for (let next: ToWorker | undefined = first; next !== undefined; next = receive()) {
      if ('calls' in next) {
        batch.run(next.calls, next.now)
        calls += next.calls.length
        if (calls < maxBatchSize) continue
      }
      commit()
      calls = 0
      if ('file' in next) holdFile(engine, next)
      if ('question' in next) answerList(engine, next.question)
      if ('close' in next) return close(engine)
    }
    if (!batch.canWait) return commit()
    waiting = setTimeout(commit, groupingMs)
  })
}

/** Fails on a full disk, and is retried later. */
function checkpoint(engine: SqliteEngine): void {
  try {
    engine.rest()
    clearTimeout(wipe)
    wipe = undefined
  } catch {
    rest = setTimeout(() => checkpoint(engine), retryMs)
  }
}

function receive(): ToWorker | undefined {
  return receiveMessageOnPort(port)?.message as ToWorker | undefined
}

function holdFile(engine: SqliteEngine, { file, id }: { file: 'hold' | 'release'; id: number }): void {
  send({ answers: [answerOf(id, path, () => engine[file]())] })
}

function answerList(engine: SqliteEngine, { id, name, args }: Question): void {
  send({ list: answerOf(id, path, () => readList(engine, name, args)) })
}

function close(engine: SqliteEngine): void {
  clearTimeout(rest)
  clearTimeout(wipe)
  engine.close()
  send({ closed: true })
  port.close()
}
