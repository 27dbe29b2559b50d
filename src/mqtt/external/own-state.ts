import type { Clock, Timer } from '../../util/clock.ts'
import type { WatchedMessage } from '../ingress.ts'

/** Delay before publishing online again: a flood of contradictions is answered once per second. */
const restateMs = 1_000

/**
 * `bridge/state` at the broker. Another hub on the same base topic that ends, or a delayed will, publishes `offline`
 * there, and every entity in Home Assistant would stay unavailable.
 */
export class OwnState {
  readonly filter: string
  readonly #clock: Clock
  readonly #restate: () => void
  #timer: Timer | null = null

  constructor(clock: Clock, topic: string, restate: () => void) {
    this.filter = topic
    this.#clock = clock
    this.#restate = restate
  }

  /** A retained state is an earlier one: the hub publishes online when it connects. */
  readonly seen = ({ payload, retained }: WatchedMessage): void => {
    if (retained || payload === 'online' || this.#timer !== null) return
    this.#timer = this.#clock.after(restateMs, () => {
      this.#timer = null
      this.#restate()
    })
  }
}
