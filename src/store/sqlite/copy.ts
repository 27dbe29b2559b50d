import { fork } from 'node:child_process'
import { Fault } from '../../message/fault.ts'
import { type PlainFault, revive } from './plain-fault.ts'

/** The request to the copying process. */
export interface ToCopy {
  readonly from: string
  readonly to: string
}
/** Its reports. */
export type FromCopy = { readonly read: true } | { readonly done: true } | { readonly failed: PlainFault }

/** A copy in progress. */
export interface Copy {
  /** Resolves when the store is no longer read. */
  readonly read: Promise<void>
  /** Resolves when the copy is complete; rejects with a Fault when it failed. */
  readonly done: Promise<void>
}

/**
 * Copies a store in use: its file, then its log. In a process of its own, as closing the file here would release the
 * lock on it (fcntl(2), POSIX).
 */
export function copyStore(from: string, to: string): Copy {
  const child = fork(new URL('./copy-process.js', import.meta.url), {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const read = new Promise<void>((resolve) => {
    child.on('message', (message: FromCopy) => 'read' in message && resolve())
    child.on('error', () => resolve())
    child.on('exit', () => resolve())
  })
  const done = new Promise<void>((resolve, reject) => {
    child.on('message', (message: FromCopy) => {
      if ('done' in message) resolve()
      if ('failed' in message) reject(revive(message.failed))
    })
    child.on('error', (error) => reject(Fault.from(error)))
    // All its reports have been received by then.
    child.on('close', (code, signal) =>
      reject(new Fault('internal', `the process that copies the store ended (${signal ?? code})`)),
    )
  })
  child.send({ from, to } satisfies ToCopy)
  return { read, done }
}
