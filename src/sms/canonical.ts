import { decodePdu } from './decode-pdu.ts'

/**
 * What two copies of a message have in common, as upper case hex: the TPDU without the service centre address, which
 * depends on the route, and without the padding of a SIM record. A text that is not a PDU is returned as it is.
 */
export function canonicalTpdu(hex: string): string {
  const octets = hex.trim().toUpperCase()
  const tpdu = decodedOrNull(octets)
  if (!tpdu) return octets
  const end = octets.length - 2 * (tpdu.trailingOctets ?? 0)
  return octets.slice(octets.length - 2 * tpdu.tpduLength, end)
}

/** The service centre's time stamp in a PDU, in ms; null where none can be read. */
export function stampIn(hex: string): number | null {
  const tpdu = decodedOrNull(hex)
  return tpdu === null || tpdu.type === 'submit' || tpdu.scts === null ? null : Date.parse(tpdu.scts)
}

function decodedOrNull(hex: string): ReturnType<typeof decodePdu> | null {
  try {
    return decodePdu(hex)
  } catch {
    return null
  }
}
