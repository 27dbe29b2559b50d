import type { GatewayLimits, StoredFigures } from '../message/readings.ts'
import { countWaiting } from './events/waiting.ts'
import { gatewayQuotas } from './gateways/gateway-quotas.ts'
import { type Quota, room } from './quota.ts'
import { byIndex } from './sql.ts'
import type { Tx } from './tx.ts'
import { webhookFigures } from './webhooks/webhook-figures.ts'

/** Enough to see that something falls behind: an exact count of a million rows would block the store. */
const maxCounted = 10_000

/** Figures for metrics, which are read many times a minute: small indexes only, never a scan of the history. */
export function figures(
  tx: Tx,
  { limits, now }: { limits: Readonly<Record<string, GatewayLimits>>; now: number },
): StoredFigures {
  const outlets = tx.all<{ name: string }>('SELECT name FROM outlet').map(({ name }) => name)
  const sums = 'SELECT SUM(queued) AS queued, SUM(scheduled) AS scheduled FROM client'
  const { queued, scheduled } = tx.one<Record<'queued' | 'scheduled', number | null>>(sums) ?? {
    queued: 0,
    scheduled: 0,
  }
  return {
    queued: queued ?? 0,
    scheduled: scheduled ?? 0,
    open: upTo(tx, 'submission WHERE open = 1'),
    quarantined: upTo(tx, `raw WHERE state = 'quarantined'`),
    oldestReadyAt: oldestReadyAt(tx),
    outlets: Object.fromEntries(outlets.map((outlet) => [outlet, eventsOf(tx, outlet)])),
    quotas: Object.fromEntries(
      Object.entries(limits).map(([id, each]) => [id, usedOf(tx, gatewayQuotas(id, each), now)]),
    ),
    webhooks: webhookFigures(tx),
  }
}

function upTo(tx: Tx, rows: string, ...values: string[]): number {
  return (
    tx.one<{ n: number }>(`SELECT COUNT(*) AS n FROM (SELECT 1 FROM ${rows} LIMIT ?)`, ...values, maxCounted)?.n ?? 0
  )
}

/** Commands that wait for a sleeping device, a paused one or a retry are not ready. */
function oldestReadyAt(tx: Tx): number | null {
  const first = `SELECT head_at FROM lane ${byIndex('lane_oldest')} WHERE state = 'ready' ORDER BY head_at LIMIT 1`
  return tx.one<{ head_at: number }>(first)?.head_at ?? null
}

function eventsOf(tx: Tx, outlet: string): { waiting: number; parked: number } {
  return {
    waiting: countWaiting(tx, { outlet, most: maxCounted }),
    parked: upTo(tx, 'event_parked WHERE outlet = ?', outlet),
  }
}

function usedOf(tx: Tx, quotas: readonly Quota[], now: number): Readonly<Record<string, number>> {
  const limited = quotas.filter(({ limit }) => limit !== null && Number.isFinite(limit))
  return Object.fromEntries(
    limited.map((quota) => [quota.window, room(tx, quota, 2, now).used / (quota.limit as number)]),
  )
}
