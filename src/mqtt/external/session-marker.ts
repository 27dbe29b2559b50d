import { randomUUID } from 'node:crypto'
import type { Clock, Timer } from '../../util/clock.ts'

export interface MarkerOptions {
  readonly clock: Clock
  readonly topic: string
  send(payload: string): void
  /** It was not received, though it was sent twice. */
  missing(): void
}

/** The broker may have dropped the marker as expired behind a long queue. */
const resendMs = 30_000
export const markerExpirySeconds = 60

/**
 * Distinguishes messages queued in the broker's session from new ones. After a reconnect the hub publishes a marker to
 * itself: brokers deliver in order, so whatever arrives before it was queued. Its payload is unique to this connection
 * and can't be guessed, so that a marker of an earlier run, or of somebody else, does not count.
 */
export class SessionMarker {
  readonly #options: MarkerOptions
  readonly #run = randomUUID()
  #connection = 0
  #sent = 0
  #isLive = false
  #timer: Timer | null = null

  constructor(options: MarkerOptions) {
    this.#options = options
  }

  get topic(): string {
    return this.#options.topic
  }

  /** Messages from now on were published while the hub was connected. */
  get isLive(): boolean {
    return this.#isLive
  }

  /** A new connection; without a session at the broker nothing was queued. */
  connected(sessionPresent: boolean): void {
    this.lost()
    this.#isLive = !sessionPresent
  }

  /** To be called once the hub is subscribed to the topic. */
  begin(): void {
    if (this.#isLive) return
    const { clock, send, missing } = this.#options
    if (this.#sent++ === 2) missing()
    send(this.#payload)
    this.#timer = clock.after(resendMs, () => this.begin())
  }

  arrived(payload: string): void {
    if (payload !== this.#payload) return
    this.#isLive = true
    this.#timer?.cancel()
  }

  lost(): void {
    this.#timer?.cancel()
    this.#connection++
    this.#sent = 0
    this.#isLive = false
  }

  get #payload(): string {
    return `${this.#run}.${this.#connection}`
  }
}
