import { Fault } from '../../../message/fault.ts'
import { decodePdu } from '../../../sms/decode-pdu.ts'

/** What a modem gave of a message. */
export interface Reading {
  /** Hex with the service centre in front; null where the message can't be determined. */
  readonly pdu: string | null
  /** Why it must be read again before it is used; null where it is whole. */
  readonly doubt: string | null
}

const octet = /^(?:[0-9A-Fa-f]{2})+$/

/**
 * The PDU in hex digits, and whether it is what the modem announced by `<length>`, the octets of the TPDU without the
 * service centre (TS 27.005 clause 3.1). Digits get lost on a line: another length is a fault of the line until the
 * message has been read again. Some vendors leave the service centre out, and some fill up with FF like a SIM record.
 */
export function readPdu(hex: string, length: number | null): Reading {
  if (!octet.test(hex)) return { pdu: null, doubt: 'it is no even number of hex digits' }
  if (length === null) return unannounced(hex)
  const pdu = announced(hex, length)
  if (pdu !== null) return { pdu, doubt: flawOf(pdu) }
  const doubt = `${hex.length / 2} octets came where ${length} behind the service centre were announced`
  return { pdu: flawOf(hex) === null ? hex : null, doubt }
}

/** The PDU where these digits are as many as were announced, be it readable or not; null where they are not. */
export function announced(hex: string, length: number): string | null {
  if (!octet.test(hex)) return null
  const octets = hex.length / 2
  const end = 1 + Number.parseInt(hex.slice(0, 2), 16) + length
  if (length > 0 && octets >= end && /^(FF)*$/i.test(hex.slice(2 * end))) return hex.slice(0, 2 * end)
  return octets === length && flawOf(`00${hex}`) === null ? `00${hex}` : null
}

/** What does not name its length is believed where it is a TPDU from the first octet to the last. */
function unannounced(hex: string): Reading {
  if (flawOf(hex) === null) return { pdu: hex, doubt: null }
  return flawOf(`00${hex}`) === null ? { pdu: `00${hex}`, doubt: null } : { pdu: null, doubt: 'its length is missing' }
}

/** What keeps a PDU from being read from its first octet to its last; null where nothing does. */
function flawOf(hex: string): string | null {
  try {
    const { trailingOctets = 0 } = decodePdu(hex)
    return trailingOctets === 0 ? null : `${trailingOctets} octets follow its end`
  } catch (error) {
    return Fault.from(error).message
  }
}
