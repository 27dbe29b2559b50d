import type { WaitingEvent } from '../ledger/events/waiting.ts'
import type { Bell, Tx } from '../ledger/tx.ts'

/** What a commit reports to those who did not ask for it. */
export interface Commit {
  /** The bells that are to be rung. */
  readonly bells: readonly Bell[]
  /** Its events, which wait for the outlets now; null where they are read instead. */
  readonly emitted: readonly WaitingEvent[] | null
}

/** Transactions over rows, as a database does them. */
export interface Engine extends Tx {
  readonly inTransaction: boolean
  /** The transaction that was committed last changed something. */
  readonly wrote: boolean
  begin(): void
  /** Runs one operation so that its failure undoes nothing but itself. */
  attempt<T>(operation: () => T): T
  /** Makes everything since `begin` durable. */
  commit(): Commit
  rollback(): void
  /** A quiet moment: what commits have left to be done. */
  rest(): void
  /** Something was wiped that still stands in a log. */
  readonly owesWipe: boolean
  /** A consistent copy of the whole store in one file. Nothing else is done meanwhile. */
  copyTo(path: string): void
  close(): void
}
