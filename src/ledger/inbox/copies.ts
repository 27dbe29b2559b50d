/** What is known of two messages with one and the same TPDU, the second of which has just come. */
export interface SecondCopy {
  /** The stamp of the service centre can be read: it is a part of the TPDU. */
  readonly stamped: boolean
  /** ms since the first one. */
  readonly age: number
  /** It was found where the first one was, when the gateway started: the first may not have been deleted. */
  readonly sameSlot: boolean
  /** Something else came through the gateway between the two. */
  readonly between: boolean
}

/** With the stamp of the service centre in it, an equal TPDU within this time is the same message, whoever brings it. */
const stampedMs = 30 * 86_400_000
/** Without one, a network or a modem that hands the same over twice does so within this time. */
const unstampedMs = 5 * 60_000

/**
 * Is it the same message once more? A service centre that missed our acknowledgement delivers again, a modem shows a
 * message in two memories, a crash leaves it in its slot. A sender that says the same twice within one second can't be
 * told from that: its second text is counted, not published. Without a stamp the same text is said again as a rule
 * (a position, an alarm), and the centre repeats a delivery before it goes on to the next message.
 */
export function isCopy({ stamped, age, sameSlot, between }: SecondCopy): boolean {
  if (stamped) return age <= stampedMs
  return sameSlot || (age <= unstampedMs && !between)
}

/** How long a TPDU may matter. */
export const copiesMs = stampedMs
