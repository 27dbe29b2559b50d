/** What tells a message that came in from every other one, as its gateway knows it. */
export interface Identity {
  /** Over what two copies of one message have in common; the id that a carrier gave it only with the account. */
  readonly hash: string
  /**
   * What in it no other message with the same content has: an id that the carrier gave it, or the time stamp of its
   * service centre, in ms; null where there is nothing.
   */
  readonly mark: 'id' | number | null
}

/**
 * A message as it came off the wire, before anybody looked inside. Filing it is what allows the SIM, the SMSC or the
 * sender to forget it.
 */
export interface RawMessage {
  readonly gateway: string
  /** ICCID of the SIM, or the carrier's account; the gateway's id where it has none. References live within it. */
  readonly account: string
  /**
   * How it came: delivered at once (`+CMT`, `+CDS`, `deliver_sm`), read from a storage while the gateway ran, or
   * `listed`: it was there when the gateway started.
   */
  readonly source: 'direct' | 'storage' | 'listed'
  /** Storage and index that it was read from; left out when it was delivered at once. */
  readonly slot?: string
  /** What `body` is, and who reads it: `tpdu` is a PDU in hex with the SMSC field in front (TS 27.005 PDU mode). */
  readonly form: string
  readonly body: string
  readonly identity: Identity
}
