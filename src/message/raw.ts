/** What distinguishes a received message from every other one, as its gateway knows it. */
export interface Identity {
  /** Over what two copies of a message have in common; a carrier's message id only together with the account. */
  readonly hash: string
  /**
   * What distinguishes it from other messages with the same content: the carrier's message id, or the time stamp of its
   * service centre or of the sender of a mail, in ms; null where there is neither.
   */
  readonly mark: 'id' | number | null
}

/**
 * A message as received, before it is decoded. Once it is stored, the SIM, the SMSC or the sender may delete it.
 */
export interface RawMessage {
  readonly gateway: string
  /**
   * ICCID of the SIM, the carrier's account, or the devices of a mail; the gateway's id where it has none. References
   * live within it, and the order of messages.
   */
  readonly account: string
  /**
   * How it was received: delivered at once (`+CMT`, `+CDS`, `deliver_sm`), read from a storage while the gateway ran,
   * or `listed`: found in a storage when the gateway started.
   */
  readonly source: 'direct' | 'storage' | 'listed'
  /** Storage and index that it was read from; absent when it was delivered at once. */
  readonly slot?: string
  /** Selects the decoder of `body`: `tpdu` is a PDU in hex with the SMSC field in front (TS 27.005 PDU mode). */
  readonly form: string
  readonly body: string
  readonly identity: Identity
}
