import { type Quota, usedSince } from './quota.ts'
import type { Rows, Tx } from './tx.ts'

/** Counted as quotas without a limit: in millionths of the currency, a day at a time, for 30 days. */
const spent = (kind: 'gateway' | 'client', name: string): Quota => ({
  key: `spent-${kind}:${name}`,
  window: 'month',
  limit: Number.POSITIVE_INFINITY,
})

/** Who spends what a segment costs. */
export const spentBy = (gateway: string, client: string): readonly Quota[] => [
  spent('gateway', gateway),
  spent('client', client),
]

/** Days that are counted, beside that of today. */
export const maxSpendingMs = 29 * 86_400_000

/** What was spent through a gateway, in the currency. */
export const spentSince = (tx: Tx, gateway: string, since: number): number =>
  usedSince(tx, spent('gateway', gateway).key, since) / 1e6

export interface Spending {
  readonly kind: 'gateway' | 'client'
  readonly name: string
  /** In the currency. */
  readonly spent: number
}

/** What each gateway and each client has spent since then, to the day. */
export function spending(rows: Rows, { since }: { readonly since: number }): Spending[] {
  return rows
    .all<{ key: string; used: number }>(
      `SELECT key, SUM(used) AS used FROM quota
       WHERE key >= 'spent-' AND key < 'spent.' AND at >= ? GROUP BY key ORDER BY key LIMIT ?`,
      since,
      maxListed,
    )
    .flatMap(({ key, used }) => {
      const [, kind, name] = /^spent-(gateway|client):(.*)$/s.exec(key) ?? []
      if (kind === undefined || name === undefined) return []
      return [{ kind: kind as Spending['kind'], name, spent: used / 1e6 }]
    })
}

/** Clients name themselves. */
const maxListed = 10_000
