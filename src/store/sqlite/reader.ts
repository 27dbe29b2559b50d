import { Worker } from 'node:worker_threads'
import type { ListName } from '../../ledger/lists/lists.ts'
import { Fault } from '../../message/fault.ts'
import type { Answer } from './batch.ts'
import { revive } from './plain-fault.ts'

/** A list that is asked for. */
export interface Question {
  readonly id: number
  readonly name: ListName
  readonly args: unknown
}

export type ToReader = Question | 'end'

interface Asked {
  readonly question: Question
  resolve(value: unknown): void
  reject(fault: Fault): void
}

/** Questions at once: beyond that the requesters are faster than the disk. */
const maxAsked = 256

/** Memory of the thread, for pages of lists. */
const resourceLimits = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 4 }

/**
 * Reads lists in a thread beside the writer's, which they never hold up. The thread is started by the first question,
 * and ends when there are none for a while.
 */
export class Reader {
  readonly #path: string
  readonly #asked = new Map<number, Asked>()
  #thread: Worker | null = null
  #ended: Promise<void> = Promise.resolve()
  #nextId = 1
  #isClosed = false

  constructor(path: string) {
    this.#path = path
  }

  ask(name: ListName, args: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new Fault('internal', 'the store is closed'))
      if (this.#asked.size >= maxAsked)
        return reject(new Fault('rate_limited', `${maxAsked} lists are being read: ask again in a moment`))
      const question = { id: this.#nextId++, name, args }
      this.#asked.set(question.id, { question, resolve, reject })
      this.#thread ??= this.#start()
      this.#thread.postMessage(question)
    })
  }

  /** Rejects what is asked, and resolves when the file is closed. */
  end(): Promise<void> {
    this.#isClosed = true
    this.#rejectAll(new Fault('internal', 'the store is closed'))
    this.#thread?.postMessage('end' satisfies ToReader)
    return this.#ended
  }

  #start(): Worker {
    const thread = new Worker(new URL('./reader-thread.js', import.meta.url), {
      workerData: { path: this.#path },
      resourceLimits,
    })
    thread.on('message', (answer: Answer) => this.#answered(answer))
    thread.on('error', (error) => this.#rejectAll(Fault.from(error)))
    this.#ended = new Promise((resolve) => {
      thread.once('exit', () => {
        this.#thread = null
        resolve()
        // It ended for want of questions, while these were on their way.
        if (this.#asked.size === 0 || this.#isClosed) return
        this.#thread = this.#start()
        for (const { question } of this.#asked.values()) this.#thread.postMessage(question)
      })
    })
    return thread
  }

  #answered(answer: Answer): void {
    const asked = this.#asked.get(answer.id)
    this.#asked.delete(answer.id)
    if (answer.kind === 'failed') asked?.reject(revive(answer.fault))
    else asked?.resolve(answer.value)
  }

  #rejectAll(fault: Fault): void {
    const asked = [...this.#asked.values()]
    this.#asked.clear()
    for (const one of asked) one.reject(fault)
  }
}
