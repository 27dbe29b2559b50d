import type { Validity } from '../../sms/validity.ts'

/**
 * Milliseconds for which the service centre tries, by its own clock; null if TP-VP is not a valid period (TS 23.040
 * clause 9.2.3.12). A past end is 0.
 */
export function validityMs(validity: Validity | null, now: number): number | null {
  if (validity === null) return null
  if (validity.format !== 'absolute') return validity.seconds === null ? null : validity.seconds * 1000
  return validity.time === null ? null : Math.max(0, Date.parse(validity.time) - now)
}
