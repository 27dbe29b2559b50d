import { type Violation, violationOf } from './packet-rules.ts'

/** Octets of the longest fixed header: type and four of length (MQTT 3.1.1, section 2.2). */
const longestHeader = 5

interface Header {
  readonly length: number
  /** Octets of the packet, its header included. */
  readonly total: number
}

/**
 * Cuts a stream into whole MQTT packets and checks each before aedes sees it. A packet that announces more than is
 * taken is refused at its header, before its octets pile up in memory.
 */
export class PacketGuard {
  readonly #largest: number
  /** The packet that has begun and is not complete. */
  #begun: Buffer = Buffer.alloc(0)
  #filled = 0
  #header: Header | null = null
  /** Why nothing is taken any more. */
  violation: Violation | null = null

  constructor(largest: number) {
    this.#largest = largest
  }

  /** Whether a packet has begun and is not complete. */
  get isWaiting(): boolean {
    return this.#filled > 0
  }

  /** The packets that are complete with these octets, all valid; null when there are none. See `violation` after it. */
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

  /** The octets of complete and valid packets in front. */
  #whole(octets: Buffer): number {
    let at = 0
    while (at < octets.length) {
      const header = this.#headerOf(octets.subarray(at, at + longestHeader))
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

  /** Adds to the packet that has begun; null while it is not complete. */
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

  /** Room doubles: a packet that comes octet by octet costs as much as one that comes at once. */
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
    return this.#header?.total ?? longestHeader
  }

  /** Null while it is not complete. */
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
      if (digit === longestHeader - 1) this.violation = { reason: 'a packet length of more than four octets' }
    }
    return null
  }
}
