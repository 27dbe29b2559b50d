import type { Bridge } from '../bridge/bridge.ts'
import type { Log, Observations } from '../message/events.ts'
import { happening } from '../message/hub-event.ts'
import type { Ingress, IngressHandlers } from '../mqtt/ingress.ts'
import type { Publisher } from '../mqtt/outlet/publisher.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from '../util/clock.ts'
import type { Emitter } from '../util/emitter.ts'
import type { Behind } from './behind.ts'

/** Duration of an outage of the broker. */
export class Outage {
  readonly #clock: Clock
  #since: number | null

  constructor(clock: Clock) {
    this.#clock = clock
    this.#since = clock.monotonic()
  }

  begin(): void {
    this.#since ??= this.#clock.monotonic()
  }

  end(): void {
    this.#since = null
  }

  /** ms. */
  get length(): number {
    return this.#since === null ? 0 : this.#clock.monotonic() - this.#since
  }
}

export interface MqttHandlersDeps {
  readonly store: Store
  readonly ingress: Ingress
  readonly publisher: Publisher
  readonly bridge: Bridge
  readonly outage: Outage
  readonly events: Emitter<Observations>
  readonly behind: Behind
  now(): number
  readonly log: Log
}

/** Handles the events of the ingress. */
export function mqttHandlers(deps: MqttHandlersDeps): IngressHandlers {
  const { store, ingress, publisher, bridge, outage, events, behind, now, log } = deps
  return {
    publish: (publish) => bridge.receive(publish),
    ended: ({ client, clean, silentMs }) => {
      const ended = { client, clean, lastHeard: now() - silentMs, now: now() }
      behind.persist(`the end of the connection of ${client}`, () => store.run('endConnection', ended))
    },
    connected: ({ remembers }) => {
      outage.end()
      log('info', 'mqtt', `connected: ${ingress.address}`)
      publisher.connected(remembers)
    },
    disconnected: (reason) => {
      outage.begin()
      log('warn', 'mqtt', reason)
    },
    refused: (refused) => {
      events.emit('refused', refused)
      bridge.refused()
      if (refused.repeated) return
      const { repeated: _, ...data } = refused
      log('warn', 'mqtt', `${data.client}${data.topic && ` on ${data.topic}`}: ${data.reason}`)
      // Not retried, as strangers can cause any number of them.
      behind.once(`the refusal of ${data.client}`, () => store.run('emit', [happening('refused', data)]))
    },
  }
}
