import type { BrokerPacket } from './broker-packet.ts'
import type { SessionPersistence } from './persistence.ts'

/** The filter that represents a session itself; it is never granted. */
export const sessionMark = '$session'

interface AedesClient {
  readonly id: string
}

/** The persistence for aedes, with corrections where aedes deviates from MQTT 3.1.1. */
export function persistenceForAedes(persistence: SessionPersistence): object {
  const instead: Readonly<Record<string | symbol, unknown>> = {
    /** aedes passes all filters of a SUBSCRIBE once for each of them: each is stored when it is granted. */
    addSubscriptions: async () => {},
    /** aedes sets "session present" only where there are filters to restore (MQTT-3.2.2-2). */
    subscriptionsByClient: async (client: AedesClient) => [
      ...(persistence.isResumed(client.id) ? [{ topic: sessionMark, qos: 0 }] : []),
      ...(await persistence.subscriptionsByClient(client)),
    ],
    /** Until PUBREL only the identifier is needed to detect a copy (MQTT-4.3.3-2): the content is forwarded already. */
    incomingStorePacket: (client: AedesClient, packet: BrokerPacket) =>
      persistence.incomingStorePacket(client, { ...packet, topic: '', payload: '' }),
    /** A message that was sent before is marked as a duplicate (MQTT-3.3.1-1). */
    outgoingStream: (client: AedesClient) =>
      persistence
        .outgoingStream(client)
        .map((packet: BrokerPacket) =>
          packet.cmd === 'publish' && packet.messageId !== undefined ? { ...packet, dup: true } : packet,
        ),
  }
  return new Proxy(persistence, {
    get(_target, name) {
      const value: unknown = Object.hasOwn(instead, name) ? instead[name] : Reflect.get(persistence, name)
      return typeof value === 'function' ? value.bind(persistence) : value
    },
    set: (_target, name, value) => Reflect.set(persistence, name, value),
  })
}
