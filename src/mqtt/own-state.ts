import type { Clock, Timer } from '../util/clock.ts'

/** ms until the hub says again that it is online: a flood of contradictions is answered once a second. */
const restateMs = 1_000

/**
 * `bridge/state` as the broker shows it. Another hub on the same base topic that ends, or a will that comes late, says
 * `offline` there, and every entity in Home Assistant would stay unavailable.
 */
export class OwnState {
  readonly #clock: Clock
  readonly #restate: () => void
  #timer: Timer | null = null

  constructor(clock: Clock, restate: () => void) {
    this.#clock = clock
    this.#restate = restate
  }

  seen(payload: string): void {
    if (payload === 'online' || this.#timer !== null) return
    this.#timer = this.#clock.after(restateMs, () => {
      this.#timer = null
      this.#restate()
    })
  }
}
