import { type OperationName, operations, type ResultOf } from '../../ledger/operations.ts'
import { isDiskFault } from '../../message/fault.ts'
import type { Commit, Engine } from '../engine.ts'
import { type PlainFault, plain } from './plain-fault.ts'
import { asFault } from './sqlite-fault.ts'
import type { Answer } from './thread-answer.ts'

/** A call of an operation. */
export interface Call {
  readonly id: number
  readonly name: OperationName
  readonly args: unknown
  /** Answer before the commit too. */
  readonly early: boolean
}

/** What a batch reports to those who did not ask for it. */
export interface Committed extends Commit {
  /** Why the disk is not writable; null when something was written, undefined when there was nothing to write. */
  readonly trouble: PlainFault | null | undefined
}

/** What the one who asked does next comes within a moment, and can share the commit. */
const expectant: Partial<Record<OperationName, (value: never) => boolean>> = {
  // A claim is followed by the mark of its first segment; nothing final happens before that is on the disk.
  claim: ({ claims }: ResultOf<'claim'>) => claims.length > 0,
}
const nothing: Commit = { bells: [], emitted: [] }
/** Calls whose commit nobody waits for. */
const patient: readonly OperationName[] = [
  'claim',
  'markSent',
  'acknowledge',
  'waitingEvents',
  'dueDeliveries',
  'settleDelivery',
]

/**
 * Group commit: runs calls in one transaction and answers when all of them are on the disk. A call that fails undoes
 * itself only; a commit that fails fails them all.
 */
export class Batch {
  readonly #engine: Engine
  readonly #answer: (answer: Answer) => void
  #done: { id: number; value: unknown }[] = []
  #isOpen = false
  /** Whether a caller waits for the commit. */
  #isUrgent = false
  #expects = false
  #trouble: PlainFault | undefined

  constructor(engine: Engine, answer: (answer: Answer) => void) {
    this.#engine = engine
    this.#answer = answer
  }

  /** Whether further calls are expected within a moment. */
  get canWait(): boolean {
    return this.#isOpen && this.#expects && !this.#isUrgent
  }

  /** `now`: when they were asked for, ms since 1970. */
  run(calls: readonly Call[], now: number): void {
    this.#engine.now = now
    try {
      if (!this.#isOpen) this.#engine.begin()
      this.#isOpen = true
      for (const call of calls) this.#attempt(call)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** `beforeCommit` is called when something was written: a commit of reads only does not touch the disk. */
  commit(beforeCommit: () => void = () => {}): Committed {
    const commit = this.#isOpen ? this.#close(beforeCommit) : nothing
    const trouble = commit !== null && this.#engine.wrote ? null : this.#trouble
    this.#trouble = undefined
    return { ...(commit ?? nothing), trouble }
  }

  /** null where the commit fails. */
  #close(beforeCommit: () => void): Commit | null {
    try {
      if (this.#engine.wrote) beforeCommit()
      const commit = this.#engine.commit()
      for (const { id, value } of this.#done) this.#answer({ id, kind: 'committed', value })
      this.#reset()
      return commit
    } catch (error) {
      this.#fail(error)
      return null
    }
  }

  #attempt({ id, name, args, early }: Call): void {
    const operation = operations[name] as (tx: Engine, args: unknown) => unknown
    try {
      const value = this.#engine.attempt(() => operation(this.#engine, args))
      // Known early, it need not cross the threads twice.
      this.#done.push({ id, value: early ? undefined : value })
      if (early) this.#answer({ id, kind: 'early', value })
      this.#expects ||= expectant[name]?.(value as never) ?? false
      this.#isUrgent ||= !patient.includes(name)
    } catch (error) {
      const fault = plain(asFault(error))
      if (isDiskFault(fault.code)) this.#trouble = fault
      this.#answer({ id, kind: 'failed', fault })
      // SQLite gives up the whole transaction when the disk is full: nothing of it may be called done.
      if (!this.#engine.inTransaction) throw error
    }
  }

  #fail(error: unknown): void {
    this.#engine.rollback()
    const fault = plain(asFault(error))
    this.#trouble = fault
    for (const { id } of this.#done) this.#answer({ id, kind: 'failed', fault })
    this.#reset()
  }

  #reset(): void {
    this.#done = []
    this.#isOpen = false
    this.#isUrgent = false
    this.#expects = false
  }
}
