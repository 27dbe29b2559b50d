import type { GatewayState, GatewayStatus, RestartKind } from '../message/gateway-state.ts'

/** What people may ask of a gateway; what it can't do it lacks. */
export interface AskedGateway {
  readonly state: GatewayState
  readonly trace?: string
  ussd?(codes: readonly string[]): Promise<string>
  look?(): Promise<void>
  restart?(how: RestartKind): Promise<void>
  accept?(): Promise<string>
  at?(text: string): Promise<AtReply>
}

/** The lines of an AT command and how it ended. */
export interface AtReply {
  readonly lines: readonly string[]
  readonly final: { readonly kind: string; readonly text?: string }
}

export type Ability = 'accept' | 'at' | 'look' | 'restart' | 'ussd'

/** The gateways of the hub. */
export interface GatewayBoard {
  readonly states: Readonly<Record<string, GatewayStatus>>
  /** With figures of this moment. */
  freshStates(): Promise<Readonly<Record<string, GatewayStatus>>>
  /** Fails with `no_gateway`. */
  find(id: string): AskedGateway
  /** What a gateway does. Fails with `not_allowed` where it is none that does. */
  able<K extends Ability>(id: string, does: K): NonNullable<AskedGateway[K]>
}
