import { countsSeptets } from '../../sms/dcs.ts'
import { decodePdu } from '../../sms/decode-pdu.ts'
import type { Deliver, Submit, Tpdu } from '../../sms/tpdu.ts'

/** The TPDU in a PDU; null for an undecodable one, which a network and a modem transfer as well. */
export function tpduIn(pdu: string): Tpdu | null {
  try {
    return decodePdu(pdu)
  } catch {
    return null
  }
}

/** Octets after the service centre address: the length in AT+CMGS, +CMT and +CMGR (TS 27.005 clause 3.1). */
export function tpduLengthOf(pdu: string): number {
  return pdu.length / 2 - 1 - Number.parseInt(pdu.slice(0, 2), 16)
}

/** TP-UD of a PDU in hex, including its header. */
export function userDataIn(pdu: string, { coding, udl, trailingOctets = 0 }: Deliver | Submit): string {
  const octets = countsSeptets(coding) ? Math.ceil((udl * 7) / 8) : udl
  return pdu.slice(pdu.length - 2 * (octets + trailingOctets), pdu.length - 2 * trailingOctets)
}

/** The text of a PDU; null for binary content, reports and undecodable PDUs. */
export function textIn(pdu: string): string | null {
  const tpdu = tpduIn(pdu)
  return tpdu === null || tpdu.type === 'statusReport' ? null : (tpdu.text ?? null)
}
