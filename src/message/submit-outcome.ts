/** What the hub answers between a gateway's readiness and the first octet: only `go` lets the segment leave. */
export type SendPermit = 'go' | 'expired' | 'stop'

/**
 * What is known of a refusal: whether the network took the message all the same, and what helps. Each kind of gateway
 * has a table of its codes that says so.
 */
export interface Cause {
  /** For people and for the result, for example `+CMS ERROR: 38 (network out of order)`. */
  readonly text: string
  /** The list that `code` is of: +CMS ERROR, +CME ERROR, `command_status`, a carrier's own; null where no code was given. */
  readonly scheme: 'cms' | 'cme' | 'smpp' | 'http' | null
  readonly code: number | string | null
  /** Who refused it: the network behind the gateway, the carrier at its other end, or the gateway itself. */
  readonly by: 'network' | 'carrier' | 'gateway'
  readonly accepted: 'no' | 'yes' | 'unknown'
  /** `pause` rests the gateway: it takes nothing. `throttle` slows it down: it takes less. */
  readonly next: 'retry' | 'give_up' | 'pause' | 'throttle'
}

/** The four ways in which handing a segment to a gateway can end. */
export type SubmitOutcome =
  /** The network has it. `reference` is TP-MR or the carrier's id of it; null when it was taken without one. */
  | { readonly outcome: 'sent'; readonly reference: string | null }
  /** Somebody said no. */
  | { readonly outcome: 'refused'; readonly cause: Cause }
  /** Nothing left the gateway. */
  | { readonly outcome: 'not_sent'; readonly reason: string }
  /** Silence or loss behind the permit: it may have been sent. */
  | { readonly outcome: 'in_doubt'; readonly reason: string }

/** What the gateway can't do: nothing left it, and nothing will. */
export function refusedByGateway(text: string): Extract<SubmitOutcome, { outcome: 'refused' }> {
  const cause = { text, scheme: null, code: null, by: 'gateway', accepted: 'no', next: 'give_up' } as const
  return { outcome: 'refused', cause }
}
