import type { Capabilities, Capability, Capable } from '../message/capabilities.ts'
import type { GatewayDocument, GatewayState } from '../message/gateway-state.ts'

/** What people may see of a gateway and ask of it. */
export interface AskedGateway extends Capable {
  readonly state: GatewayState
}

/** A reading of the signal. */
export interface SignalSample {
  /** ms since 1970. */
  readonly at: number
  /** Null while it was not known. */
  readonly percent: number | null
}

/** The gateways of the hub. */
export interface GatewayBoard {
  /** Each as it is published. */
  readonly documents: Readonly<Record<string, GatewayDocument>>
  /** With figures of this moment. */
  freshDocuments(): Promise<Readonly<Record<string, GatewayDocument>>>
  /** Of the last 24 hours, since the hub started. */
  signalOf(id: string): readonly SignalSample[]
  /** Fails with `no_gateway`. */
  find(id: string): AskedGateway
  /** What a gateway is able to do. Fails with `not_supported` where it is not. */
  able<K extends Capability>(id: string, capability: K): Capabilities[K]
}
