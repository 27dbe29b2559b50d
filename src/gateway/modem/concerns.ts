import type { ModemFacts } from './shown-state.ts'

/** Problems of a modem that works nevertheless: published as `degraded`, the oldest reason first. */
export class Concerns {
  readonly #reasons = new Map<string, string>()
  readonly #observed: (change: Partial<ModemFacts>) => void

  constructor(observed: (change: Partial<ModemFacts>) => void) {
    this.#observed = observed
  }

  /** Null where it is over. */
  set(about: string, reason: string | null): void {
    if ((this.#reasons.get(about) ?? null) === reason) return
    if (reason === null) this.#reasons.delete(about)
    else this.#reasons.set(about, reason)
    const [first] = this.#reasons.values()
    this.#observed(
      first === undefined ? { status: 'ready', last_error: null } : { status: 'degraded', last_error: first },
    )
  }
}
