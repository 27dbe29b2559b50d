import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Counts } from '../message/counts.ts'
import type { Observations } from '../message/events.ts'
import type { Emitter } from '../util/emitter.ts'

/** Sources of the metrics. */
export interface Observed {
  readonly events: Emitter<Observations>
  counts(): Promise<Counts>
  mqttConnected(): boolean
}

/** The default of 10 ms took a quiet hub ten times the CPU of its other work. */
const eventLoopSamplingMs = 1_000

/** Metrics from a gateway's state; unknown values are left out. */
const modemGauges = [
  { field: 'signal_dbm', name: 'smshub_gateway_signal_dbm', help: 'Signal strength' },
  { field: 'storage_used', name: 'smshub_gateway_storage_messages', help: 'Messages in the storage of the modem' },
  {
    field: 'storage_total',
    name: 'smshub_gateway_storage_size_messages',
    help: 'Capacity of the storage of the modem',
  },
] as const

/** Prometheus metrics: few labels, never a number or a text. */
export class Metrics {
  readonly #registry = new Registry()

  constructor(observed: Observed, version: string) {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: eventLoopSamplingMs })
    new Gauge({ name: 'smshub_build_info', help: 'Version of the hub', labelNames: ['version'], registers }).set(
      { version },
      1,
    )
    this.#queues(observed)
    this.#gateways(observed)
    this.#results(observed)
    const refused = new Counter({
      name: 'smshub_mqtt_refused_total',
      help: 'Publishes where only the hub publishes',
      registers,
    })
    observed.events.on('refused', () => refused.inc())
    const connected: Gauge = new Gauge({
      name: 'smshub_mqtt_connected',
      help: 'Whether the broker is connected',
      registers,
      collect: (): void => connected.set(observed.mqttConnected() ? 1 : 0),
    })
  }

  async render(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() }
  }

  #queues(observed: Observed): void {
    const registers = [this.#registry]
    const queue: Gauge = new Gauge({
      name: 'smshub_queue_messages',
      help: 'Rows of the store by state',
      labelNames: ['state'],
      registers,
      collect: async (): Promise<void> => {
        const { queued, open, publications, parked, quarantined } = await observed.counts()
        for (const [state, count] of Object.entries({ queued, open, publications, parked, quarantined }))
          queue.set({ state }, count)
      },
    })
  }

  #gateways(observed: Observed): void {
    const registers = [this.#registry]
    const labelNames = ['gateway']
    const up = new Gauge({ name: 'smshub_gateway_up', help: 'Whether the gateway can send', labelNames, registers })
    const registered = new Gauge({
      name: 'smshub_gateway_registered',
      help: 'Whether it is registered in the network',
      labelNames,
      registers,
    })
    const gauges = modemGauges.map(({ field, ...row }) => ({
      field,
      gauge: new Gauge({ ...row, labelNames, registers }),
    }))
    const waiting = new Gauge({
      name: 'smshub_gateway_queue_messages',
      help: 'Commands and texts that wait for it',
      labelNames,
      registers,
    })
    const recoveries = new Gauge({
      name: 'smshub_gateway_recoveries',
      help: 'Recoveries of the gateway since the start',
      labelNames: ['gateway', 'rung'],
      registers,
    })
    observed.events.on('gateway', ({ id, state }) => {
      const { status, modem, queue } = state
      for (const [rung, count] of Object.entries(state.recoveries)) recoveries.set({ gateway: id, rung }, count)
      up.set({ gateway: id }, status === 'ready' ? 1 : 0)
      waiting.set({ gateway: id }, queue)
      if (modem === undefined) return
      registered.set({ gateway: id }, modem.network === 'registered' || modem.network === 'roaming' ? 1 : 0)
      for (const { field, gauge } of gauges) {
        const value = modem[field]
        if (value !== null) gauge.set({ gateway: id }, value)
      }
    })
  }

  /** Metrics from published events: the same figures that clients see. */
  #results(observed: Observed): void {
    const registers = [this.#registry]
    const commands = new Counter({
      name: 'smshub_commands_total',
      help: 'Commands by final status',
      labelNames: ['status'],
      registers,
    })
    const messages = new Counter({
      name: 'smshub_messages_total',
      help: 'Texts by direction and state',
      labelNames: ['direction', 'status'],
      registers,
    })
    const duration = new Histogram({
      name: 'smshub_command_duration_seconds',
      help: 'From queued to final',
      buckets: [1, 2, 5, 10, 20, 30, 60, 120, 300, 900],
      registers,
    })
    observed.events.on('published', ({ event: { kind, subject, data } }) => {
      if (kind === 'received') messages.inc({ direction: 'in', status: 'received' })
      else if (kind === 'sms_status') messages.inc({ direction: 'out', status: data.status })
      else if (kind === 'result' && subject !== '' && data.final) {
        commands.inc({ status: data.status })
        duration.observe(data.elapsed_ms / 1000)
      }
    })
  }
}
