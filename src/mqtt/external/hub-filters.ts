import { overlap, union } from '../filter.ts'

/** A topic filter of the hub at an external broker. */
export interface HubFilter {
  readonly filter: string
  /** For commands: at QoS 1 and without retained messages. Otherwise for watching topics of others. */
  readonly isCommand: boolean
}

/**
 * Filters to subscribe to, which cover all wanted topics without overlaps. Where two overlap, a broker may deliver a
 * copy for each of them (MQTT 5, section 3.3.4; mosquitto does), and each copy would be a command of its own.
 * Overlapping filters are merged.
 */
export function withoutOverlaps(wanted: Iterable<HubFilter>): HubFilter[] {
  let plan: HubFilter[] = []
  for (let next of wanted) {
    for (;;) {
      const rival = plan.find(({ filter }) => overlap(filter, next.filter))
      if (rival === undefined) break
      plan = plan.filter((one) => one !== rival)
      next = { filter: union(rival.filter, next.filter), isCommand: rival.isCommand || next.isCommand }
    }
    plan.push(next)
  }
  return plan
}

/**
 * Filters that a session may have in addition to the plan: of an earlier version, or of a run that was killed while it
 * watched more. Each would deliver a second copy of topics in the plan.
 */
export function leftBehind(
  plan: readonly HubFilter[],
  wanted: readonly HubFilter[],
  watchedLater: readonly string[],
): string[] {
  const later = watchedLater.map((filter) => ({ filter, isCommand: false }))
  const plans = [...later.map((one) => [one]), later].map((some) => withoutOverlaps([...wanted, ...some]))
  const held = new Set([wanted, ...plans].flat().map(({ filter }) => filter))
  return [...held].filter((filter) => plan.every((one) => one.filter !== filter))
}
