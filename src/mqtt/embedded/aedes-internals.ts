import { PassThrough } from 'node:stream'
import { Aedes, type Client } from 'aedes'
import { Fault } from '../../message/fault.ts'
import type { Incoming } from './client-connection.ts'

/** Internals of aedes that are not in its types. Other versions may lack them: package.json pins the version. */
interface BrokerInternals {
  /** By client id, without a prototype. */
  readonly clients: Readonly<Record<string, Client | undefined>>
}

interface ClientInternals {
  /** The will of a CONNECT that is being processed. */
  readonly _will?: Incoming
  /** DISCONNECT was received. */
  readonly _disconnected: boolean
  /** The last forwarded message by broker id: older ones count as duplicates. */
  readonly duplicates: object
}

const ofBroker: readonly (keyof BrokerInternals)[] = ['clients']
const ofClient: readonly (keyof ClientInternals)[] = ['_will', '_disconnected', 'duplicates']

/** Fails where the installed aedes is not compatible with the embedded broker. */
export function checkInternals(broker: Aedes = new Aedes()): void {
  const missing = ofBroker.filter((name) => !(name in broker)).map((name) => `Aedes.${name}`)
  if (missing.length === 0) {
    const stream = new PassThrough()
    const client = broker.handle(stream)
    missing.push(...ofClient.filter((name) => !(name in client)).map((name) => `Client.${name}`))
    stream.destroy()
  }
  if (missing.length === 0) return
  const { version = 'unknown' } = broker as unknown as { version?: string }
  throw new Fault(
    'internal',
    `aedes ${version} lacks ${missing.join(', ')}, which the embedded broker needs: run npm ci, which installs the version that package-lock.json names`,
    { missing },
  )
}

export function clientsOf(broker: Aedes): BrokerInternals['clients'] {
  return (broker as unknown as BrokerInternals).clients
}

export function willOf(client: Client): Incoming | undefined {
  return (client as unknown as ClientInternals)._will
}

export function hasDisconnected(client: Client): boolean {
  return (client as unknown as ClientInternals)._disconnected
}

/** aedes drops messages numbered before one that was already sent: each connection detects duplicates itself. */
export function turnOffDeduplication(client: Client, broker: Aedes): void {
  const { duplicates } = client as unknown as ClientInternals
  Object.defineProperty(duplicates, broker.id, { get: () => 0, set: () => {} })
}
