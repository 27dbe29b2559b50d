import type { Owner } from '../message/owner.ts'
import { upsert } from './sql.ts'
import type { Tx } from './tx.ts'

/** Whether the claim on a row is still this run's. */
export function isOwnedBy(
  row: { readonly owner: string | null; readonly epoch: number },
  { owner, epoch }: Owner,
): boolean {
  return row.owner === owner && row.epoch === epoch
}

/** Of a store that only one hub can open: whoever has it, has it until it is closed. */
const forGood = Number.MAX_SAFE_INTEGER

/** Begins a run of a hub. `isAlone`: nobody else can have this store open, so the others' leases are over. */
export function beginEpoch(tx: Tx, { owner, epoch }: Owner, isAlone: boolean): void {
  if (isAlone) tx.run('DELETE FROM hub')
  tx.run(upsert('hub', ['owner'], ['epoch', 'lease_until']), owner, epoch, forGood)
}

/** For a condition on a row with an owner: its owner is gone, or is this one in an earlier run. Takes the owner and now. */
export const isAbandoned = `(owner IS NULL OR owner = ?
  OR owner NOT IN (SELECT owner FROM hub WHERE lease_until > ?))`
