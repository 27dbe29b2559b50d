import { document } from '../rows.ts'
import { count } from '../tally.ts'
import type { Rows, Tx } from '../tx.ts'

/** A text whose words only one dialect of the device's profile has. */
export interface HeardWords {
  readonly profile: string
  readonly dialect: string
  /** All that the profile has now: nothing else is kept. */
  readonly among: readonly string[]
  /** It is proven that the device wrote it: anybody can write one with its number. */
  readonly isProven: boolean
}

/** Texts in one dialect. */
export interface Tally {
  readonly texts: number
  readonly proven: number
  readonly last: number
}

/** What the texts of a device have shown of its dialect. */
export interface Heard {
  readonly profile: string
  readonly tallies: Readonly<Record<string, Tally>>
  /** The dialect that is tried first. */
  readonly leads: string
  /** Enough proven texts in a row were in it to send commands in it. */
  readonly isSettled: boolean
  /** The dialect of the last proven texts, and how many of them it was. */
  readonly row: { readonly dialect: string; readonly texts: number } | null
}

/** Proven texts in a row that settle what a device speaks, or turn it. */
export const settledBy = 3

/**
 * Before it is settled, the last proven text leads, else the first one of anybody. Then only as many proven texts in a
 * row as have settled it turn it: what somebody else writes with the number of the device does not.
 */
export function hear(known: Heard | null, { profile, dialect, among, isProven }: HeardWords, now: number): Heard {
  const before = known?.profile === profile && among.includes(known.leads) ? known : null
  const tallies = Object.fromEntries(Object.entries(before?.tallies ?? {}).filter(([name]) => among.includes(name)))
  const { texts, proven } = tallies[dialect] ?? { texts: 0, proven: 0 }
  tallies[dialect] = { texts: texts + 1, proven: proven + (isProven ? 1 : 0), last: now }
  const { leads = dialect, isSettled = false, row = null } = before ?? {}
  if (!isProven) return { profile, tallies, leads, isSettled, row }
  const inRow = row?.dialect === dialect ? row.texts + 1 : 1
  const turns = !isSettled || inRow >= settledBy
  return {
    profile,
    tallies,
    leads: turns ? dialect : leads,
    isSettled: isSettled || inRow >= settledBy,
    row: { dialect, texts: inRow },
  }
}

/** What is to be kept of a device with these words; whoever reads its texts learns it where it is news. */
export function learnWords(tx: Tx, device: string, kept: string | null, words: HeardWords, now: number): string {
  const before = document<Heard | null>(kept)
  const heard = hear(before, words, now)
  if (JSON.stringify(speechIn(before)) !== JSON.stringify(speechIn(heard))) announce(tx, device)
  return JSON.stringify(heard)
}

/** A device that speaks this, for whoever reads its texts. */
export const speechIn = (heard: Heard | null) =>
  heard === null ? null : { profile: heard.profile, layer: heard.leads, isSettled: heard.isSettled }

/** The times of texts are those of a clock that may have been wrong; that of its last text was set right with it. */
export function heardOf(rows: Rows, device: string): Heard | null {
  const row = rows.one<{ dialects: string | null; last_seen: number | null }>(
    'SELECT dialects, last_seen FROM device WHERE id = ?',
    device,
  )
  const heard = document<Heard | null>(row?.dialects ?? null)
  if (heard === null) return null
  const tallies = Object.entries(heard.tallies).map(([name, tally]) => [
    name,
    { ...tally, last: Math.min(tally.last, row?.last_seen ?? tally.last) },
  ])
  return { ...heard, tallies: Object.fromEntries(tallies) }
}

export function forgetWords(tx: Tx, device: string): void {
  if (tx.run('UPDATE device SET dialects = NULL WHERE id = ? AND dialects IS NOT NULL', device).changes > 0)
    announce(tx, device)
}

function announce(tx: Tx, device: string): void {
  tx.run('UPDATE device SET settings_revision = ? WHERE id = ?', count(tx, 'settings'), device)
  tx.ring('settings')
}
