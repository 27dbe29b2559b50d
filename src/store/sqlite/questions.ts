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
  readonly askers: Set<Asker>
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

  /** `wanted` is aborted when the asker has gone: what nobody waits for is not read, unless it is being read. */
  ask(name: ListName, args: unknown, wanted?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closed())
      if (wanted?.aborted === true) return reject(unwanted())
      const key = JSON.stringify([name, args])
      const same = this.#waiting.get(key)
      const asked = same ?? this.#place({ id: this.#nextId++, name, args }, key)
      if (asked === null)
        return reject(new Fault('rate_limited', `${maxAsked} lists are being read: ask again in a moment`))
      const leave = () => this.#leave(asked, asker)
      // One request asks for several lists with the same signal.
      const ending = () => wanted?.removeEventListener('abort', leave)
      const asker: Asker = {
        resolve: (value) => {
          ending()
          resolve(value)
        },
        reject: (fault) => {
          ending()
          reject(fault)
        },
      }
      asked.askers.add(asker)
      wanted?.addEventListener('abort', leave)
      if (same === undefined && this.#asked.size === 1) this.postNext()
    })
  }

  /** At the end of the queue; null where that is full. */
  #place(question: Question, key: string): Asked | null {
    if (this.#asked.size >= maxAsked) return null
    const asked: Asked = { question, key, askers: new Set() }
    this.#asked.set(question.id, asked)
    this.#waiting.set(key, asked)
    return asked
  }

  #leave(asked: Asked, asker: Asker): void {
    const { key, question, askers } = asked
    if (!askers.delete(asker)) return
    asker.reject(unwanted())
    if (askers.size > 0 || this.#waiting.get(key) !== asked) return
    this.#waiting.delete(key)
    this.#asked.delete(question.id)
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
    for (const { reject } of asked.flatMap(({ askers }) => [...askers])) reject(closed())
  }
}

const unwanted = () => new Fault('ttl_expired', 'nobody waits for this list any more')
const closed = () => new Fault('internal', 'the store is closed')
