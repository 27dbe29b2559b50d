import type { Tx } from './tx.ts'

/**
 * What is counted and not kept: copies of messages, texts of strangers beyond what is kept of them, changes of the
 * settings of devices.
 */
export type Tally = 'copies' | 'strangers' | 'settings'

/** Answers how many there are now. */
export function count(tx: Tx, name: Tally): number {
  tx.run('INSERT INTO tally (name, count) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET count = count + 1', name)
  return counted(tx, name)
}

export function counted(tx: Tx, name: Tally): number {
  return tx.one<{ count: number }>('SELECT count FROM tally WHERE name = ?', name)?.count ?? 0
}
