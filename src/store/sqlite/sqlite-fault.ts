import { Fault } from '../../message/fault.ts'

/** Errors of SQLite as faults of the hub. */
export function asFault(error: unknown, path = 'the store'): Fault {
  if (error instanceof Fault) return error
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  if (code === 'SQLITE_FULL') return new Fault('storage_full', `${path}: ${message}`, {}, error)
  if (/^SQLITE_(IOERR|READONLY|CANTOPEN)/.test(code))
    return new Fault('storage_failed', `${path}: ${message} (${code})`, {}, error)
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new Fault('store_damaged', `${path} is damaged: ${message}`, {}, error)
  if (code.startsWith('SQLITE_BUSY')) return new Fault('data_locked', `${path} is in use by another hub`, {}, error)
  return Fault.from(error)
}

/** The result code of SQLite, `SQLITE_BUSY` for example. */
export function codeOf(error: unknown): string {
  return (error as { code?: string } | null)?.code ?? ''
}
