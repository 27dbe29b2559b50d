import type { GatewayState } from '../../message/gateway-state.ts'

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

/** The state of a modem as it is shown; `changed` is told when something of it has changed. */
export class ShownState {
  readonly #changed: () => void
  #state = unknown

  constructor(changed: () => void) {
    this.#changed = changed
  }

  get state(): GatewayState {
    return this.#state
  }

  set(change: Partial<GatewayState>): void {
    const before = this.#state
    this.#state = { ...before, ...change }
    const keys = Object.keys(change) as (keyof GatewayState)[]
    if (keys.some((key) => before[key] !== change[key])) this.#changed()
  }
}
