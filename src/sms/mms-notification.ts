import { octetsOf } from './octets.ts'

/** The application port of WAP Push (WAP-235, clause 4), which MMS notifications are sent to. */
export const wapPushPort = 2948

/** What a message centre reports about an MMS that waits there. It is not fetched. */
export interface MmsNotification {
  /** A number with or without plus, or an address of mail; null where it is hidden. */
  readonly from: string | null
  readonly subject: string | null
  /** Octets of the MMS. */
  readonly size: number | null
  /** When the centre deletes it, in ms, by its own clock or after its arrival. */
  readonly expires: { readonly at: number } | { readonly after: number } | null
  /** Where it is fetched, as a rule by the mobile network only. */
  readonly url: string
}

/** Values of WSP headers (WAP-230-WSP, clause 8.4.1.2): short ones, texts, and octets with a length. */
type Value = number | string | Uint8Array

/** Fields (OMA-TS-MMS_ENC, clause 7.4, table 12). */
const fields = {
  messageType: 0x0c,
  contentLocation: 0x03,
  expiry: 0x08,
  from: 0x09,
  messageSize: 0x0e,
  subject: 0x16,
} as const
const notificationInd = 0x02
const push = 0x06
/** `application/vnd.wap.mms-message` by its number and by its name. */
const mmsMessage = { number: 0x3e, name: 'application/vnd.wap.mms-message' }

/** Character sets by their MIBenum (RFC 3808); texts of others are read as UTF-8. */
const charsets: Readonly<Record<number, string>> = { 3: 'latin1', 4: 'latin1', 1000: 'utf-16be', 1015: 'utf-16be' }

/** The notification in the octets (hex) of a WAP Push; null for every other push, and for a malformed one. */
export function mmsNotification(data: string): MmsNotification | null {
  const octets = new Octets(octetsOf(data))
  octets.next() // transaction of the push
  if (octets.next() !== push) return null
  const headers = new Octets(octets.take(octets.uintvar()))
  if (!isMms(headers.value())) return null
  const found = new Map<number, Value>()
  while (octets.left > 0 && !octets.isCutOff) {
    const field = octets.value()
    const value = octets.value()
    if (typeof field === 'number' && !found.has(field)) found.set(field, value)
  }
  const url = found.get(fields.contentLocation)
  if (octets.isCutOff || found.get(fields.messageType) !== notificationInd || typeof url !== 'string') return null
  return {
    from: fromOf(found.get(fields.from)),
    subject: encodedText(found.get(fields.subject)),
    size: integerOf(found.get(fields.messageSize)),
    expires: expiryOf(found.get(fields.expiry)),
    url,
  }
}

/** A media type without parameters, or the first value among its parameters. */
function isMms(type: Value): boolean {
  const media = type instanceof Uint8Array ? new Octets(type).value() : type
  return typeof media === 'string' ? media.toLowerCase() === mmsMessage.name : media === mmsMessage.number
}

/** `+49…/TYPE=PLMN` or a mail address; the token for a hidden one has nothing behind it. */
function fromOf(value: Value | undefined): string | null {
  if (!(value instanceof Uint8Array) || value[0] !== 0x80) return null
  const address = encodedText(new Octets(value.subarray(1)).value())
  return address?.replace(/\/TYPE=.*$/i, '') || null
}

/** A text, or a character set with a text in it (clause 7.3.11, Encoded-string-value). */
function encodedText(value: Value | undefined): string | null {
  if (!(value instanceof Uint8Array)) return typeof value === 'string' ? value : null
  const octets = new Octets(value)
  const charset = integerOf(octets.value())
  const bytes = octets.take(octets.left)
  const name = charsets[charset ?? 0] ?? 'utf-8'
  const text = new TextDecoder(name).decode(bytes[0] === 0x7f ? bytes.subarray(1) : bytes)
  return text.replace(/\0+$/, '')
}

/** A short integer, or a long one of at most six octets. */
function integerOf(value: Value | undefined): number | null {
  if (typeof value === 'number') return value
  if (!(value instanceof Uint8Array) || value.length > 6) return null
  return value.reduce((sum, octet) => sum * 256 + octet, 0)
}

/** Absolute or relative, in seconds (clause 7.3.20). */
function expiryOf(value: Value | undefined): MmsNotification['expires'] {
  if (!(value instanceof Uint8Array)) return null
  const seconds = integerOf(new Octets(value.subarray(1)).value())
  if (seconds === null) return null
  return value[0] === 0x80 ? { at: seconds * 1000 } : { after: seconds * 1000 }
}

/** Reads values from the front. Past the end there are zeros, and `isCutOff` is set. */
class Octets {
  readonly #octets: Uint8Array
  #at = 0
  isCutOff = false

  constructor(octets: Uint8Array) {
    this.#octets = octets
  }

  get left(): number {
    return this.#octets.length - this.#at
  }

  next(): number {
    if (this.left === 0) this.isCutOff = true
    return this.#octets[this.#at++] ?? 0
  }

  take(count: number): Uint8Array {
    if (count > this.left) this.isCutOff = true
    const from = Math.min(this.#at, this.#octets.length)
    this.#at = Math.min(from + count, this.#octets.length)
    return this.#octets.subarray(from, this.#at)
  }

  /** Seven bits an octet, at most five octets (clause 8.1.2). */
  uintvar(): number {
    let value = 0
    for (let i = 0; i < 5; i++) {
      const octet = this.next()
      value = value * 128 + (octet & 0x7f)
      if (octet < 0x80) return value
    }
    this.isCutOff = true
    return 0
  }

  /** By its first octet (clause 8.4.1.2). The text of a header's name has this form too. */
  value(): Value {
    const first = this.next()
    if (first >= 0x80) return first & 0x7f
    if (first < 31) return this.take(first)
    if (first === 31) return this.take(this.uintvar())
    const from = first === 0x7f ? this.#at : this.#at - 1
    const end = this.#octets.indexOf(0, from)
    if (end < 0) this.isCutOff = true
    this.#at = end < 0 ? this.#octets.length : end + 1
    return new TextDecoder().decode(this.#octets.subarray(from, end < 0 ? this.#octets.length : end))
  }
}
