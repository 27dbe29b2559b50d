import { leastRoles } from '../api/all-operations.ts'
import { sms2mqttInbound } from '../bridge/sms2mqtt.ts'
import { brokerSettings } from '../config/broker-config.ts'
import type { Config } from '../config/schema.ts'
import { sweptFilters } from '../homeassistant/announcer.ts'
import { hubDeviceId } from '../homeassistant/component.ts'
import { EmbeddedBroker } from '../mqtt/embedded/broker.ts'
import { ExternalBroker } from '../mqtt/external/client.ts'
import type { Ingress } from '../mqtt/ingress.ts'
import { sessionStore } from '../mqtt/outlet/session-store.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from '../util/clock.ts'

export interface IngressDeps {
  readonly config: Config
  readonly store: Store
  readonly clock: Clock
  /** Distinguishes the connections of this run of the hub from those of other runs. */
  readonly run: string
  /** Distinguishes hubs at the same broker. */
  readonly instance: string
  /** Leaves nothing at an external broker. */
  readonly transient: boolean
  now(): number
  /** Whether a name or number is that of a contact or a device. */
  isRecipient(to: string, isTopic: boolean): boolean
}

/** The configured access to MQTT: an external broker, or the embedded one. */
export function makeIngress(deps: IngressDeps): Ingress {
  const { config, store, clock, run, instance, transient, now, isRecipient } = deps
  const { base_topic: baseTopic, server, broker, username, password, ca, cert, key, protocol, client_id } = config.mqtt
  const { response_topics: responseTopics, identity } = config.mqtt
  const { sms2mqtt } = config.compat
  const aliases = sms2mqtt === undefined ? {} : { [`${sms2mqtt.prefix}/send`]: sms2mqttInbound }
  if (server === undefined) {
    const sessions = sessionStore(store, baseTopic)
    const { prefix } = config.homeassistant
    const discovery = { prefix, objectOf: (device: string) => `${hubDeviceId({ instance })}_${device}` }
    const operations = leastRoles('mqtt')
    const names = { baseTopic, aliases, discovery, operations, isRecipient }
    return new EmbeddedBroker({ ...brokerSettings(broker), ...names, sessions, now, clock, run })
  }
  const clientId = client_id ?? `smshub-${instance}`
  return new ExternalBroker({
    baseTopic,
    aliases,
    server,
    username,
    password,
    ca,
    cert,
    key,
    protocol,
    clientId,
    responseTopics,
    identity,
    clock,
    transient,
    watchedLater: sweptFilters(config.homeassistant.prefix),
  })
}
