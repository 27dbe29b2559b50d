import {
  type CommonState,
  type GatewayState,
  isAvailable,
  type ModemState,
  nothingKnown,
} from '../../message/gateway-state.ts'

/** All that a modem shows, side by side. */
export type ModemFacts = CommonState & ModemState

/** What is known of a modem before it has answered. */
const unknown: ModemFacts = {
  ...nothingKnown,
  status: 'initializing',
  last_error: null,
  recovering: null,
  recoveries: {},
}

/**
 * The published state of a modem; `changed` is called when any of it changes. A modem that works and must not be used
 * (`holds` answers why) is published as degraded, with that reason before any other.
 */
export class ShownState {
  readonly #changed: () => void
  readonly #holds: (facts: ModemFacts) => string | null
  #known = unknown
  #shown = unknown
  #state = stateOf(unknown)

  constructor(changed: () => void, holds: (facts: ModemFacts) => string | null) {
    this.#changed = changed
    this.#holds = holds
  }

  get facts(): ModemFacts {
    return this.#shown
  }

  get state(): GatewayState {
    return this.#state
  }

  set(change: Partial<ModemFacts>): void {
    const before = this.#shown
    this.#known = { ...this.#known, ...change }
    const held = isAvailable(this.#known) ? this.#holds(this.#known) : null
    this.#shown = held === null ? this.#known : { ...this.#known, status: 'degraded', last_error: held }
    const keys = Object.keys(this.#shown) as (keyof ModemFacts)[]
    if (keys.every((key) => before[key] === this.#shown[key])) return
    this.#state = stateOf(this.#shown)
    this.#changed()
  }
}

function stateOf({ status, last_error, recovering, recoveries, ...modem }: ModemFacts): GatewayState {
  return { status, last_error, recovering, recoveries, modem }
}
