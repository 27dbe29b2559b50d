import type { Tx } from '../../src/ledger/tx.ts'
import type { Ledger } from './ledger.ts'

/** A statement as an operation asked for it. */
export interface Statement {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** Notes what operations ask of the engine, savepoints and all. */
export class Recorder {
  readonly #ledger: Ledger
  readonly #asked: Statement[] = []

  constructor(ledger: Ledger) {
    this.#ledger = ledger
    const { engine } = ledger
    for (const name of ['one', 'all', 'run'] as const satisfies readonly (keyof Tx)[]) {
      const original = engine[name].bind(engine) as (sql: string, ...values: unknown[]) => never
      engine[name] = (sql: string, ...values: unknown[]) => {
        this.#asked.push({ sql, values })
        return original(sql, ...values)
      }
    }
  }

  /** The statements of an act. */
  of(act: () => unknown): readonly Statement[] {
    this.#asked.length = 0
    act()
    return this.#asked.splice(0)
  }

  /** How SQLite goes about the statements of an act, a line for each table, with its statement. */
  plans(act: () => unknown): readonly { readonly detail: string; readonly sql: string }[] {
    return this.of(act)
      .filter(({ sql }) => /^\s*(SELECT|UPDATE|DELETE|WITH|INSERT)/i.test(sql))
      .flatMap(({ sql, values }) =>
        this.#ledger.engine
          .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values)
          .map(({ detail }) => ({ detail, sql })),
      )
  }
}
