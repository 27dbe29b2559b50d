/**
 * How the reports of a kind of gateway name what they speak of: by TP-MR, which comes round after 256 messages and so
 * needs recipient and time beside it, or by the id that the carrier gave the message.
 */
export type ReportMatching = 'tp_mr' | 'message_id'

/** A delivery report, decoded. */
export interface DeliveryReport {
  readonly matching: ReportMatching
  /** TP-MR in decimal digits, or the carrier's id of the message, within the account. */
  readonly reference: string
  /** Whom the message was for, digits only; empty where the report does not say. */
  readonly recipient: string
  /** When the service centre took the message, in ms by its own clock; null where that can't be read. */
  readonly scts: number | null
  /** The service centre whose time that is. */
  readonly centre: string | null
  readonly outcome: 'delivered' | 'trying' | 'failed'
  /** TP-ST (TS 23.040 clause 9.2.3.15), or what a carrier's state comes to there: below 32 it has arrived. */
  readonly status: number
  readonly meaning: string
}

/** A report as the hub has filed it. */
export interface StatusReport extends DeliveryReport {
  /** ICCID of the SIM, the bind or the carrier's account: references live within it. */
  readonly account: string
  readonly receivedAt: number
}
