import { type GatewayState, isAvailable } from '../message/gateway-state.ts'

/** What is known of a modem before it has answered. */
const unknown: GatewayState = {
  status: 'initializing',
  network: 'unknown',
  sim: 'unknown',
  operator: null,
  technology: null,
  signal_dbm: null,
  signal_percent: null,
  storage_used: null,
  storage_total: null,
  port: null,
  model: null,
  firmware: null,
  last_error: null,
  recovering: null,
  recoveries: {},
}

/**
 * The state of a modem as it is shown; `changed` is told when something of it has changed. What works and must not be
 * used (`holds` says why) is shown as degraded, whatever else there is to say.
 */
export class ShownState {
  readonly #changed: () => void
  readonly #holds: (state: GatewayState) => string | null
  #state = unknown
  #shown = unknown

  constructor(changed: () => void, holds: (state: GatewayState) => string | null) {
    this.#changed = changed
    this.#holds = holds
  }

  get state(): GatewayState {
    return this.#shown
  }

  set(change: Partial<GatewayState>): void {
    const before = this.#shown
    this.#state = { ...this.#state, ...change }
    const held = isAvailable(this.#state) ? this.#holds(this.#state) : null
    this.#shown = held === null ? this.#state : { ...this.#state, status: 'degraded', last_error: held }
    const keys = Object.keys(this.#shown) as (keyof GatewayState)[]
    if (keys.some((key) => before[key] !== this.#shown[key])) this.#changed()
  }
}
