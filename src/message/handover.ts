/** One segment on its way to the network. */
export interface SegmentOrder {
  /** Hex PDU with the SMSC field in front. */
  readonly pdu: string
  /** Octets of the TPDU, without the SMSC field: what AT+CMGS wants (TS 27.005 clause 4.3). */
  readonly tpduLength: number
  /** More segments of the same message follow at once. */
  readonly more: boolean
}

/** What is known of a refusal: did the network take the message all the same, and what helps. */
export interface Cause {
  /** For people and for the result, for example `+CMS ERROR: 38 (network out of order)`. */
  readonly text: string
  /** The number of `+CMS ERROR` or `+CME ERROR`, null when the modem said `ERROR` only. */
  readonly number: number | null
  readonly accepted: 'no' | 'yes' | 'unknown'
  readonly next: 'retry' | 'give_up' | 'pause'
}

/** The four ways in which handing a segment to a gateway can end. */
export type Handover =
  /** The network has it. `reference` is TP-MR; null when the modem said OK without one. */
  | { readonly outcome: 'sent'; readonly reference: number | null }
  /** Somebody said no. */
  | { readonly outcome: 'refused'; readonly cause: Cause }
  /** Nothing left the gateway. */
  | { readonly outcome: 'not_sent'; readonly reason: string }
  /** Silence or loss after the PDU: it may have been sent. */
  | { readonly outcome: 'in_doubt'; readonly reason: string }
