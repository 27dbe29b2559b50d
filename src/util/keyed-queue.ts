import { SerialQueue } from './serial-queue.ts'

/** Runs work under one key in order, under different keys at the same time. For a batch of work: it keeps its keys. */
export class KeyedQueue {
  readonly #queues = new Map<string, SerialQueue>()

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(key) ?? new SerialQueue()
    this.#queues.set(key, queue)
    return queue.run(work)
  }
}
