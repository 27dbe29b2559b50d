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

/** Lease of a store that only one hub can open: until it is closed. */
const forGood = Number.MAX_SAFE_INTEGER

/** Begins a run of a hub. `isAlone`: no other process can have this store open, so other leases have ended. */
export function beginEpoch(tx: Tx, { owner, epoch }: Owner, isAlone: boolean): void {
  if (isAlone) tx.run('DELETE FROM hub')
  tx.run(upsert('hub', ['owner'], ['epoch', 'lease_until']), owner, epoch, forGood)
}

/** SQL condition that the owner of a row has ended, or is this one in an earlier run. Bound to the owner and now. */
export const isAbandoned = `(owner IS NULL OR owner = ?
  OR owner NOT IN (SELECT owner FROM hub WHERE lease_until > ?))`
