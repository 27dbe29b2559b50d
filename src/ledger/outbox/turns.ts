import { priorities } from '../../message/status.ts'

/** Whose turn it is, as plain data. */
export interface TurnsState {
  /** What each priority level has a claim to, beyond what it was given. */
  readonly credit: Readonly<Record<number, number>>
  /** The client of each level that was served last. */
  readonly after: Readonly<Record<number, string>>
}

/** Priority levels in the order in which they are to be served now, each with the client served last. */
export type Order = readonly { readonly level: number; readonly after: string }[]

const classes = Object.values(priorities)
const weights = classes.reduce((sum, { weight }) => sum + weight, 0)

/**
 * One gateway's turn at the queue: the priorities share it by their weights (8:3:1), and within one the clients take
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

  /** The classes in the order in which they have a claim now. */
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
