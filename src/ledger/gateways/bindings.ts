import { upsert } from '../sql.ts'
import type { Tx } from '../tx.ts'

/** The modem (IMEI) and the SIM (ICCID) that a gateway had at first; null where it has not reported any. */
export interface BindingRow {
  readonly gateway: string
  readonly modem: string | null
  readonly sim: string | null
}

/** Bindings of all gateways, former ones included. */
export function bindings(tx: Tx): BindingRow[] {
  return tx.all<BindingRow>('SELECT gateway, modem, sim FROM binding ORDER BY gateway')
}

export function noteBinding(tx: Tx, { gateway, modem, sim, now }: BindingRow & { readonly now: number }): void {
  tx.run(upsert('binding', ['gateway'], ['modem', 'sim', 'at']), gateway, modem, sim, now)
}
