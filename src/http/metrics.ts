import { Counter, Registry } from 'prom-client'
import { credentialKinds, type Observations } from '../message/events.ts'
import type { Readings } from '../message/readings.ts'
import type { Emitter } from '../util/emitter.ts'
import { gatewayFigures } from './figures/gateway-figures.ts'
import { messageFigures } from './figures/message-figures.ts'
import { processFigures } from './figures/process-figures.ts'
import { queueFigures } from './figures/queue-figures.ts'
import { requestFigures, streamFigures } from './figures/request-figures.ts'
import { smppFigures } from './figures/smpp-figures.ts'
import { webhookCounters } from './figures/webhook-counters.ts'

export interface Measured {
  readonly version: string
  /** Ids of the configuration: labels have no others. */
  readonly gateways: readonly string[]
}

/** Prometheus metrics: few labels, never a number or a text. What happens is counted, and what is, is read. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #published: ReturnType<typeof messageFigures>
  readonly #answered: ReturnType<typeof requestFigures>
  readonly #streaming: ReturnType<typeof streamFigures>
  readonly #refused: Counter
  readonly #unproven: Counter<'kind'>
  readonly #shown: readonly ((readings: Readings) => void)[]

  constructor({ version, gateways }: Measured) {
    const registry = this.#registry
    processFigures(registry, version)
    this.#shown = [queueFigures(registry), gatewayFigures(registry), webhookCounters(registry), smppFigures(registry)]
    this.#published = messageFigures(registry, gateways)
    this.#answered = requestFigures(registry)
    this.#streaming = streamFigures(registry)
    this.#refused = new Counter({
      name: 'smshub_mqtt_refused_total',
      help: 'What clients of the broker were denied',
      registers: [registry],
    })
    this.#unproven = new Counter({
      name: 'smshub_auth_failures_total',
      help: 'Wrong keys and passwords on the HTTP interface, by kind; those that are refused unread do not count',
      labelNames: ['kind'],
      registers: [registry],
    })
    for (const kind of credentialKinds) this.#unproven.inc({ kind }, 0)
  }

  observe(events: Emitter<Observations>): void {
    events.on('published', this.#published)
    events.on('answered', this.#answered)
    events.on('streaming', this.#streaming)
    events.on('refused', () => this.#refused.inc())
    events.on('unproven', ({ kind }) => this.#unproven.inc({ kind }))
  }

  async render(readings: Readings): Promise<{ contentType: string; body: string }> {
    for (const show of this.#shown) show(readings)
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() }
  }
}
