import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client'

/** The default of 10 ms took a quiet hub ten times the CPU of its other work. */
const eventLoopSamplingMs = 1_000

/** Gauges whose names end like those of counters: Prometheus warns of them, and each has the same by type. */
const misnamed = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total']

/** The program itself: its version, and the figures of Node.js and the system. */
export function processFigures(registry: Registry, version: string): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopSamplingMs })
  for (const name of misnamed) registry.removeSingleMetric(name)
  new Gauge({
    name: 'smshub_build_info',
    help: 'Version of the hub; the value is always 1',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1)
}
