import { gatewayQuotas } from '../gateways/gateway-quotas.ts'
import type { Rows } from '../tx.ts'

/** What a gateway sent and received in an hour. */
export interface TrafficHour {
  /** Beginning of the hour, ms since 1970. */
  readonly at: number
  /** Segments, retries included. */
  readonly sent: number
  /** Texts. */
  readonly received: number
}

const hourMs = 3_600_000
/** As long as uses of a day's quota are kept. */
const hours = 24
/** Enough to show a busy hour: an exact count of a flood would take long. */
const maxCounted = 10_000

/** The hours until now, the oldest first, those without any included. */
export function gatewayTraffic(rows: Rows, { gateway, now }: { gateway: string; now: number }): TrafficHour[] {
  const last = now - (now % hourMs)
  const since = last - (hours - 1) * hourMs
  const quota = gatewayQuotas(gateway, { minute: null, day: null, month: null }).find(({ window }) => window === 'day')
  const sent = rows.all<{ at: number; n: number }>(
    'SELECT at, used AS n FROM quota WHERE key = ? AND at >= ? AND at <= ?',
    quota?.key,
    since,
    now,
  )
  const received = rows.all<{ at: number }>(
    'SELECT received_at AS at FROM incoming WHERE received_at >= ? AND received_at <= ? AND gateway = ? ORDER BY received_at DESC LIMIT ?',
    since,
    now,
    gateway,
    maxCounted,
  )
  const bySent = byHour(sent)
  const byReceived = byHour(received.map(({ at }) => ({ at, n: 1 })))
  return Array.from({ length: hours }, (_, i) => {
    const at = since + i * hourMs
    return { at, sent: bySent.get(at) ?? 0, received: byReceived.get(at) ?? 0 }
  })
}

function byHour(counted: readonly { readonly at: number; readonly n: number }[]): Map<number, number> {
  const sums = new Map<number, number>()
  for (const { at, n } of counted) {
    const hour = at - (at % hourMs)
    sums.set(hour, (sums.get(hour) ?? 0) + n)
  }
  return sums
}
