/** How a client of the SMPP server is connected. */
export const bindRoles = ['transceiver', 'transmitter', 'receiver'] as const
export type BindRole = (typeof bindRoles)[number]

/** A connection of a client that has bound. */
export interface SmppBindState {
  readonly role: BindRole
  readonly address: string
  /** ms since 1970. */
  readonly since: number
  /** Submissions that were accepted, and receipts and texts that it has taken. */
  readonly submitted: number
  readonly delivered: number
}

/** A system that may bind, with figures since the start of the hub. */
export interface SmppClientState {
  readonly systemId: string
  readonly binds: readonly SmppBindState[]
  readonly submitted: number
  /** Requests that were refused. */
  readonly refused: number
  readonly delivered: number
}
