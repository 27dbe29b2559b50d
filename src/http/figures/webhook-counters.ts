import { Counter, Gauge, type Registry } from 'prom-client'
import type { Readings } from '../../message/readings.ts'

/** Deliveries to webhooks. */
export function webhookCounters(registry: Registry): (readings: Readings) => void {
  const registers = [registry]
  const deliveries = new Counter({
    name: 'smshub_webhook_deliveries_total',
    help: 'Attempts to deliver events to a webhook, by outcome: ok, failed (it is repeated), dead (it was given up)',
    labelNames: ['endpoint', 'outcome'],
    registers,
  })
  const backlog = new Gauge({
    name: 'smshub_webhook_backlog',
    help: 'Deliveries that wait to be sent to a webhook, for the first time or again',
    labelNames: ['endpoint'],
    registers,
  })
  return ({ stored }) => {
    deliveries.reset()
    backlog.reset()
    for (const [endpoint, { backlog: waiting, ...outcomes }] of Object.entries(stored.webhooks)) {
      for (const [outcome, count] of Object.entries(outcomes)) deliveries.inc({ endpoint, outcome }, count)
      backlog.set({ endpoint }, waiting)
    }
  }
}
