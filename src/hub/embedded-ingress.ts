import { leastRoles } from '../api/all-operations.ts'
import { brokerSettings } from '../config/broker-config.ts'
import { hubDeviceId } from '../homeassistant/component.ts'
import { EmbeddedBroker } from '../mqtt/embedded/broker.ts'
import type { Ingress } from '../mqtt/ingress.ts'
import { sessionStore } from '../mqtt/outlet/session-store.ts'
import { aliasesOf, type IngressDeps } from './ingress-deps.ts'

export function embeddedIngress({ config, store, clock, run, instance, now, isRecipient }: IngressDeps): Ingress {
  const { base_topic: baseTopic, broker } = config.mqtt
  const { prefix } = config.homeassistant
  return new EmbeddedBroker({
    ...brokerSettings(broker),
    baseTopic,
    aliases: aliasesOf(config),
    discovery: { prefix, objectOf: (device: string) => `${hubDeviceId({ instance })}_${device}` },
    operations: leastRoles('mqtt'),
    isRecipient,
    sessions: sessionStore(store, baseTopic),
    now,
    clock,
    run,
  })
}
