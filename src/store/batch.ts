import { Fault, type FaultCode } from '../message/fault.ts'
import { asFault, type Bell, type Engine } from './engine.ts'
import { type OperationName, operations } from './operations.ts'

/** One operation on its way to the engine. */
export interface Call {
  readonly id: number
  readonly name: OperationName
  readonly args: unknown
  /** Answer before the commit too. */
  readonly early: boolean
}

/** A Fault as plain data, to cross a thread. */
export interface PlainFault {
  readonly code: FaultCode
  readonly message: string
  readonly detail: Readonly<Record<string, unknown>>
}

export type Answer =
  | { readonly id: number; readonly kind: 'early'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'committed'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly fault: PlainFault }

/**
 * Group commit: runs the calls in one transaction and answers when all of them are on the disk. A call that fails
 * undoes itself only; a commit that fails fails them all.
 */
export function runBatch(
  engine: Engine,
  calls: readonly Call[],
  answer: (answer: Answer) => void,
  beforeCommit: () => void,
): Bell[] {
  const done: { id: number; value: unknown }[] = []
  try {
    engine.begin()
    for (const { id, name, args, early } of calls) {
      const operation = operations[name] as (tx: Engine, args: unknown) => unknown
      try {
        const value = engine.attempt(() => operation(engine, args))
        done.push({ id, value })
        if (early) answer({ id, kind: 'early', value })
      } catch (error) {
        answer({ id, kind: 'failed', fault: plain(asFault(error)) })
        // SQLite gives up the whole transaction when the disk is full: nothing of it may be called done.
        if (!engine.inTransaction) throw error
      }
    }
    beforeCommit()
    const bells = engine.commit()
    for (const { id, value } of done) answer({ id, kind: 'committed', value })
    return bells
  } catch (error) {
    engine.rollback()
    const fault = plain(asFault(error))
    for (const { id } of done) answer({ id, kind: 'failed', fault })
    return []
  }
}

function plain({ code, message, detail }: Fault): PlainFault {
  return { code, message, detail }
}

export function revive({ code, message, detail }: PlainFault): Fault {
  return new Fault(code, message, detail)
}
