/**
 * What is known of a service centre's clock. TP-SCTS is the time of the centre that took the message (TS 23.040 clause
 * 9.2.3.11), set by nobody we know: it may be minutes or a time zone off. Its stamps prove something beside each other,
 * never beside those of another centre.
 */
export interface CentreClock {
  /** ms that it is ahead of ours at the least: no message can be received before it was stamped. null while unknown. */
  readonly ahead: number | null
  /** When that was seen last. */
  readonly at: number
  /** Stamps that contradict it, alike among themselves: was the clock set? */
  readonly moved: { readonly ahead: number; readonly count: number; readonly at: number } | null
}

/** A message with its stamp, both in ms. `scts` is null where it could not be read. */
export interface Stamp {
  readonly scts: number | null
  readonly receivedAt: number
}

/** No message is older: TS 23.040 clause 9.2.3.12 knows no longer validity than 63 weeks. */
const longestValidityMs = 63 * 7 * 86_400_000
/** No time zone is further away, and no clock that was set at all. */
const furthestAheadMs = 86_400_000
/** How far clocks drift apart in time: 100 parts in a million, 9 s a day. */
const drift = 1e-4
/** A stamp that is further ahead of its reception than this is wrong. */
const toleranceMs = 60_000
/** Messages that are delivered at once differ by this at the most. */
const promptMs = 30_000
/** Delays vary; stamps of a clock that was set are off by the same, from message to message. */
const steady = { withinMs: 20_000, apartMs: 60_000, times: 3 } as const

/** The stamp, if it can be one. */
export function usable({ scts, receivedAt }: Stamp): number | null {
  if (scts === null || scts < receivedAt - longestValidityMs) return null
  return scts > receivedAt + furthestAheadMs ? null : scts
}

/** The latest moment, by our clock, at which the network can have taken it: the reception, unless its centre proves more. */
export function latestSending(stamp: Stamp, clock: CentreClock | null): number {
  const scts = usable(stamp)
  const ahead = aheadNow(clock, stamp.receivedAt)
  return scts === null || ahead === null ? stamp.receivedAt : Math.floor(Math.min(stamp.receivedAt, scts - ahead))
}

/** What a received message teaches: the centre is ahead by what the stamp is, or by more, as messages take time. */
export function learnFromText(clock: CentreClock | null, stamp: Stamp): CentreClock | null {
  const scts = usable(stamp)
  if (scts === null) return clock
  const { receivedAt } = stamp
  const seen = scts - receivedAt
  const known = aheadNow(clock, receivedAt) ?? Number.NEGATIVE_INFINITY
  const confirms = Math.abs(seen - known) <= promptMs || (seen > known && seen <= toleranceMs)
  return confirms ? settled(Math.max(seen, known), receivedAt) : contradicted(clock, seen, receivedAt)
}

/** A message of ours that the centre stamped between our writing it and its acceptance: both ends are known. */
export interface ReportedStamp {
  readonly scts: number
  readonly writtenAt: number
  readonly acceptedAt: number
}

export function learnFromReport(clock: CentreClock | null, report: ReportedStamp): CentreClock {
  const { scts, writtenAt, acceptedAt } = report
  const least = scts - acceptedAt
  // Stamps have whole seconds.
  const most = scts + 1_000 - writtenAt
  const known = aheadNow(clock, acceptedAt)
  if (known === null || most < known) return settled(least, acceptedAt)
  if (least > known + promptMs && least > toleranceMs) return contradicted(clock, least, acceptedAt)
  return settled(Math.max(least, known), acceptedAt)
}

/** How far ahead it may be taken to be by now; null while nothing is known. */
export function aheadNow(clock: CentreClock | null, now: number): number | null {
  if (clock === null || clock.ahead === null) return null
  return clock.ahead - Math.max(0, now - clock.at) * drift
}

const settled = (ahead: number, at: number): CentreClock => ({ ahead: Math.floor(ahead), at, moved: null })

/** One stamp proves nothing against what is known: it may be late or wrong. Several alike, minutes apart, do. */
function contradicted(clock: CentreClock | null, seen: number, at: number): CentreClock {
  const known = clock ?? { ahead: null, at, moved: null }
  const { moved } = known
  const alike = moved !== null && Math.abs(moved.ahead - seen) <= steady.withinMs
  if (alike && at - moved.at < steady.apartMs) return known
  const count = alike ? moved.count + 1 : 1
  const ahead = alike ? Math.max(moved.ahead, seen) : seen
  return count >= steady.times ? settled(ahead, at) : { ...known, moved: { ahead, count, at } }
}
