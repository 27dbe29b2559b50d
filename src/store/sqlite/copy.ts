import { fork } from 'node:child_process'
import { Fault } from '../../message/fault.ts'
import { type PlainFault, revive } from './batch.ts'

/** What the process that copies is asked for. */
export interface ToCopy {
  readonly from: string
  readonly to: string
}
/** What it reports. */
export type FromCopy = { readonly read: true } | { readonly done: true } | { readonly failed: PlainFault }

/** A copy on its way. */
export interface Copy {
  /** Nothing is read of the store any more, or ever will be. */
  readonly read: Promise<void>
  /** The copy is whole; rejects with a Fault when there is none. */
  readonly done: Promise<void>
}

/**
 * Copies a store that is in use: its file, then its log. A process of its own does it: closing the file here would give
 * up the lock on it (fcntl(2), POSIX).
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
    // Whatever it had to report has come by then.
    child.on('close', (code, signal) =>
      reject(new Fault('internal', `the process that copies the store ended (${signal ?? code})`)),
    )
  })
  child.send({ from, to } satisfies ToCopy)
  return { read, done }
}
