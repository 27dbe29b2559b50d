import { usedSince } from '../quota.ts'
import { maxSpendingMs, spentSince } from '../spending.ts'
import { byIndex } from '../sql.ts'
import type { Tx } from '../tx.ts'

/** Stored figures of a gateway. */
export interface GatewayFigures {
  /** Queued commands and texts that it may send, but those for later; up to 10 000 for all gateways together. */
  readonly queue: number
  /** Segments submitted since `since`, to the quarter of an hour, retries included. */
  readonly sentToday: number
  /** In the currency, within 30 days. */
  readonly spent: number
}

/** Enough to show a long queue: an exact count of a million rows would block the store. */
const maxCounted = 10_000

export function gatewayFigures(
  tx: Tx,
  { gateways, since }: { gateways: readonly string[]; since: number },
): Record<string, GatewayFigures> {
  const waiting = tx.all<{ route: string; n: number }>(
    `SELECT route, COUNT(*) AS n FROM (
       SELECT lane.route AS route FROM submission ${byIndex('submission_queue')} JOIN lane ON lane.key = submission.lane
       WHERE submission.status = 'queued' AND submission.due IS NULL LIMIT ?) GROUP BY route`,
    maxCounted,
  )
  return Object.fromEntries(
    gateways.map((gateway) => {
      const queue = waiting
        .filter(({ route }) => route === '' || route.split(/[|>]/).includes(gateway))
        .reduce((sum, { n }) => sum + n, 0)
      const spent = spentSince(tx, gateway, since - maxSpendingMs)
      return [gateway, { queue, sentToday: usedSince(tx, `gateway:${gateway}`, since), spent }]
    }),
  )
}
