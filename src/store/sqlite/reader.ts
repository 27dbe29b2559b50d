import { Worker } from 'node:worker_threads'
import type { ListName } from '../../ledger/lists/lists.ts'
import { Fault } from '../../message/fault.ts'
import { type Question, Questions } from './questions.ts'
import type { Answer } from './thread-answer.ts'

export type ToReader = Question | 'end'

/** Memory of the thread, for pages of lists. */
const resourceLimits = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 4 }

/**
 * Reads lists in a thread beside the writer's, which they never hold up. The thread is started by the first question,
 * and ends when there are none for a while.
 */
export class Reader {
  readonly #path: string
  readonly #questions = new Questions((question) => this.#post(question))
  #thread: Worker | null = null
  #ended: Promise<void> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
  }

  ask(name: ListName, args: unknown, wanted?: AbortSignal): Promise<unknown> {
    return this.#questions.ask(name, args, wanted)
  }

  /** Rejects what is asked, and resolves when the file is closed. */
  close(): Promise<void> {
    this.#questions.close()
    this.#thread?.postMessage('end' satisfies ToReader)
    return this.#ended
  }

  #post(question: Question): void {
    this.#thread ??= this.#start()
    this.#thread.postMessage(question)
  }

  #start(): Worker {
    const thread = new Worker(new URL('./reader-thread.js', import.meta.url), {
      workerData: { path: this.#path },
      resourceLimits,
    })
    thread.on('message', (answer: Answer) => this.#questions.answered(answer))
    thread.on('error', (error) => this.#questions.failed(Fault.from(error)))
    this.#ended = new Promise((resolve) => {
      thread.once('exit', () => {
        this.#thread = null
        resolve()
        // It ended for want of questions, while one was on its way.
        this.#questions.postNext()
      })
    })
    return thread
  }
}
