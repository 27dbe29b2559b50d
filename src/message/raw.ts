/**
 * A message as it came off the wire, before anybody looked inside. Filing it is what allows the SIM, the SMSC or the
 * sender to forget it.
 */
export interface RawMessage {
  readonly gateway: string
  /** ICCID of the SIM, or the gateway's id where it has none: message references live with the SIM. */
  readonly sim: string
  /** How it came: delivered at once (`+CMT`, `+CDS`) or read from a storage. */
  readonly source: 'direct' | 'storage'
  /** Hex PDU with the SMSC field in front (TS 27.005 PDU mode). */
  readonly pdu: string
}
