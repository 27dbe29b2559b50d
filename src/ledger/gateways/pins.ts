import type { PinFate } from '../../message/pin-fate.ts'
import { upsert } from '../sql.ts'
import type { Tx } from '../tx.ts'

/** The result for the PIN with this key, a hash of card and PIN; null for one that was never entered. */
export function recallPin(tx: Tx, { key }: { key: string }): PinFate | null {
  return tx.one<{ fate: PinFate }>('SELECT fate FROM pin WHERE key = ?', key)?.fate ?? null
}

export function notePin(tx: Tx, { key, fate, now }: { key: string; fate: PinFate; now: number }): void {
  tx.run(upsert('pin', ['key'], ['fate', 'at']), key, fate, now)
}
