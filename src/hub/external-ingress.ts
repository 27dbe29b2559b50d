import { sweptFilters } from '../homeassistant/announcer.ts'
import { ExternalBroker } from '../mqtt/external/client.ts'
import type { Ingress } from '../mqtt/ingress.ts'
import { aliasesOf, type IngressDeps } from './ingress-deps.ts'

export const externalIngress =
  (server: string) =>
  (deps: IngressDeps): Ingress => {
    const { config, clock, instance, transient } = deps
    const { base_topic: baseTopic, client_id: clientId = `smshub-${instance}` } = config.mqtt
    const { username, password, ca, cert, key, protocol, response_topics: responseTopics, identity } = config.mqtt
    return new ExternalBroker({
      baseTopic,
      aliases: aliasesOf(config),
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
