import type { Log } from '../message/events.ts'
import { type Failed, inBackground, logged, untilDone } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'

/** Background work of the hub. */
export class Behind {
  readonly #clock: Clock
  readonly #log: Log
  #stopped = false

  constructor(clock: Clock, log: Log) {
    this.#clock = clock
    this.#log = log
  }

  /** Retried until it succeeds or the hub stops. */
  persist(what: string, work: () => Promise<unknown>): void {
    const failed = this.failed(what)
    inBackground(() => untilDone(this.#clock, work, () => !this.#stopped, failed), failed)
  }

  once(what: string, work: () => unknown): void {
    inBackground(work, this.failed(what))
  }

  failed(what: string): Failed {
    return logged((level, message) => this.#log(level, 'hub', message), what)
  }

  /** Ends all retries. */
  stop(): void {
    this.#stopped = true
  }
}
