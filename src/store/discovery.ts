import type { Tx } from './engine.ts'
import { document } from './rows.ts'

/** Publishes what is other than what was told before, its topics whole. An empty payload takes one back. */
export function announce(
  tx: Tx,
  { messages }: { messages: readonly { readonly topic: string; readonly payload: string }[] },
): number {
  let told = 0
  for (const { topic, payload } of messages) {
    const known = tx.one<{ payload: string }>('SELECT payload FROM retained WHERE topic = ?', `/${topic}`)
    if (known?.payload === payload) continue
    tx.publish({ topic, payload, retain: true, absolute: true })
    told++
  }
  return told
}

/** Retained topics outside the base topic, in their order. */
export function announced(tx: Tx, { after, limit }: { after: string; limit: number }): string[] {
  return tx
    .all<{ topic: string }>(
      `SELECT topic FROM retained WHERE topic > ? AND topic < '0' ORDER BY topic LIMIT ?`,
      `/${after}`,
      limit,
    )
    .map(({ topic }) => topic.slice(1))
}

/** Fields that the state of a device has shown. */
export function shownFields(tx: Tx, { device }: { device: string }): string[] {
  const row = tx.one<{ state: string }>('SELECT state FROM device WHERE id = ?', device)
  return row === undefined ? [] : Object.keys(document<Record<string, unknown>>(row.state))
}
