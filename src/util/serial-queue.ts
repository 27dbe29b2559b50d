/** Runs work one piece after the other, in the order of the calls. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve()

  /** Resolves or rejects with the work itself; a failure does not stop what comes after it. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(work)
    this.#tail = Promise.allSettled([done])
    return done
  }
}
