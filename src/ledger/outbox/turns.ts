import { priorities } from '../../message/status.ts'

/** State of the scheduling, as plain data. */
export interface TurnsState {
  /** Credit of each priority level. */
  readonly credit: Readonly<Record<number, number>>
  /** The last served client of each level. */
  readonly after: Readonly<Record<number, string>>
}

/** Priority levels in the order of service, each with the last served client. */
export type Order = readonly { readonly level: number; readonly after: string }[]

const classes = Object.values(priorities)
const weights = classes.reduce((sum, { weight }) => sum + weight, 0)

/**
 * Weighted round robin for a gateway: priorities share it by their weights (8:3:1), and the clients of a priority take
 * turns.
 */
export class Turns {
  #state: TurnsState

  constructor(state: TurnsState = { credit: {}, after: {} }) {
    this.#state = state
  }

  get state(): TurnsState {
    return this.#state
  }

  /** The levels in the order of their credit. */
  order(): Order {
    return [...classes]
      .sort((a, b) => this.#claimOf(b) - this.#claimOf(a))
      .map(({ level }) => ({ level, after: this.#state.after[level] ?? '' }))
  }

  served({ level, client }: { readonly level: number; readonly client: string }): void {
    const credits = classes.map((each) => {
      const credit = this.#claimOf(each) - (each.level === level ? weights : 0)
      return [each.level, Math.max(-weights, Math.min(weights, credit))] as const
    })
    this.#state = { credit: Object.fromEntries(credits), after: { ...this.#state.after, [level]: client } }
  }

  #claimOf({ level, weight }: { level: number; weight: number }): number {
    return (this.#state.credit[level] ?? 0) + weight
  }
}
