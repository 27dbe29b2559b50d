import type { ListName } from '../../ledger/lists/lists.ts'
import type { ToWorker } from './worker.ts'

export interface StoreOptions {
  readonly path: string
  /** false: not safe against power loss, for simulations only. */
  readonly durable?: boolean
  /** false: the engine runs in this thread, for simulations on their own clock. */
  readonly thread?: boolean
  /** The time of events, ms since 1970; 0 without it. */
  readonly now?: () => number
  /** Delay of every commit that reaches the disk, for tests of who waits for it. */
  readonly commitDelay?: number
}

/** The writer thread, or the engine in this one. */
export interface Backend {
  /** Whether a reader can open the file too. */
  readonly isShared: boolean
  send(message: ToWorker): void
  /** A list, of what is committed. */
  read(name: ListName, args: unknown, wanted?: AbortSignal): Promise<unknown>
  /** Only for an engine in this thread: copies it. */
  copyTo?(path: string): void
  close(): Promise<void>
}
