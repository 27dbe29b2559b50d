import type { Tx } from '../tx.ts'

/** What the configuration still has. */
export interface Configured {
  readonly gateways: readonly string[]
  /** First levels of the topics of other programs that the hub stands in for. */
  readonly dialects: readonly string[]
}

/** Clears what is retained of gateways and dialects that were taken out of the configuration. */
export function clearGone(tx: Tx, { gateways, dialects }: Configured): void {
  // '0' is the character behind '/'
  for (const topic of retainedBetween(tx, 'gateway/', 'gateway0'))
    if (!gateways.includes(topic.split('/')[1] ?? '')) tx.publish({ topic, payload: '', retain: true })
  // Whole topics have a slash in front. Those of discovery are taken back by whoever announces.
  for (const topic of retainedBetween(tx, '/', '0').map((whole) => whole.slice(1)))
    if (!topic.endsWith('/config') && !dialects.some((dialect) => topic.startsWith(`${dialect}/`)))
      tx.publish({ topic, payload: '', retain: true, absolute: true })
}

function retainedBetween(tx: Tx, after: string, before: string): string[] {
  return tx
    .all<{ topic: string }>('SELECT topic FROM retained WHERE topic > ? AND topic < ?', after, before)
    .map(({ topic }) => topic)
}
