import { loadConfig } from '../config/load.ts'
import type { Erased } from '../ledger/erase.ts'
import type { HistoryEntry } from '../ledger/lists/history.ts'
import { Fault } from '../message/fault.ts'
import { type CliContext, exitCodes } from './context.ts'
import { request } from './control.ts'
import type { RunOptions } from './run.ts'
import { tableLines } from './table-lines.ts'

interface Page {
  readonly entries: readonly HistoryEntry[]
  readonly next: string | null
}

export interface HistoryOptions {
  readonly device?: string
  readonly direction?: string
  readonly status?: string
  readonly gateway?: string
  readonly search?: string
  readonly since?: string
  readonly until?: string
  readonly limit?: string
  readonly json?: boolean
}

const pageSize = 500

/** `history [about]`: commands and texts of a device, number or contact, or of all, filtered; the oldest first. */
export async function showHistory(
  { stdout, stderr }: CliContext,
  about: string | undefined,
  { json = false, limit: count = '1000', search, ...filters }: HistoryOptions,
  options: RunOptions,
): Promise<number> {
  const { dataFolder } = loadConfig(options)
  const limit = Number(count)
  if (!Number.isInteger(limit) || limit < 1)
    throw new Fault('invalid_payload', `--limit takes a number, not "${count}"`)
  const entries: HistoryEntry[] = []
  let cursor: string | null = null
  do {
    const size = Math.min(pageSize, limit - entries.length)
    const wanted = { ...filters, about, q: search, limit: size, cursor: cursor ?? undefined }
    const page: Page = await request(dataFolder, 'history', wanted)
    entries.push(...page.entries)
    cursor = page.next
  } while (cursor !== null && entries.length < limit)
  if (json) for (const entry of entries.reverse()) stdout.write(`${JSON.stringify(entry)}\n`)
  else {
    const rows = entries.reverse().map(rowOf)
    for (const line of tableLines(['time', '', 'who', 'what', 'outcome'], rows)) stdout.write(`${line}\n`)
  }
  if (entries.length === 0) stderr.write('nothing like that in this time; try --since 30d\n')
  if (cursor !== null) stderr.write(`there is more: --limit ${limit * 10} shows it\n`)
  return exitCodes.ok
}

function rowOf({ at, direction, device, number, command, text, status, reply, error }: HistoryEntry): string[] {
  const outcome = [status, reply === null ? null : JSON.stringify(reply), error].filter((part) => part !== null)
  return [
    at.slice(0, 19).replace('T', ' '),
    direction === 'out' ? '->' : '<-',
    device ?? number ?? '-',
    command === null || command === 'send' ? JSON.stringify(text ?? '') : command,
    direction === 'out' ? outcome.join('  ') : '',
  ]
}

/** `privacy erase <about>`: erases a device, number or contact. */
export async function eraseSubject(
  { stdout, stderr }: CliContext,
  about: string,
  { yes = false }: { yes?: boolean },
  options: RunOptions,
): Promise<number> {
  if (!yes) throw new Fault('not_allowed', `this can't be undone: --yes erases everything stored of ${about}`)
  const asked = { about, confirm: about }
  const { commands, received, raw, published, unfinished, backups }: Erased & { backups: string[] } = await request(
    loadConfig(options).dataFolder,
    'privacy/erase',
    asked,
  )
  stdout.write(`${commands} commands and texts, ${received} received, ${raw} raw, ${published} unpublished: erased\n`)
  if (unfinished > 0) stderr.write(`${unfinished} are pending and remain: erase again when they have ended\n`)
  for (const backup of backups)
    stderr.write(`${backup} in the data folder may still contain it: remove it if necessary\n`)
  return exitCodes.ok
}
