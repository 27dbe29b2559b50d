import { among, joinInOrder, list, upsert } from '../sql.ts'
import type { Tx } from '../tx.ts'
import { isLogged } from './event-log.ts'

/** The place of all webhooks in the list of events. */
export const webhookOutlet = 'webhooks'

/** Outlets that are opened and closed with rows of their own, not by the configuration. */
const ofRows: readonly string[] = [webhookOutlet]

/** `answers` to requests that name it, or these and received `texts`; one without is for all events. */
export type Selecting = Readonly<Record<string, 'answers' | 'texts'>>

/**
 * The outlets of the configuration. A new one gets the events that are emitted from now on, and can read the current
 * states (`latest`); of one that is removed, nothing is kept.
 */
export function openOutlets(
  tx: Tx,
  { names, selecting = {} }: { names: readonly string[]; selecting?: Selecting },
): void {
  const known = tx.all<{ name: string }>('SELECT name FROM outlet').map(({ name }) => name)
  for (const name of known) if (!names.includes(name) && !ofRows.includes(name)) closeOutlet(tx, name)
  for (const name of names) {
    openOutlet(tx, name)
    tx.run('UPDATE outlet SET selects = ? WHERE name = ?', selecting[name] ?? 'all', name)
  }
}

export function openOutlet(tx: Tx, name: string): void {
  tx.run(upsert('outlet', ['name'], []), name)
}

/** Makes events wait for every outlet. Where there is none, only the log keeps them. */
export function enlist(tx: Tx, seqs: readonly number[]): void {
  const those = list(seqs)
  const { changes } = tx.run(
    `INSERT INTO event_waiting (outlet, seq)
       SELECT outlet.name, event.seq FROM outlet ${joinInOrder} event WHERE ${among('event.seq')} AND ${isSelected}`,
    those,
  )
  if (changes === 0) tx.run(`DELETE FROM event WHERE ${among('seq')} AND NOT ${isLogged}`, those)
}

const isSelected = `(selects = 'all' OR reply_to ->> 'outlet' = name OR (selects = 'texts' AND kind = 'received'))`

/** The tables that keep an event: for outlets that have not passed it on yet, and for those that refused it. */
const keepers = ['event_waiting', 'event_parked'] as const
type Keeper = (typeof keepers)[number]

/**
 * An outlet needs these events no longer: those that neither another one nor the log needs are deleted. What the log
 * keeps is deleted with its neighbours when it is old (`pruneLog`), which costs no more than to delete it here.
 */
export function dismiss(tx: Tx, keeper: Keeper, { outlet, seqs }: { outlet: string; seqs: readonly number[] }): void {
  if (seqs.length === 0) return
  const those = list(seqs)
  tx.run(`DELETE FROM ${keeper} WHERE outlet = ? AND ${among('seq')}`, outlet, those)
  tx.run(`DELETE FROM event WHERE ${among('seq')} AND NOT ${isLogged} AND ${isUnneeded}`, those)
}

/** Erased events wait for no outlet. */
export function dismissErased(tx: Tx): void {
  for (const keeper of keepers)
    tx.run(`DELETE FROM ${keeper} WHERE NOT EXISTS (SELECT 1 FROM event WHERE event.seq = ${keeper}.seq)`)
}

export function closeOutlet(tx: Tx, name: string): void {
  tx.run('DELETE FROM outlet WHERE name = ?', name)
  for (const keeper of keepers) {
    tx.run(
      `DELETE FROM event WHERE seq IN (SELECT seq FROM ${keeper} WHERE outlet = ?) AND NOT ${isLogged} AND ${isUnneeded}`,
      name,
    )
    tx.run(`DELETE FROM ${keeper} WHERE outlet = ?`, name)
  }
}

/** Counts the events of all outlets: one that waits for two of them counts twice. */
export const ofOutlets = (keeper: Keeper): string =>
  `SELECT COUNT(*) AS n FROM outlet ${joinInOrder} ${keeper} WHERE ${keeper}.outlet = outlet.name`

const isKeptIn = (keeper: Keeper) =>
  `SELECT 1 FROM outlet ${joinInOrder} ${keeper} WHERE ${keeper}.outlet = outlet.name AND ${keeper}.seq = event.seq`

/** No outlet needs it. */
export const isUnneeded = `NOT EXISTS (${isKeptIn('event_waiting')}) AND NOT EXISTS (${isKeptIn('event_parked')})`
