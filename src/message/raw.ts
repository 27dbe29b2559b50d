/**
 * A message as it came off the wire, before anybody looked inside. Filing it is what allows the SIM, the SMSC or the
 * sender to forget it.
 */
export interface RawMessage {
  readonly gateway: string
  /** ICCID of the SIM, or the gateway's id where it has none: message references live with the SIM. */
  readonly sim: string
  /**
   * How it came: delivered at once (`+CMT`, `+CDS`), read from a storage while the gateway ran, or `listed`: it was there
   * when the gateway started.
   */
  readonly source: 'direct' | 'storage' | 'listed'
  /** Storage and index that it was read from; left out when it was delivered at once. */
  readonly slot?: string
  /** Hex PDU with the SMSC field in front (TS 27.005 PDU mode). */
  readonly pdu: string
}
