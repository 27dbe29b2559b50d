import type { ListName } from '../../ledger/lists/lists.ts'
import { Fault } from '../../message/fault.ts'
import { revive } from './plain-fault.ts'
import type { Answer } from './thread-answer.ts'

/** A list that is asked for. */
export interface Question {
  readonly id: number
  readonly name: ListName
  readonly args: unknown
}

interface Asked {
  readonly question: Question
  resolve(value: unknown): void
  reject(fault: Fault): void
}

/** Questions at once: beyond that the requesters are faster than the disk. */
const maxAsked = 256

/** What a thread is asked, one question after the other: what else it has to do waits for one list at the most. */
export class Questions {
  readonly #post: (question: Question) => void
  readonly #asked = new Map<number, Asked>()
  #nextId = 1
  #isClosed = false

  constructor(post: (question: Question) => void) {
    this.#post = post
  }

  ask(name: ListName, args: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closed())
      if (this.#asked.size >= maxAsked)
        return reject(new Fault('rate_limited', `${maxAsked} lists are being read: ask again in a moment`))
      const question = { id: this.#nextId++, name, args }
      this.#asked.set(question.id, { question, resolve, reject })
      if (this.#asked.size === 1) this.postNext()
    })
  }

  answered(answer: Answer): void {
    const asked = this.#asked.get(answer.id)
    this.#asked.delete(answer.id)
    this.postNext()
    if (answer.kind === 'failed') asked?.reject(revive(answer.fault))
    else asked?.resolve(answer.value)
  }

  /** The thread has ended, by this fault, while it read the list that it was asked for. */
  failed(fault: Fault): void {
    const [asked] = this.#asked.values()
    if (asked === undefined) return
    this.#asked.delete(asked.question.id)
    asked.reject(fault)
  }

  /** Asks for the next list; for the same again where a thread has ended without an answer. */
  postNext(): void {
    for (const { question } of this.#asked.values()) {
      try {
        return this.#post(question)
      } catch (error) {
        // A thread that can't be started, or what can't be sent to one.
        this.failed(Fault.from(error))
      }
    }
  }

  close(): void {
    this.#isClosed = true
    const asked = [...this.#asked.values()]
    this.#asked.clear()
    for (const { reject } of asked) reject(closed())
  }
}

const closed = () => new Fault('internal', 'the store is closed')
