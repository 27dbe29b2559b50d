import type { Tx } from './tx.ts'

/**
 * Counters: copies of messages, excess texts of unknown numbers, changes of devices' settings.
 */
export type Tally = 'copies' | 'strangers' | 'settings'

/** Increments a counter and returns it. */
export function count(tx: Tx, name: Tally): number {
  tx.run('INSERT INTO tally (name, count) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET count = count + 1', name)
  return counted(tx, name)
}

export function counted(tx: Tx, name: Tally): number {
  return tx.one<{ count: number }>('SELECT count FROM tally WHERE name = ?', name)?.count ?? 0
}
