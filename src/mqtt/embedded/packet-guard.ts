import { type Violation, violationOf } from './packet-rules.ts'

/** The longest fixed header: type and four octets of length (MQTT 3.1.1, section 2.2). */
const maxHeaderOctets = 5

interface Header {
  readonly length: number
  /** Octets of the packet, its header included. */
  readonly total: number
}

/**
 * Splits a stream into MQTT packets and checks each before aedes receives it. A packet that is too large is refused by
 * its header, before its octets are buffered.
 */
export class PacketGuard {
  readonly #largest: number
  /** The incomplete packet. */
  #begun: Buffer = Buffer.alloc(0)
  #filled = 0
  #header: Header | null = null
  /** Why the stream is refused from now on. */
  violation: Violation | null = null

  constructor(largest: number) {
    this.#largest = largest
  }

  /** Whether a packet is incomplete. */
  get isWaiting(): boolean {
    return this.#filled > 0
  }

  /** The packets completed by these octets, all valid; null when there are none. Check `violation` afterwards. */
  take(octets: Buffer): Buffer | null {
    if (this.violation !== null) return null
    let rest = octets
    const finished = this.#filled > 0 ? this.#finish(rest) : null
    if (this.#filled > 0 || this.violation !== null) return null
    if (finished !== null) rest = rest.subarray(finished.used)
    const end = this.#whole(rest)
    if (end < rest.length && this.violation === null) this.#begin(rest.subarray(end))
    const whole = rest.subarray(0, end)
    if (finished === null) return whole.length > 0 ? whole : null
    return whole.length > 0 ? Buffer.concat([finished.packet, whole]) : finished.packet
  }

  /** Number of octets of the leading complete and valid packets. */
  #whole(octets: Buffer): number {
    let at = 0
    while (at < octets.length) {
      const header = this.#headerOf(octets.subarray(at, at + maxHeaderOctets))
      if (header === null || at + header.total > octets.length) break
      this.violation = violationOf(octets.subarray(at, at + header.total), header.length)
      if (this.violation !== null) break
      at += header.total
    }
    return at
  }

  #begin(octets: Buffer): void {
    this.#begun = Buffer.from(octets)
    this.#filled = octets.length
    this.#header = this.#headerOf(octets)
  }

  /** Adds to the incomplete packet; null while it remains incomplete. */
  #finish(octets: Buffer): { readonly packet: Buffer; readonly used: number } | null {
    let used = 0
    while (used < octets.length) {
      const wanted = this.#header === null ? 1 : this.#header.total - this.#filled
      const next = octets.subarray(used, used + wanted)
      this.#append(next)
      used += next.length
      this.#header ??= this.#headerOf(this.#begun.subarray(0, this.#filled))
      if (this.violation !== null) return null
      if (this.#header === null || this.#filled < this.#header.total) continue
      const packet = this.#begun.subarray(0, this.#filled)
      this.violation = violationOf(packet, this.#header.length)
      if (this.violation !== null) return null
      this.#begun = Buffer.alloc(0)
      this.#filled = 0
      this.#header = null
      return { packet, used }
    }
    return null
  }

  /** The buffer doubles, so that a packet received octet by octet costs as much as one received at once. */
  #append(octets: Buffer): void {
    const needed = this.#filled + octets.length
    if (needed > this.#begun.length) {
      const larger = Buffer.alloc(Math.min(Math.max(needed, this.#begun.length * 2), Math.max(needed, this.#limit)))
      this.#begun.copy(larger, 0, 0, this.#filled)
      this.#begun = larger
    }
    octets.copy(this.#begun, this.#filled)
    this.#filled = needed
  }

  get #limit(): number {
    return this.#header?.total ?? maxHeaderOctets
  }

  /** Null while it is incomplete. */
  #headerOf(octets: Buffer): Header | null {
    let length = 0
    for (let digit = 1; digit < octets.length; digit++) {
      const octet = octets[digit] as number
      length += (octet & 0x7f) * 128 ** (digit - 1)
      if ((octet & 0x80) === 0) {
        if (length <= this.#largest) return { length: digit + 1, total: digit + 1 + length }
        this.violation = { reason: `a packet of more than ${this.#largest} octets` }
        return null
      }
      if (digit === maxHeaderOctets - 1) this.violation = { reason: 'a packet length of more than four octets' }
    }
    return null
  }
}
