import type { Call } from './call.ts'
import type { Party } from './party.ts'

/** The recipient's answer to a TPDU: RP-ACK, or RP-ERROR with its cause (TS 24.011 clause 8.2.5.4). */
export type Receipt =
  | 'taken'
  /** Cause 22: the network keeps it until the recipient has memory again. */
  | 'full'
  /** Not registered: kept until it is. */
  | 'absent'
  /** Cause 111: not acknowledged in time. Retried later. */
  | 'not_acknowledged'

/** A party with a number. */
export interface Subscriber {
  readonly number: Party
  /**
   * Receives an SMS-DELIVER or SMS-STATUS-REPORT (hex PDU with the service centre in front), answering exactly once.
   */
  receive(pdu: string, answer: (receipt: Receipt) => void): void
  /** A call to this number. Without this it is not answered. */
  ring?(call: Call): void
}
