import type { Call } from './call.ts'
import type { Party } from './party.ts'

/** What became of a TPDU at the recipient's end: RP-ACK, or RP-ERROR and why (TS 24.011 clause 8.2.5.4). */
export type Receipt =
  | 'taken'
  /** Cause 22: the network keeps it until the recipient has memory again. */
  | 'full'
  /** Not registered: kept until it is. */
  | 'absent'
  /** Cause 111: nobody acknowledged in time. Tried again later. */
  | 'not_acknowledged'

/** Somebody with a number. */
export interface Subscriber {
  readonly number: Party
  /** Takes an SMS-DELIVER or SMS-STATUS-REPORT (hex PDU with the service centre in front) and answers exactly once. */
  receive(pdu: string, answer: (receipt: Receipt) => void): void
  /** A call for this number. Without this the caller hears nobody answer. */
  ring?(call: Call): void
}
