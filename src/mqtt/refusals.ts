import type { Clock } from '../util/clock.ts'
import { Allowance } from './allowance.ts'
import type { IngressHandlers } from './ingress.ts'

/** The same refusal of the same client is counted each time and reported once in this time, in ms. */
const quietMs = 10_000
const mostRemembered = 2_000
/** Reports a second of all clients together, and how many at once. */
const perSecond = 2
const burst = 100

/** Errors that end connections every day and refuse nobody, and refusals that are reported where they are made. */
const ordinary =
  /timeout|in time|closed|premature|authorized|password|user|client id|will|sessions|too fast|too many publishes/i

/** Words of the library that leave the reader without the remedy. */
const advice: Readonly<Record<string, string>> = {
  '+ is not allowed in PUBLISH': 'a topic may not contain +: write the number without it',
  '# is not allowed in PUBLISH': 'a topic may not contain #',
}

export interface Refusal {
  readonly client: string
  readonly topic?: string
  readonly reason: string
  /** What counts as the same one; without it the client and the reason. */
  readonly key?: string
}

/** Reports what was refused, without letting a flood of refusals become a flood of messages. */
export class Refusals {
  readonly #clock: Clock
  readonly #report: IngressHandlers['refused']
  readonly #reported = new Map<string, number>()
  readonly #allowance: Allowance

  constructor(clock: Clock, report: IngressHandlers['refused']) {
    this.#clock = clock
    this.#report = report
    this.#allowance = new Allowance(clock, perSecond, burst)
  }

  add({ client, topic = '', reason, key = `${client}\u0000${reason}` }: Refusal): void {
    const now = this.#clock.monotonic()
    const known = now - (this.#reported.get(key) ?? Number.NEGATIVE_INFINITY) < quietMs
    const repeated = known || !this.#allowance.takeIfLeft()
    if (!repeated) {
      if (this.#reported.size >= mostRemembered) this.#reported.clear()
      this.#reported.set(key, now)
    }
    this.#report({ client: client.slice(0, 256), topic: topic.slice(0, 256), reason, repeated })
  }

  /** What the protocol's own rules refused: the library has closed the connection. */
  addError(client: string, error: Error & { code?: string }): void {
    if (error.code !== undefined || ordinary.test(error.message)) return
    this.add({ client, reason: advice[error.message] ?? error.message })
  }
}
