import { Fault } from '../message/fault.ts'

/** A quarter of the lists that the store lets wait: nobody takes them all. */
const maxAtOnce = 64

/** Bounds how many lists each caller waits for. */
export class ListsAtOnce {
  readonly #waiting = new Map<string, number>()

  async run<T>(caller: string, read: () => Promise<T>): Promise<T> {
    const before = this.#waiting.get(caller) ?? 0
    if (before >= maxAtOnce)
      throw new Fault('rate_limited', `${caller} waits for ${maxAtOnce} lists already: ask again when one is answered`)
    this.#waiting.set(caller, before + 1)
    try {
      return await read()
    } finally {
      const left = (this.#waiting.get(caller) ?? 1) - 1
      if (left > 0) this.#waiting.set(caller, left)
      else this.#waiting.delete(caller)
    }
  }
}
