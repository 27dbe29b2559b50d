/** The hub's answer between a gateway's readiness and the first octet: a segment is sent only after `go`. */
export type SendPermit = 'go' | 'expired' | 'stop'

/**
 * A refusal: whether the network accepted the message nevertheless, and what to do. Each kind of gateway has a table of
 * its codes.
 */
export interface Cause {
  /** For people and for the result, for example `+CMS ERROR: 38 (network out of order)`. */
  readonly text: string
  /** The scheme of `code`: +CMS ERROR, +CME ERROR, `command_status`, a carrier's own; null without a code. */
  readonly scheme: 'cms' | 'cme' | 'smpp' | 'http' | null
  readonly code: number | string | null
  /**
   * Who refused it: the network behind the gateway, the carrier at its other end, the gateway itself, or the hub, which
   * knows that the gateway can't do it.
   */
  readonly by: 'network' | 'carrier' | 'gateway' | 'hub'
  readonly accepted: 'no' | 'yes' | 'unknown'
  /** `pause`: the gateway claims nothing for a while. `throttle`: it claims less. */
  readonly next: 'retry' | 'give_up' | 'pause' | 'throttle'
}

/** The four outcomes of submitting a segment to a gateway. */
export type SubmitOutcome =
  /** The network has accepted it. `reference` is TP-MR or the carrier's message id; null when there is none. */
  | { readonly outcome: 'sent'; readonly reference: string | null }
  /** It was rejected. */
  | { readonly outcome: 'refused'; readonly cause: Cause }
  /** Nothing left the gateway. */
  | { readonly outcome: 'not_sent'; readonly reason: string }
  /** A timeout or a lost connection after the permit: it may have been sent. */
  | { readonly outcome: 'in_doubt'; readonly reason: string }

/** Rejected before anything was sent: a retry would not help. */
export function refusedUnsent(by: 'gateway' | 'hub', text: string): Extract<SubmitOutcome, { outcome: 'refused' }> {
  const cause = { text, scheme: null, code: null, by, accepted: 'no', next: 'give_up' } as const
  return { outcome: 'refused', cause }
}
