import type { WaitingEvent } from '../ledger/events/waiting.ts'
import type { Bell, Tx } from '../ledger/tx.ts'

/** What a commit reports to those who did not ask for it. */
export interface Commit {
  /** Bells to be rung. */
  readonly bells: readonly Bell[]
  /** Its events, which wait for the outlets now; null where they are read instead. */
  readonly emitted: readonly WaitingEvent[] | null
}

/** Transactions over rows. */
export interface Engine extends Tx {
  /** The time of what is asked for now, ms since 1970: events have it. */
  now: number
  readonly inTransaction: boolean
  /** Whether the last committed transaction changed something. */
  readonly wrote: boolean
  begin(): void
  /** Runs one operation so that its failure undoes nothing but itself. */
  attempt<T>(operation: () => T): T
  /** Makes everything since `begin` durable. */
  commit(): Commit
  rollback(): void
  /** Called when idle: does what commits have deferred. */
  rest(): void
  /** Erased data is still in the write-ahead log. */
  readonly owesWipe: boolean
  /** A consistent copy of the whole store in one file. It blocks everything else. */
  copyTo(path: string): void
  close(): void
}
