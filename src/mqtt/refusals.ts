import type { Clock } from '../util/clock.ts'
import type { IngressHandlers } from './ingress.ts'

/** The same refusal of the same client is counted each time and told once in this time, in ms. */
const quietMs = 10_000
const mostRemembered = 2_000

/** Errors that end connections every day and refuse nobody. */
const ordinary =
  /timeout|in time|closed|premature|authorized|password|user|client id|will|sessions|too fast|too many publishes/i

/** Tells what was refused, without letting a flood of refusals become a flood of messages. */
export class Refusals {
  readonly #clock: Clock
  readonly #tell: IngressHandlers['refused']
  readonly #told = new Map<string, number>()

  constructor(clock: Clock, tell: IngressHandlers['refused']) {
    this.#clock = clock
    this.#tell = tell
  }

  add(client: string, topic: string, reason: string): void {
    const now = this.#clock.monotonic()
    const key = `${client}\u0000${reason}`
    const repeated = now - (this.#told.get(key) ?? Number.NEGATIVE_INFINITY) < quietMs
    if (!repeated) {
      if (this.#told.size >= mostRemembered) this.#told.clear()
      this.#told.set(key, now)
    }
    this.#tell({ client, topic: topic.slice(0, 256), reason, repeated })
  }

  /** What the protocol's own rules refused: the library has closed the connection. */
  addError(client: string, error: Error & { code?: string }): void {
    if (error.code !== undefined || ordinary.test(error.message)) return
    this.add(client, '', error.message)
  }
}
