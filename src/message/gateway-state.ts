/** What every gateway shows. */
export interface CommonState {
  readonly status: 'initializing' | 'ready' | 'degraded' | 'offline' | 'no_sim' | 'sim_locked' | 'error'
  readonly last_error: string | null
  /** The recovery in progress; null while the gateway works. */
  readonly recovering: string | null
  /** How often each recovery was tried since the hub started. */
  readonly recoveries: Readonly<Record<string, number>>
}

/** What a modem shows besides. */
export interface ModemState {
  readonly network: 'registered' | 'roaming' | 'searching' | 'denied' | 'not_registered' | 'unknown'
  readonly sim: 'ready' | 'pin' | 'puk' | 'missing' | 'unknown'
  /** What is there instead of what the gateway is bound to, and sends nothing until a person accepts it. */
  readonly unaccepted: 'modem' | 'sim' | null
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
}

/** Before a modem has answered. */
export const nothingKnown: ModemState = {
  network: 'unknown',
  sim: 'unknown',
  unaccepted: null,
  operator: null,
  technology: null,
  signal_dbm: null,
  signal_percent: null,
  storage_used: null,
  storage_total: null,
  port: null,
  model: null,
  firmware: null,
}

/** What a link to a carrier shows besides. */
export interface LinkState {
  /** Host and port, or the URL without its secrets. */
  readonly address: string | null
  /** What the other end calls itself. */
  readonly peer: string | null
  /** ISO 8601; null while it is not connected, and where no connection is kept. */
  readonly connected_at: string | null
  /** Submissions without an answer, and how many there may be at once. */
  readonly under_way?: number
  readonly window?: number
  /** SMPP: the binds that it has now, and those that it should have. */
  readonly bound?: readonly string[]
  readonly binds?: readonly string[]
}

/** The state of a gateway: the common part, and that of its kind beside it. */
export type GatewayState = CommonState &
  ({ readonly modem: ModemState; readonly link?: never } | { readonly link: LinkState; readonly modem?: never })

export type GatewayKind = 'modem' | 'link'

export function kindOf({ modem }: GatewayState): GatewayKind {
  return modem === undefined ? 'link' : 'modem'
}

/** What can be restarted on request: the connection, the radio, the modem, its power. */
export const restartKinds = ['reopen', 'radio', 'reset', 'power'] as const
export type RestartKind = (typeof restartKinds)[number]

/** What the hub knows of a gateway. */
export interface GatewayFigures {
  /** Waiting commands and texts that it may send. */
  readonly queue: number
  /** Segments handed to it since midnight. */
  readonly sent_today: number
  /** What accepted segments cost in the last 30 days, in the currency of the configuration; only where that has a price. */
  readonly spent_30_days?: number
  /** The network's last answer to the code of `balance:`, and its time; null without one. Only where it can be asked. */
  readonly balance?: string | null
  readonly balance_at?: string | null
}

/** A gateway's state with the hub's own figures. */
export type GatewayStatus = GatewayState & GatewayFigures

/** `gateway/<id>`: what is published of a gateway, with the fields of its kind and no others. */
export type GatewayDocument = CommonState & Partial<ModemState> & Partial<LinkState> & GatewayFigures

export function documentOf(status: GatewayStatus): GatewayDocument {
  const { status: word, last_error, recovering, recoveries, modem, link, ...figures } = status
  return { status: word, ...modem, ...link, last_error, recovering, recoveries, ...figures }
}

/** It works, even if with a problem to report. */
export function isAvailable({ status }: Pick<CommonState, 'status'>): boolean {
  return status === 'ready' || status === 'degraded'
}
