/**
 * How delivery reports of a kind of gateway identify their message: by TP-MR, which wraps around after 256 messages and
 * so needs recipient and time as well, or by the carrier's message id.
 */
export type ReportMatching = 'tp_mr' | 'message_id'

/** A decoded delivery report. */
export interface DeliveryReport {
  readonly matching: ReportMatching
  /** TP-MR in decimal digits, or the carrier's id of the message, within the account. */
  readonly reference: string
  /** The hub's own name of the segment, where the carrier repeats it. */
  readonly segment?: string
  /** It is about all segments of the text: the carrier was given it as a whole. */
  readonly isWhole?: true
  /** Recipient of the message, digits only; empty where the report has none. */
  readonly recipient: string
  /** When the service centre accepted the message, in ms by the centre's clock; null where that can't be read. */
  readonly scts: number | null
  /** The service centre whose clock that is. */
  readonly centre: string | null
  readonly outcome: 'delivered' | 'trying' | 'failed'
  /** TP-ST (TS 23.040 clause 9.2.3.15), or the equivalent of a carrier's state: below 32 it was delivered. */
  readonly status: number
  readonly meaning: string
}

/** A report as the hub has stored it. */
export interface StatusReport extends DeliveryReport {
  /** ICCID of the SIM, the bind or the carrier's account: references live within it. */
  readonly account: string
  readonly receivedAt: number
}
