/** Prefix of the reason of a command that waits for its gateways. */
export const waitsFor = 'waits for gateway '

/** The reason of a command that waits for a clock that can be trusted. */
export const waitsForClock = 'clock'

/** The reason of a command after its wait. */
export function reasonBehindWait(reason: string | null): string | null {
  return reason === waitsForClock || reason?.startsWith(waitsFor) ? null : reason
}
