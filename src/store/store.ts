import type { WaitingEvent } from '../ledger/events/waiting.ts'
import type { ListArgs, ListName, ListOf } from '../ledger/lists/lists.ts'
import type { ArgsOf, OperationName, ResultOf } from '../ledger/operations.ts'
import type { Bell } from '../ledger/tx.ts'
import type { Fault } from '../message/fault.ts'

/**
 * Durable storage between the flows. Every call resolves when its change is durable and rejects with a Fault when it is
 * not. Calls are carried out in order.
 */
export interface Store {
  run<K extends OperationName>(name: K, args: ArgsOf<K>): Promise<ResultOf<K>>
  /** Like `run`, with the answer before the commit: for callers that do nothing final until a later call is durable. */
  runEarly<K extends OperationName>(name: K, args: ArgsOf<K>): Promise<ResultOf<K>>
  /** A list of what is committed. It is not begun where nobody waits for it any more. */
  read<K extends ListName>(name: K, args: ListArgs<K>, wanted?: AbortSignal): Promise<ListOf<K>>
  /** A bell rings after commits; it may be lost, so every listener needs a slow sweep of its own. */
  on(bell: Bell, listener: () => void): () => void
  /**
   * What a commit emitted, in its order, behind the answers of those who asked for it; null where that is more than is
   * handed over. As a bell it may be lost: who must have all of them reads those that wait.
   */
  onEmitted(listener: (events: readonly WaitingEvent[] | null) => void): () => void
  /** Why the store has failed; null while it works. */
  readonly fatal: Fault | null
  /** Called when the store has failed: its thread died or the file is damaged. */
  onFatal: (fault: Fault) => void
  /** Why commits have failed since the last successful one; null while they succeed. */
  readonly trouble: Fault | null
  /** Called when commits begin to fail, and with null when one succeeds again. */
  onTrouble: (trouble: Fault | null) => void
  /** Whether lists are read beside the writer; it reads them itself where the file system has no shared memory. */
  readonly isShared: boolean
  /** Writes a consistent, marked copy with all earlier changes. Commits continue meanwhile. */
  backup(path: string): Promise<void>
  /** Finishes pending calls and closes the file. */
  close(): Promise<void>
}
