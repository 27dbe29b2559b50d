import type { Clock, Timer } from '../../util/clock.ts'
import type { WatchedMessage } from '../ingress.ts'

/** ms until the hub says again that it is online: a flood of contradictions is answered once a second. */
const restateMs = 1_000

/**
 * `bridge/state` as the broker shows it. Another hub on the same base topic that ends, or a will that comes late, says
 * `offline` there, and every entity in Home Assistant would stay unavailable.
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

  /** What is retained is from before: the hub says that it is online when it connects. */
  readonly seen = ({ payload, retained }: WatchedMessage): void => {
    if (retained || payload === 'online' || this.#timer !== null) return
    this.#timer = this.#clock.after(restateMs, () => {
      this.#timer = null
      this.#restate()
    })
  }
}
