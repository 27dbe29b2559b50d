/**
 * Watches the fixed headers of a stream of MQTT packets (MQTT 3.1.1, section 2.2) and tells when one announces more
 * than is taken: before its octets pile up in memory.
 */
export class PacketGuard {
  readonly #largest: number
  /** Octets of the present packet that are still to come. */
  #left = 0
  /** Length octets read of a header, -1 before its first octet. */
  #digits = -1
  #length = 0

  constructor(largest: number) {
    this.#largest = largest
  }

  /** Looks through the next octets. False: the packet that begins in them is too large or has no valid length. */
  takes(octets: Uint8Array): boolean {
    for (let i = 0; i < octets.length; ) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, octets.length - i)
        this.#left -= skipped
        i += skipped
        continue
      }
      const octet = octets[i++] as number
      if (this.#digits < 0) {
        this.#digits = 0
        this.#length = 0
        continue
      }
      this.#length += (octet & 0x7f) * 128 ** this.#digits++
      if ((octet & 0x80) !== 0) {
        if (this.#digits === 4) return false
        continue
      }
      if (this.#length > this.#largest) return false
      this.#left = this.#length
      this.#digits = -1
    }
    return true
  }
}
