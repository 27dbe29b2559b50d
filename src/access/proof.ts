import type { Caller } from '../message/caller.ts'

/** Where a request comes from. */
export interface Peer {
  /** The address of the client: that of the connection, or the one that a proxy of ours names. */
  readonly address: string
  /** It came over TLS. */
  readonly secure: boolean
  /** It came from this machine itself, through no proxy. */
  readonly isHere: boolean
}

/** Why a request is not answered. */
export interface Refused {
  readonly refused: 'unauthenticated' | 'not_allowed' | 'rate_limited'
  readonly detail: string
  /** Seconds, for Retry-After. */
  readonly retryAfter?: number
}

export type Proof = { readonly caller: Caller } | Refused

export const refusal = (refused: Refused['refused'], detail: string): Refused => ({ refused, detail })
