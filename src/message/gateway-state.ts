/** `gateway/<id>`: the published state of a gateway. */
export interface GatewayState {
  readonly status: 'initializing' | 'ready' | 'degraded' | 'offline' | 'no_sim' | 'sim_locked' | 'error'
  readonly network: 'registered' | 'roaming' | 'searching' | 'denied' | 'not_registered' | 'unknown'
  readonly sim: 'ready' | 'pin' | 'puk' | 'missing' | 'unknown'
  readonly operator: string | null
  readonly technology: string | null
  readonly signal_dbm: number | null
  readonly signal_percent: number | null
  /** Messages in the storage for received messages, and its capacity; null where the modem does not report them. */
  readonly storage_used: number | null
  readonly storage_total: number | null
  /** Where it is: a port's path or an address; null where none is open. */
  readonly port: string | null
  readonly model: string | null
  readonly firmware: string | null
  readonly last_error: string | null
  /** The recovery in progress; null while the gateway works. */
  readonly recovering: string | null
  /** How often each recovery was tried since the hub started. */
  readonly recoveries: Readonly<Record<string, number>>
}

/** What can be restarted on request: the connection, the radio, the modem, its power. */
export const restartKinds = ['reopen', 'radio', 'reset', 'power'] as const
export type RestartKind = (typeof restartKinds)[number]

/** A gateway's state with the hub's own figures. */
export interface GatewayStatus extends GatewayState {
  /** Waiting commands and texts that it may send. */
  readonly queue: number
  /** Segments handed to it since midnight. */
  readonly sent_today: number
  /** The network's last answer to the code of `balance:`, and its time; null without one. */
  readonly balance: string | null
  readonly balance_at: string | null
}

/** It works, even if with a problem to report. */
export function isAvailable({ status }: GatewayState): boolean {
  return status === 'ready' || status === 'degraded'
}
