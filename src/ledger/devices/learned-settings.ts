import { type ErrorReport, errorReport, Fault } from '../../message/fault.ts'
import { document, type SubmissionRow } from '../rows.ts'
import { count, counted } from '../tally.ts'
import type { Tx } from '../tx.ts'
import { deviceRow } from './devices.ts'
import { type Heard, speechIn } from './dialects.ts'

/**
 * A setting that the device reported or accepted. `over` was configured then: a later configuration takes precedence.
 */
export interface Learned {
  readonly value: string
  readonly over: string | null
}

/** A change that was sent and is not confirmed. */
interface Pending {
  readonly value: string
  readonly command: string
  /** Its command has ended without confirmation: both values are kept. */
  readonly doubt: boolean
}

/** Learned settings of a device, and its dialect. */
export interface KnownSettings {
  readonly id: string
  readonly learned: Readonly<Record<string, Learned>>
  readonly pending: Readonly<Record<string, { readonly value: string; readonly doubt: boolean }>>
  readonly speech: ReturnType<typeof speechIn>
}

/** Whether a command that changes settings had no effect, by its end; others leave it in doubt. */
const notTaken: readonly string[] = ['failed', 'expired', 'cancelled', 'rejected', 'undelivered']

/** Settings of the devices that have changed after a revision (0 for all), and the current revision. */
export function knownSettings(
  tx: Tx,
  { since }: { since: number },
): { readonly revision: number; readonly devices: readonly KnownSettings[] } {
  const rows = tx.all<{ id: string; learned: string; pending: string; dialects: string | null }>(
    'SELECT id, learned, pending, dialects FROM device WHERE settings_revision > ? AND settings_revision > 0',
    since,
  )
  const devices = rows.map(
    ({ id, learned, pending, dialects }): KnownSettings => ({
      id,
      learned: document(learned),
      pending: document(pending),
      speech: speechIn(document<Heard | null>(dialects)),
    }),
  )
  return { revision: counted(tx, 'settings'), devices }
}

/**
 * Why a command can't be queued beside a change of settings, as its text was made with the old or the new ones; or
 * null.
 */
export function besideChange(
  tx: Tx,
  device: string,
  changes: Readonly<Record<string, string>>,
  queued: number,
): ErrorReport | null {
  const pending = pendingOf(tx, device)
  const running = Object.entries(pending).find(([, { doubt }]) => !doubt)
  if (running !== undefined) return busy(`${running[0]} of ${device} is being changed by ${running[1].command}`)
  const names = Object.keys(changes)
  if (names.length > 0 && queued > 0)
    return busy(
      `${queued} commands are queued for ${device}: ${names.join(', ')} can be changed when they have been sent or cancelled`,
    )
  const doubtful = names.find((name) => pending[name] !== undefined)
  if (doubtful === undefined) return null
  const why = `the last change of ${doubtful} of ${device} is unconfirmed: query the device first (${device}/get)`
  return errorReport(new Fault('not_allowed', why))
}

const busy = (why: string): ErrorReport => errorReport(new Fault('queue_full', `${why}; publish it again then`))

/** Stores the new values before the text with them is sent. */
export function beginChange(tx: Tx, device: string, command: string, changes: Readonly<Record<string, string>>): void {
  if (Object.keys(changes).length === 0) return
  const begun = Object.entries(changes).map(([name, value]) => [name, { value, command, doubt: false }])
  setPending(tx, device, { ...pendingOf(tx, device), ...Object.fromEntries(begun) })
}

/** The command with a change has ended without an acceptance: the device refused it, or it is in doubt. */
export function endChange(tx: Tx, { device, command_id }: SubmissionRow, status: string, ok: boolean | null): void {
  if (device === null) return
  const pending = pendingOf(tx, device)
  const mine = Object.entries(pending).filter(([, { command }]) => command === command_id)
  if (mine.length === 0) return
  const isRefused = notTaken.includes(status) || (status === 'replied' && ok === false)
  for (const [name, change] of mine) {
    if (isRefused) delete pending[name]
    else pending[name] = { ...change, doubt: true }
  }
  setPending(tx, device, pending)
}

/** Stores current values; their pending changes are settled. */
export function learnSettings(tx: Tx, device: string, learned: Readonly<Record<string, Learned>>): void {
  if (Object.keys(learned).length === 0) return
  const before = document<Record<string, Learned>>(deviceRow(tx, device).learned)
  const all = JSON.stringify({ ...before, ...learned })
  const pending = pendingOf(tx, device)
  const kept = Object.fromEntries(Object.entries(pending).filter(([name]) => learned[name] === undefined))
  if (all === JSON.stringify(before) && Object.keys(kept).length === Object.keys(pending).length) return
  tx.run('UPDATE device SET learned = ? WHERE id = ?', all, device)
  setPending(tx, device, kept)
}

function pendingOf(tx: Tx, device: string): Record<string, Pending> {
  const row = tx.one<{ pending: string }>('SELECT pending FROM device WHERE id = ?', device)
  return row === undefined ? {} : document(row.pending)
}

function setPending(tx: Tx, device: string, pending: Readonly<Record<string, Pending>>): void {
  deviceRow(tx, device)
  const revision = count(tx, 'settings')
  tx.run('UPDATE device SET pending = ?, settings_revision = ? WHERE id = ?', JSON.stringify(pending), revision, device)
  tx.ring('settings')
}
