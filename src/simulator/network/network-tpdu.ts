import { countsSeptets } from '../../sms/dcs.ts'
import { decodePdu } from '../../sms/decode-pdu.ts'
import type { Deliver, Submit, Tpdu } from '../../sms/tpdu.ts'

/** The TPDU in a PDU; null where there is none. A network and a modem carry what they can't read, too. */
export function tpduIn(pdu: string): Tpdu | null {
  try {
    return decodePdu(pdu)
  } catch {
    return null
  }
}

/** Octets behind the service centre address: what AT+CMGS, +CMT and +CMGR count (TS 27.005 clause 3.1). */
export function tpduLengthOf(pdu: string): number {
  return pdu.length / 2 - 1 - Number.parseInt(pdu.slice(0, 2), 16)
}

/** TP-UD as it stands in a PDU, header and all, in hex. */
export function userDataIn(pdu: string, { coding, udl, trailingOctets = 0 }: Deliver | Submit): string {
  const octets = countsSeptets(coding) ? Math.ceil((udl * 7) / 8) : udl
  return pdu.slice(pdu.length - 2 * (octets + trailingOctets), pdu.length - 2 * trailingOctets)
}

/** The text of a PDU; null for binary content, reports and what can't be read. */
export function textIn(pdu: string): string | null {
  const tpdu = tpduIn(pdu)
  return tpdu === null || tpdu.type === 'statusReport' ? null : (tpdu.text ?? null)
}
