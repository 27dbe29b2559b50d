import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { AnsweredRequest } from '../../message/events.ts'

/** Streams of events that are open. */
export function streamFigures(registry: Registry): (count: number) => void {
  const streams = new Gauge({
    name: 'smshub_sse_connections',
    help: 'Streams of events that are open',
    registers: [registry],
  })
  return (count) => streams.set(count)
}

/** Requests on the HTTP interface. */
export function requestFigures(registry: Registry): (request: AnsweredRequest) => void {
  const registers = [registry]
  const requests = new Counter({
    name: 'smshub_api_requests_total',
    help: 'Requests on the HTTP interface by the pattern of their route, method and status code of the answer; route other is none of the hub',
    labelNames: ['route', 'method', 'code'],
    registers,
  })
  const duration = new Histogram({
    name: 'smshub_api_request_duration_seconds',
    help: 'Time from a request on the HTTP interface to the end of its answer',
    labelNames: ['route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  return ({ route: pattern, method, code, seconds }) => {
    const route = pattern ?? 'other'
    requests.inc({ route, method, code })
    if (seconds !== null) duration.observe({ route }, seconds)
  }
}
