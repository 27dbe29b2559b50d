import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { type Answer, Batch, type Call, type Committed, plain } from './batch.ts'
import { asFault, SqliteEngine } from './sqlite-engine.ts'

/** What the main thread sends. */
export type ToWorker =
  | { readonly calls: readonly Call[] }
  /** The file stays as it is from the one to the other: it is being copied. */
  | { readonly file: 'hold' | 'release'; readonly id: number }
  | { readonly close: true }
/** What it gets back. */
export type FromWorker =
  | { readonly opened: true }
  | {
      readonly failed: {
        readonly code: string
        readonly message: string
        readonly detail: Readonly<Record<string, unknown>>
      }
    }
  | ({ readonly answers: readonly Answer[] } & Partial<Committed>)
  | { readonly closed: true }

/** Calls in one commit at the most: enough to share an fsync, few enough to answer soon. */
const largestBatch = 1_000
/** ms without work after which the write-ahead log is written back. */
const restAfter = 250
/** ms after which the log is emptied of what was wiped, even when there was no quiet moment. */
const wipeWithin = 3_600_000
/** ms until what could not be written back is tried again. */
const restAgain = 10_000
/** ms that a commit waits for what is about to share it: a modem asks for a message within a few. */
const company = 5

const port = parentPort as NonNullable<typeof parentPort>
const { path, durable, commitDelay } = workerData as { path: string; durable: boolean; commitDelay: number }
const send = (message: FromWorker): void => port.postMessage(message)

let rest: NodeJS.Timeout | undefined
let waiting: NodeJS.Timeout | undefined
let wipe: NodeJS.Timeout | undefined

try {
  serve(new SqliteEngine(path, { durable }))
} catch (error) {
  const { code, message, detail } = asFault(error, path)
  send({ failed: { code, message, detail } })
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
    rest = setTimeout(() => checkpoint(engine), restAfter)
    if (!engine.owesWipe || wipe !== undefined) return
    wipe = setTimeout(() => {
      commit()
      checkpoint(engine)
    }, wipeWithin)
  }
  send({ opened: true })
  port.on('message', (first: ToWorker) => {
    clearTimeout(waiting)
    clearTimeout(rest)
    let calls = 0
    // Whatever arrived while the last commit was on its way to the disk shares the next one.
    for (let next: ToWorker | undefined = first; next !== undefined; next = receive()) {
      if ('calls' in next) {
        batch.run(next.calls)
        calls += next.calls.length
        if (calls < largestBatch) continue
      }
      commit()
      calls = 0
      if ('file' in next) holdFile(engine, next)
      if ('close' in next) return close(engine)
    }
    if (!batch.canWait) return commit()
    waiting = setTimeout(commit, company)
  })
}

/** On a full disk it can't be done: it is tried again later. */
function checkpoint(engine: SqliteEngine): void {
  try {
    engine.rest()
    clearTimeout(wipe)
    wipe = undefined
  } catch {
    rest = setTimeout(() => checkpoint(engine), restAgain)
  }
}

function receive(): ToWorker | undefined {
  return receiveMessageOnPort(port)?.message as ToWorker | undefined
}

function holdFile(engine: SqliteEngine, { file, id }: { file: 'hold' | 'release'; id: number }): void {
  try {
    engine[file]()
    send({ answers: [{ id, kind: 'committed', value: undefined }] })
  } catch (error) {
    send({ answers: [{ id, kind: 'failed', fault: plain(asFault(error, path)) }] })
  }
}

function close(engine: SqliteEngine): void {
  clearTimeout(rest)
  clearTimeout(wipe)
  engine.close()
  send({ closed: true })
  port.close()
}
