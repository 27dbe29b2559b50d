import { insertRow } from '../sql.ts'
import type { Tx } from '../tx.ts'

/**
 * Where private texts wait. A place has always the same size, and is used again rather than deleted: so a text is
 * overwritten where it stands. In rows that grow and go, the store would leave copies behind when it rearranges its
 * pages, until the whole file is rewritten.
 */

/** Of a segment in Base64: 160 characters of at most three octets. */
const size = 640
export const emptyPlace = '='.repeat(size)

export function keepSecret(tx: Tx, text: string): number {
  const filling = Buffer.from(text).toString('base64').padEnd(size, '=')
  if (filling.length !== size) throw new Error('a segment is longer than any that is sent')
  const free = tx.one<{ slot: number }>('SELECT slot FROM secret WHERE used = 0 LIMIT 1')
  if (free === undefined) return insertRow<{ slot: number }>(tx, 'secret', { used: 1, filling }).slot
  tx.run('UPDATE secret SET used = 1, filling = ? WHERE slot = ?', filling, free.slot)
  return free.slot
}

export const secretIn = (tx: Tx, slot: number): string =>
  Buffer.from(
    tx.one<{ filling: string }>('SELECT filling FROM secret WHERE slot = ?', slot)?.filling ?? '',
    'base64',
  ).toString()

/** Those of a submission. */
export function forgetSecrets(tx: Tx, seq: number): void {
  tx.run(
    'UPDATE secret SET used = 0, filling = ? WHERE slot IN (SELECT slot FROM segment WHERE submission = ?)',
    emptyPlace,
    seq,
  )
  tx.run('UPDATE segment SET slot = NULL WHERE submission = ?', seq)
}
