import { Fault } from '../message/fault.ts'
import { headerOctets } from './smpp-pdu.ts'

/** Longest PDU: one with a `message_payload` of 64 KiB is somewhat longer, and no text is. */
export const maxPduOctets = 65_536

/** Cuts a byte stream into PDUs, whatever pieces it comes in. */
export class PduFrames {
  /** What belongs to the next PDU: pieces, so that one octet at a time is copied once. */
  #pieces: Uint8Array[] = []
  #present = 0

  /** Whether a PDU has begun that has not ended. */
  get isWithin(): boolean {
    return this.#present > 0
  }

  /**
   * The PDUs that end within this piece. Fails with `malformed_pdu` and the `command_length` where that can't be one:
   * nothing after it can be read then.
   */
  push(piece: Uint8Array): Uint8Array[] {
    this.#pieces.push(piece)
    this.#present += piece.length
    const found: Uint8Array[] = []
    for (;;) {
      const length = this.#length()
      if (length === null || this.#present < length) return found
      const all = this.#joined()
      found.push(all.subarray(0, length))
      this.#pieces = length < all.length ? [all.subarray(length)] : []
      this.#present -= length
    }
  }

  #length(): number | null {
    if (this.#present < 4) return null
    const head = (this.#pieces[0] as Uint8Array).length < 4 ? this.#joined() : (this.#pieces[0] as Uint8Array)
    const length = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0)
    if (length >= headerOctets && length <= maxPduOctets) return length
    throw new Fault('malformed_pdu', `command_length ${length}: a PDU has ${headerOctets} to ${maxPduOctets} octets`, {
      field: 'command_length',
    })
  }

  #joined(): Uint8Array {
    const [first] = this.#pieces
    if (first !== undefined && this.#pieces.length === 1) return first
    const all = new Uint8Array(this.#present)
    let at = 0
    for (const piece of this.#pieces) {
      all.set(piece, at)
      at += piece.length
    }
    this.#pieces = [all]
    return all
  }
}
