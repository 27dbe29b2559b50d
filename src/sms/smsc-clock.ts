/**
 * What is known of a service centre's clock. TP-SCTS is the time by the centre that accepted the message (TS 23.040
 * clause 9.2.3.11), which may be minutes or a time zone off. Its stamps can be compared with each other, never with
 * those of another centre.
 */
export interface SmscClock {
  /** ms that it is ahead of ours, at least: no message is received before it was stamped. null while unknown. */
  readonly ahead: number | null
  /** When that was last observed. */
  readonly at: number
  /** Stamps that contradict it and agree with each other: the clock may have been set. */
  readonly moved: { readonly ahead: number; readonly count: number; readonly at: number } | null
}

/** A message with its stamp, both in ms. `scts` is null where it could not be read. */
export interface Stamp {
  readonly scts: number | null
  readonly receivedAt: number
}

/** No message is older: the longest validity is 63 weeks (TS 23.040 clause 9.2.3.12). */
const longestValidityMs = 63 * 7 * 86_400_000
/** More than any time zone, and any clock that was set at all. */
const furthestAheadMs = 86_400_000
/** Drift between clocks: 100 ppm, 9 s a day. */
const driftRatio = 1e-4
/** A stamp that is further ahead of its reception than this is wrong. */
const toleranceMs = 60_000
/** Longest delay of messages that are delivered at once. */
const promptMs = 30_000
/** Delays vary; stamps of a clock that was set are all off by the same. */
const steady = { withinMs: 20_000, apartMs: 60_000, times: 3 } as const

/** The stamp, if it is plausible. */
export function usable({ scts, receivedAt }: Stamp): number | null {
  if (scts === null || scts < receivedAt - longestValidityMs) return null
  return scts > receivedAt + furthestAheadMs ? null : scts
}

/**
 * The latest time, by our clock, at which the network can have accepted it: its reception, unless the stamp proves
 * more.
 */
export function latestSending(stamp: Stamp, clock: SmscClock | null): number {
  const scts = usable(stamp)
  const ahead = aheadNow(clock, stamp.receivedAt)
  return scts === null || ahead === null ? stamp.receivedAt : Math.floor(Math.min(stamp.receivedAt, scts - ahead))
}

/** From a received message: the centre is ahead by at least as much as the stamp, as delivery takes time. */
export function learnFromText(clock: SmscClock | null, stamp: Stamp): SmscClock | null {
  const scts = usable(stamp)
  if (scts === null) return clock
  const { receivedAt } = stamp
  const seen = scts - receivedAt
  const known = aheadNow(clock, receivedAt) ?? Number.NEGATIVE_INFINITY
  const confirms = Math.abs(seen - known) <= promptMs || (seen > known && seen <= toleranceMs)
  return confirms ? settled(Math.max(seen, known), receivedAt) : contradicted(clock, seen, receivedAt)
}

/** A message of ours, which the centre stamped between our writing it and its acceptance. */
export interface ReportedStamp {
  readonly scts: number
  readonly writtenAt: number
  readonly acceptedAt: number
}

export function learnFromReport(clock: SmscClock | null, report: ReportedStamp): SmscClock {
  const { scts, writtenAt, acceptedAt } = report
  const least = scts - acceptedAt
  // Stamps have whole seconds.
  const most = scts + 1_000 - writtenAt
  const known = aheadNow(clock, acceptedAt)
  if (known === null || most < known) return settled(least, acceptedAt)
  if (least > known + promptMs && least > toleranceMs) return contradicted(clock, least, acceptedAt)
  return settled(Math.max(least, known), acceptedAt)
}

/** How far ahead it can be assumed to be now; null while unknown. */
export function aheadNow(clock: SmscClock | null, now: number): number | null {
  if (clock === null || clock.ahead === null) return null
  return clock.ahead - Math.max(0, now - clock.at) * driftRatio
}

const settled = (ahead: number, at: number): SmscClock => ({ ahead: Math.floor(ahead), at, moved: null })

/** One stamp does not refute what is known: it may be late or wrong. Several that agree, minutes apart, do. */
function contradicted(clock: SmscClock | null, seen: number, at: number): SmscClock {
  const known = clock ?? { ahead: null, at, moved: null }
  const { moved } = known
  const alike = moved !== null && Math.abs(moved.ahead - seen) <= steady.withinMs
  if (alike && at - moved.at < steady.apartMs) return known
  const count = alike ? moved.count + 1 : 1
  const ahead = alike ? Math.max(moved.ahead, seen) : seen
  return count >= steady.times ? settled(ahead, at) : { ...known, moved: { ahead, count, at } }
}
