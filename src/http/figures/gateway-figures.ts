import { Counter, Gauge, type Registry } from 'prom-client'
import { type GatewayDocument, isAvailable } from '../../message/gateway-state.ts'
import type { Readings } from '../../message/readings.ts'

interface GaugeRow {
  readonly name: string
  readonly help: string
  /** Nothing where it is not known. */
  value(gateway: GatewayDocument): number | null | undefined
}

const gauges: readonly GaugeRow[] = [
  {
    name: 'smshub_gateway_up',
    help: 'Whether the gateway can send: 1 or 0',
    value: (gateway) => Number(isAvailable(gateway)),
  },
  {
    name: 'smshub_gateway_registered',
    help: 'Whether the modem is registered in the mobile network: 1 or 0',
    value: ({ network }) => network && Number(network === 'registered' || network === 'roaming'),
  },
  {
    name: 'smshub_gateway_signal_dbm',
    help: 'Signal strength at the modem in dBm; absent while it is unknown',
    value: ({ signal_dbm }) => signal_dbm,
  },
  {
    name: 'smshub_gateway_storage_messages',
    help: 'Messages in the storage of the modem for received messages',
    value: ({ storage_used }) => storage_used,
  },
  {
    name: 'smshub_gateway_storage_size_messages',
    help: 'Capacity of that storage',
    value: ({ storage_total }) => storage_total,
  },
  {
    name: 'smshub_gateway_queue_messages',
    help: 'Queued messages that the gateway may send, as of the last minute',
    value: ({ queue }) => queue,
  },
  {
    name: 'smshub_gateway_under_way_messages',
    help: 'Submissions that the carrier has not answered',
    value: ({ under_way }) => under_way,
  },
  {
    name: 'smshub_gateway_window_messages',
    help: 'Submissions that may be under way at once',
    value: ({ window }) => window,
  },
  {
    name: 'smshub_gateway_spent_30_days',
    help: 'What accepted segments cost in the last 30 days, in the currency of the configuration, as of the last minute',
    value: ({ spent_30_days: spent }) => spent,
  },
]

/** The gateways as they are now. */
export function gatewayFigures(registry: Registry): (readings: Readings) => void {
  const registers = [registry]
  const rows = gauges.map(({ value, ...row }) => ({
    value,
    gauge: new Gauge({ ...row, labelNames: ['gateway'], registers }),
  }))
  const recoveries = new Counter({
    name: 'smshub_gateway_recoveries_total',
    help: 'Attempts to recover the gateway, by rung: what was tried, from reopening the connection to switching the power',
    labelNames: ['gateway', 'rung'],
    registers,
  })
  const quota = new Gauge({
    name: 'smshub_quota_used_ratio',
    help: 'Share of the limit of the gateway that is used, by window: minute, day, month; 1 is all of it',
    labelNames: ['gateway', 'window'],
    registers,
  })
  return ({ gateways, stored }) => {
    for (const { gauge } of rows) gauge.reset()
    recoveries.reset()
    quota.reset()
    for (const [gateway, state] of Object.entries(gateways)) {
      for (const { value, gauge } of rows) {
        const figure = value(state)
        if (figure != null) gauge.set({ gateway }, figure)
      }
      for (const [rung, count] of Object.entries(state.recoveries)) recoveries.inc({ gateway, rung }, count)
      for (const [window, ratio] of Object.entries(stored.quotas[gateway] ?? {})) quota.set({ gateway, window }, ratio)
    }
  }
}
