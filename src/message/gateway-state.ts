/** `gateway/<id>`: what people and dashboards see of a gateway. */
export interface GatewayState {
  readonly status: 'initializing' | 'ready' | 'degraded' | 'offline' | 'no_sim' | 'sim_locked' | 'error'
  readonly network: 'registered' | 'roaming' | 'searching' | 'denied' | 'not_registered' | 'unknown'
  readonly sim: 'ready' | 'pin' | 'puk' | 'missing' | 'unknown'
  readonly operator: string | null
  readonly technology: string | null
  readonly signal_dbm: number | null
  readonly signal_percent: number | null
  /** Messages in the storage that new ones come to, and how many it holds; null where the modem does not say. */
  readonly storage_used: number | null
  readonly storage_total: number | null
  /** Where it is: a port's path or an address; null where none is open. */
  readonly port: string | null
  readonly model: string | null
  readonly firmware: string | null
  readonly last_error: string | null
  /** What is being done about a gateway that does not serve; null while it does. */
  readonly recovering: string | null
  /** How often each of these was done since the hub started. */
  readonly recoveries: Readonly<Record<string, number>>
}

/** What may be done to a gateway by hand: its connection made anew, its radio off and on, itself, its power. */
export const restartKinds = ['reopen', 'radio', 'reset', 'power'] as const
export type RestartKind = (typeof restartKinds)[number]

/** A gateway's state with what the hub knows of it. */
export interface GatewayStatus extends GatewayState {
  /** Commands and texts that wait and that it may take. */
  readonly queue: number
  /** Segments handed to it since midnight. */
  readonly sent_today: number
  /** What the network last said to the code of `balance:`, and when; null where it was not asked. */
  readonly balance: string | null
  readonly balance_at: string | null
}

/** It works, be it that something is to be said about it. */
export function isAvailable({ status }: GatewayState): boolean {
  return status === 'ready' || status === 'degraded'
}
