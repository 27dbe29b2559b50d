import { Counter, Gauge, type Registry } from 'prom-client'
import type { Readings } from '../../message/readings.ts'

/** Systems that bind to the hub. What waits for each is `smshub_outlet_events`. */
export function smppFigures(registry: Registry): (readings: Readings) => void {
  const registers = [registry]
  const binds = new Gauge({
    name: 'smshub_smpp_binds',
    help: 'Connections of a system that has bound to the hub by SMPP',
    labelNames: ['system_id'],
    registers,
  })
  const pdus = new Counter({
    name: 'smshub_smpp_requests_total',
    help: 'Requests between a system and the hub, by outcome: submitted and refused, of the system; delivered, to it',
    labelNames: ['system_id', 'outcome'],
    registers,
  })
  return ({ smpp }) => {
    binds.reset()
    pdus.reset()
    for (const { systemId, binds: bound, submitted, refused, delivered } of smpp) {
      binds.set({ system_id: systemId }, bound.length)
      for (const [outcome, count] of Object.entries({ submitted, refused, delivered }))
        pdus.inc({ system_id: systemId, outcome }, count)
    }
  }
}
