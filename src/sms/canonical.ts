import { decodePdu } from './decode-pdu.ts'

/**
 * What two copies of one message have in common, as upper case hex: the TPDU without the service centre address, which
 * is another one on another route, and without the octets that fill a SIM record. A text that is no PDU is its own form.
 */
export function canonicalTpdu(hex: string): string {
  const octets = hex.trim().toUpperCase()
  const tpdu = decodedOrNull(octets)
  if (!tpdu) return octets
  const end = octets.length - 2 * (tpdu.trailingOctets ?? 0)
  return octets.slice(octets.length - 2 * tpdu.tpduLength, end)
}

/** The stamp of the service centre in it, in ms; null where there is none that can be read. */
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
