import { usable } from './centre-clock.ts'
import { decodePdu } from './decode.ts'

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

/**
 * Does a stamp of the service centre tell this message from another one with the same text? Not one that can't be read,
 * and not that of a clock which was never set: such a clock says the same again and again.
 */
export function isStamped(hex: string, receivedAt: number): boolean {
  const tpdu = decodedOrNull(hex)
  if (tpdu === null || tpdu.type === 'submit' || tpdu.scts === null) return false
  return usable({ scts: Date.parse(tpdu.scts), receivedAt }) !== null
}

function decodedOrNull(hex: string): ReturnType<typeof decodePdu> | null {
  try {
    return decodePdu(hex)
  } catch {
    return null
  }
}
