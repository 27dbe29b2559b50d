import type { Config } from '../config/schema.ts'
import type { Ingress } from '../mqtt/ingress.ts'
import type { IngressDeps } from './ingress-deps.ts'

/** The configured access to MQTT: an external broker, or the embedded one. Each brings a library, so one is loaded. */
export async function ingressMaker({ server }: Config['mqtt']): Promise<(deps: IngressDeps) => Ingress> {
  return server === undefined
    ? (await import('./embedded-ingress.ts')).embeddedIngress
    : (await import('./external-ingress.ts')).externalIngress(server)
}
