import type { Tx } from '../tx.ts'

/** What is counted and not kept: copies of messages, and texts of strangers beyond what is kept of them. */
export type Tally = 'copies' | 'strangers'

export function count(tx: Tx, name: Tally): void {
  tx.run('INSERT INTO tally (name, count) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET count = count + 1', name)
}

export function counted(tx: Tx, name: Tally): number {
  return tx.one<{ count: number }>('SELECT count FROM tally WHERE name = ?', name)?.count ?? 0
}
