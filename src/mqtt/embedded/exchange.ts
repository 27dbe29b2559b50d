import type { Clock } from '../../util/clock.ts'
import { TopicTree } from './topic-tree.ts'

interface Message {
  readonly topic: string
}
type Listener = (message: Message, done: () => void) => void

/** Messages pending at a listener up to which publishers wait for it. */
const maxAwaited = 16
/** Longest wait of a publisher for slow listeners. */
const maxWaitMs = 200

/**
 * Passes messages to the listeners of their topics: the `mq` of aedes. A publisher waits for listeners that keep up, so
 * that their queues stay short; one that has stopped reading delays nobody.
 */
export class Exchange {
  readonly #clock: Clock
  readonly #listeners = new TopicTree<Listener>()
  readonly #keys = new WeakMap<Listener, string>()
  readonly #inHand = new WeakMap<Listener, number>()
  #count = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  on(topic: string, listener: Listener, done?: () => void): this {
    this.#listeners.set(topic, this.#keyOf(listener), listener)
    if (done !== undefined) setImmediate(done)
    return this
  }

  removeListener(topic: string, listener: Listener, done?: () => void): this {
    this.#listeners.delete(topic, this.#keyOf(listener))
    if (done !== undefined) setImmediate(done)
    return this
  }

  emit(message: Message, done: () => void = () => {}): this {
    const awaited = new Set<Listener>()
    const settle = (listener: Listener) => {
      if (awaited.delete(listener) && awaited.size === 0) finish()
    }
    const finish = () => {
      timer?.cancel()
      setImmediate(done)
    }
    const all = [...this.#listeners.filtersFor(message.topic)]
    for (const listener of all) if ((this.#inHand.get(listener) ?? 0) < maxAwaited) awaited.add(listener)
    const giveUp = () => {
      for (const listener of [...awaited]) settle(listener)
    }
    const timer = awaited.size === 0 ? null : this.#clock.after(maxWaitMs, giveUp)
    if (awaited.size === 0) finish()
    for (const listener of all) this.#hand(listener, message, () => settle(listener))
    return this
  }

  close(done: () => void): this {
    setImmediate(done)
    return this
  }

  #hand(listener: Listener, message: Message, settled: () => void): void {
    this.#inHand.set(listener, (this.#inHand.get(listener) ?? 0) + 1)
    listener(message, () => {
      this.#inHand.set(listener, (this.#inHand.get(listener) ?? 1) - 1)
      settled()
    })
  }

  #keyOf(listener: Listener): string {
    const key = this.#keys.get(listener) ?? String(++this.#count)
    this.#keys.set(listener, key)
    return key
  }
}
