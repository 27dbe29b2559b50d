import { Allowance } from '../util/allowance.ts'
import type { Clock } from '../util/clock.ts'
import type { IngressHandlers } from './ingress.ts'

/** The same refusal of the same client is always counted, and reported once in this time. */
const reportIntervalMs = 10_000
const maxRemembered = 2_000
/** Rate of reports of all clients together, and their burst. */
const reportsPerSecond = 2
const burstSize = 100

/** Usual connection errors, which are not refusals, and refusals that are reported where they are made. */
const ordinary =
  /timeout|in time|closed|premature|authorized|password|user|client id|will|sessions|too fast|too many publishes/i

/** Messages of the library that lack the remedy. */
const advice: Readonly<Record<string, string>> = {
  '+ is not allowed in PUBLISH': 'a topic may not contain +: write the number without it',
  '# is not allowed in PUBLISH': 'a topic may not contain #',
}

export interface Refusal {
  readonly client: string
  readonly topic?: string
  readonly reason: string
  /** Identity for repetitions; by default the client and the reason. */
  readonly key?: string
}

/** Reports refusals, with their rate limited. */
export class Refusals {
  readonly #clock: Clock
  readonly #report: IngressHandlers['refused']
  readonly #reported = new Map<string, number>()
  readonly #allowance: Allowance

  constructor(clock: Clock, report: IngressHandlers['refused']) {
    this.#clock = clock
    this.#report = report
    this.#allowance = new Allowance(clock, reportsPerSecond, burstSize)
  }

  add({ client, topic = '', reason, key = `${client}\u0000${reason}` }: Refusal): void {
    const now = this.#clock.monotonic()
    const known = now - (this.#reported.get(key) ?? Number.NEGATIVE_INFINITY) < reportIntervalMs
    const repeated = known || !this.#allowance.takeIfLeft()
    if (!repeated) {
      if (this.#reported.size >= maxRemembered) this.#reported.clear()
      this.#reported.set(key, now)
    }
    this.#report({ client: client.slice(0, 256), topic: topic.slice(0, 256), reason, repeated })
  }

  /** A violation of the protocol: the library has closed the connection. */
  addError(client: string, error: Error & { code?: string }): void {
    if (error.code !== undefined || ordinary.test(error.message)) return
    this.add({ client, reason: advice[error.message] ?? error.message })
  }
}
