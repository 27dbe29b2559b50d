import type { Clock } from '../../util/clock.ts'

const firstMs = 500
const maxDelayMs = 30_000
/** Two clients with the same client id take the session over from each other as long as both reconnect. */
const firstFightMs = 10_000
const maxFightMs = 600_000
/** A connection that is closed sooner is a short one. */
const shortMs = 5_000
/** This many short ones in a row count as a takeover, for which MQTT 3.1.1 has no reason code. */
const minShortOnes = 3

/** The delay before the next attempt to connect, and the problem when connections do not last. */
export class Reconnection {
  readonly #clock: Clock
  readonly #clientId: string
  #waitMs = firstMs
  #fightMs = 0
  #short = 0
  #connectedAt: number | null = null

  constructor(clock: Clock, clientId: string) {
    this.#clock = clock
    this.#clientId = clientId
  }

  connected(): void {
    this.#connectedAt = this.#clock.monotonic()
  }

  /** The next attempt is made at once. */
  hurry(): void {
    this.#waitMs = 0
  }

  /** The connection or the attempt has ended. `takenOver`: the broker gave the session to another client. */
  ended(takenOver: boolean): number {
    const lasted = this.#lastedMs
    this.#connectedAt = null
    if (lasted !== null && this.#isSettled(lasted)) this.#fightMs = 0
    if (lasted !== null) this.#short = lasted < shortMs ? this.#short + 1 : 0
    if (takenOver || this.#short >= minShortOnes) {
      this.#fightMs = Math.min(maxFightMs, Math.max(firstFightMs, this.#fightMs * 2))
      return this.#spread(this.#fightMs)
    }
    if (lasted !== null && this.#short <= 1) this.#waitMs = firstMs
    const wait = this.#waitMs
    this.#waitMs = Math.min(maxDelayMs, Math.max(firstMs, wait * 2))
    return this.#spread(wait)
  }

  /** The problem and its remedy as a sentence, or null. */
  get trouble(): string | null {
    if (this.#fightMs === 0 || this.#isSettled(this.#lastedMs ?? 0)) return null
    return `session taken over: another client uses the MQTT client id "${this.#clientId}", most likely a second hub with a copy of this data folder. Stop one of them, or set another mqtt.client_id`
  }

  /** The connection has lasted longer than the other client would wait. */
  #isSettled(lastedMs: number): boolean {
    return lastedMs > 2 * this.#fightMs
  }

  get #lastedMs(): number | null {
    return this.#connectedAt === null ? null : this.#clock.monotonic() - this.#connectedAt
  }

  #spread(ms: number): number {
    return ms * (0.75 + this.#clock.random() / 2)
  }
}
