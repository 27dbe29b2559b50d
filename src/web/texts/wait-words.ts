import { waitsFor, waitsForClock } from '../../message/wait-reasons.ts'
import { words } from './language.ts'

/** Why something waits: for a gateway, for the clock, or in the hub's own words. */
export function waitWords(reason: string): string {
  const w = words().device.waits
  if (reason === waitsForClock) return w.clock
  return reason.startsWith(waitsFor) ? w.gateway(reason.slice(waitsFor.length)) : reason
}
