/** Work under one key is done in its order, one piece after the other; under different keys at the same time. */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<unknown>>()

  /** What becomes of the work; a failure keeps nothing behind it from its turn. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const done = (this.#tails.get(key) ?? Promise.resolve()).then(work)
    const tail = Promise.allSettled([done]).then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    })
    this.#tails.set(key, tail)
    return done
  }
}
