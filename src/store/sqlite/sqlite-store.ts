import { Worker } from 'node:worker_threads'
import type { WaitingEvent } from '../../ledger/events/waiting.ts'
import type { ListArgs, ListName, ListOf } from '../../ledger/lists/lists.ts'
import type { ArgsOf, OperationName, ResultOf } from '../../ledger/operations.ts'
import type { Bell } from '../../ledger/tx.ts'
import { Fault } from '../../message/fault.ts'
import type { Store } from '../store.ts'
import type { Backend, StoreOptions } from './backend.ts'
import type { Call } from './batch.ts'
import { copyStore } from './copy.ts'
import { revive } from './plain-fault.ts'
import { Questions } from './questions.ts'
import { Reader } from './reader.ts'
import type { Answer } from './thread-answer.ts'
import type { FromWorker, ToWorker } from './worker.ts'

interface Waiting {
  early?: (value: unknown) => void
  resolve(value: unknown): void
  reject(fault: Fault): void
}

/** A store in a SQLite file, with a writer thread. */
export class SqliteStore implements Store {
  readonly #path: string
  readonly #now: () => number
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Map<Bell, Set<() => void>>()
  readonly #readers = new Set<(events: readonly WaitingEvent[] | null) => void>()
  #backend!: Backend
  #outgoing: Call[] = []
  #nextId = 1
  #closed = false
  #fatal: Fault | null = null
  #trouble: Fault | null = null
  onFatal: (fault: Fault) => void = () => {}
  onTrouble: (trouble: Fault | null) => void = () => {}

  private constructor(path: string, now: () => number) {
    this.#path = path
    this.#now = now
  }

  static async open(options: StoreOptions): Promise<SqliteStore> {
    const store = new SqliteStore(options.path, options.now ?? (() => 0))
    const received = (message: FromWorker) => store.#received(message)
    store.#backend =
      options.thread === false
        ? (await import('./in-thread.ts')).inThread(options, received)
        : await inWorker(options, received, (fault) => store.#died(fault))
    return store
  }

  run<K extends OperationName>(name: K, args: ArgsOf<K>): Promise<ResultOf<K>> {
    return new Promise((resolve, reject) => {
      this.#call(name, args, { resolve: resolve as (value: unknown) => void, reject }, false)
    })
  }

  runEarly<K extends OperationName>(name: K, args: ArgsOf<K>): Promise<ResultOf<K>> {
    return new Promise((resolve, reject) => {
      const early = resolve as (value: unknown) => void
      this.#call(name, args, { early, resolve: early, reject }, true)
    })
  }

  async read<K extends ListName>(name: K, args: ListArgs<K>, wanted?: AbortSignal): Promise<ListOf<K>> {
    if (this.#closed) throw this.#fatal ?? closed()
    this.#flush()
    return (await this.#backend.read(name, args, wanted)) as ListOf<K>
  }

  on(bell: Bell, listener: () => void): () => void {
    const listeners = this.#listeners.get(bell) ?? new Set()
    this.#listeners.set(bell, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  onEmitted(listener: (events: readonly WaitingEvent[] | null) => void): () => void {
    this.#readers.add(listener)
    return () => this.#readers.delete(listener)
  }

  get fatal(): Fault | null {
    return this.#fatal
  }

  get trouble(): Fault | null {
    return this.#trouble
  }

  get isShared(): boolean {
    return this.#backend.isShared
  }

  async backup(path: string): Promise<void> {
    if (this.#backend.copyTo !== undefined) return this.#backend.copyTo(path)
    await this.#file('hold')
    const release = async () => {
      if (!this.#closed) await this.#file('release')
    }
    const { read, done } = copyStore(this.#path, path)
    await Promise.all([read.then(release), done])
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#flush()
    this.#closed = true
    await this.#backend.close()
    this.#rejectAll(this.#fatal ?? closed())
  }

  #file(file: 'hold' | 'release'): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#fatal ?? closed())
      const id = this.#nextId++
      this.#waiting.set(id, { resolve: () => resolve(), reject })
      this.#flush()
      this.#backend.send({ file, id })
    })
  }

  #call(name: OperationName, args: unknown, waiting: Waiting, early: boolean): void {
    if (this.#closed) return waiting.reject(this.#fatal ?? closed())
    const id = this.#nextId++
    this.#waiting.set(id, waiting)
    this.#outgoing.push({ id, name, args, early })
    // With whatever else is asked for in this turn of the event loop: a message to the thread costs more than most calls.
    if (this.#outgoing.length === 1) setImmediate(() => this.#flush())
  }

  #flush(): void {
    if (this.#outgoing.length === 0 || this.#closed) return
    const calls = this.#outgoing
    this.#outgoing = []
    this.#backend.send({ calls, now: this.#now() })
  }

  #received(message: FromWorker): void {
    if (!('answers' in message)) return
    for (const answer of message.answers) this.#answered(answer)
    const { bells = [], emitted = [], trouble } = message
    if (trouble !== undefined) this.#troubled(trouble === null ? null : revive(trouble))
    for (const bell of bells) for (const listener of this.#listeners.get(bell) ?? []) listener()
    if (emitted === null || emitted.length > 0) for (const reader of this.#readers) reader(emitted)
  }

  #troubled(trouble: Fault | null): void {
    const isNews = (this.#trouble === null) !== (trouble === null)
    this.#trouble = trouble
    if (isNews) this.onTrouble(trouble)
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    if (waiting === undefined) return
    if (answer.kind === 'early') return waiting.early?.(answer.value)
    this.#waiting.delete(answer.id)
    if (answer.kind === 'committed') return waiting.resolve(answer.value)
    const fault = revive(answer.fault)
    waiting.reject(fault)
    if (fault.code !== 'store_damaged') return
    this.#fatal ??= fault
    this.onFatal(fault)
  }

  /** The thread is dead: all pending calls fail. */
  #died(fault: Fault): void {
    const wasClosed = this.#closed
    this.#fatal = fault
    this.#closed = true
    this.#rejectAll(fault)
    if (!wasClosed) this.onFatal(fault)
  }

  #rejectAll(fault: Fault): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    this.#outgoing = []
    for (const one of waiting) one.reject(fault)
  }
}

const closed = () => new Fault('internal', 'the store is closed')

async function inWorker(
  options: StoreOptions,
  received: (message: FromWorker) => void,
  failed: (fault: Fault) => void,
): Promise<Backend> {
  const { path, durable = true, commitDelay = 0 } = options
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: { path, durable, commitDelay },
  })
  const isShared = await new Promise<boolean>((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (message: FromWorker) => {
      if ('opened' in message) resolve(message.isShared)
      if ('failed' in message) reject(revive(message.failed))
    })
  })
  worker.removeAllListeners('error')
  let closing = false
  const lists = isShared ? new Reader(path) : readByWriter(worker)
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      lists.close()
      if (!closing) failed(new Fault('internal', `the store's thread ended by itself (exit code ${code})`))
      resolve()
    })
  })
  worker.on('error', (error) => {
    closing = true
    failed(new Fault('internal', `the store's thread died: ${error.message}`, {}, error))
  })
  worker.on('messageerror', (error) => failed(new Fault('internal', `the store's thread: ${error.message}`, {}, error)))
  worker.on('message', received)
  return {
    isShared,
    send: (message) => worker.postMessage(message),
    read: (name, args, wanted) => lists.ask(name, args, wanted),
    close: async () => {
      closing = true
      // The last one to close the file empties its log.
      await lists.close()
      worker.postMessage({ close: true } satisfies ToWorker)
      await exited
    },
  }
}

/** Lists in their turn between the calls. */
function readByWriter(writer: Worker): Questions {
  const questions = new Questions((question) => writer.postMessage({ question } satisfies ToWorker))
  writer.on('message', (message: FromWorker) => 'list' in message && questions.answered(message.list))
  return questions
}
