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

interface Asker {
  resolve(value: unknown): void
  reject(fault: Fault): void
}

interface Asked {
  readonly question: Question
  readonly key: string
  /** Those who asked the same while it waited: they all get what is committed when its turn comes. */
  readonly askers: Asker[]
}

/** Different questions at once: beyond that the requesters are faster than the disk. */
const maxAsked = 256

/** What a thread is asked, one question after the other: what else it has to do waits for one list at the most. */
export class Questions {
  readonly #post: (question: Question) => void
  readonly #asked = new Map<number, Asked>()
  /** Those whose turn has not come, by what is asked. */
  readonly #waiting = new Map<string, Asked>()
  #nextId = 1
  #isClosed = false

  constructor(post: (question: Question) => void) {
    this.#post = post
  }

  ask(name: ListName, args: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closed())
      const key = JSON.stringify([name, args])
      const same = this.#waiting.get(key)
      if (same !== undefined) {
        same.askers.push({ resolve, reject })
        return
      }
      if (this.#asked.size >= maxAsked)
        return reject(new Fault('rate_limited', `${maxAsked} lists are being read: ask again in a moment`))
      const question = { id: this.#nextId++, name, args }
      const asked = { question, key, askers: [{ resolve, reject }] }
      this.#asked.set(question.id, asked)
      this.#waiting.set(key, asked)
      if (this.#asked.size === 1) this.postNext()
    })
  }

  answered(answer: Answer): void {
    const asked = this.#asked.get(answer.id)
    this.#asked.delete(answer.id)
    this.postNext()
    for (const { resolve, reject } of asked?.askers ?? [])
      if (answer.kind === 'failed') reject(revive(answer.fault))
      else resolve(answer.value)
  }

  /** The thread has ended, by this fault, while it read the list that it was asked for. */
  failed(fault: Fault): void {
    const [asked] = this.#asked.values()
    if (asked === undefined) return
    this.#asked.delete(asked.question.id)
    for (const { reject } of asked.askers) reject(fault)
  }

  /** Asks for the next list; for the same again where a thread has ended without an answer. */
  postNext(): void {
    for (const { question, key } of this.#asked.values()) {
      this.#waiting.delete(key)
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
    this.#waiting.clear()
    for (const { reject } of asked.flatMap(({ askers }) => askers)) reject(closed())
  }
}

const closed = () => new Fault('internal', 'the store is closed')
