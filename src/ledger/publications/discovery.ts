import { removalBetween } from '../../message/discovery.ts'
import type { Publication } from '../../message/publication.ts'
import type { Tx } from '../tx.ts'

/**
 * Publishes what differs from what was announced before, its topics whole. An empty payload takes an announcement
 * back; components that left a document are removed before the new one.
 */
export function announce(
  tx: Tx,
  { messages, again = false }: { messages: readonly Announcement[]; again?: boolean },
): number {
  let published = 0
  for (const { topic, payload } of messages) {
    const known = tx.one<{ payload: string }>('SELECT payload FROM retained WHERE topic = ?', `/${topic}`)
    if (known?.payload === payload && !again) continue
    const removal = known === undefined || payload === '' ? null : removalBetween(known.payload, payload)
    if (removal !== null) tx.publish({ topic, payload: removal, retain: true, absolute: true })
    tx.publish({ topic, payload, retain: true, absolute: true })
    published++
  }
  return published
}

interface Announcement {
  readonly topic: string
  readonly payload: string
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

/**
 * Topics of discovery that belong to one subject: `<prefix>/device/<subject>/config` and
 * `<prefix>/<component>/<subject>/<key>/config`. From kind to kind by the index, however many there are of each.
 */
export function announcedOf(tx: Tx, { prefix, subject }: { prefix: string; subject: string }): string[] {
  const found: string[] = []
  for (let after = `/${prefix}/`; ; ) {
    // '0' is the character behind '/'
    const next = tx.one<{ topic: string }>(
      'SELECT topic FROM retained WHERE topic > ? AND topic < ? ORDER BY topic LIMIT 1',
      after,
      `/${prefix}0`,
    )
    if (next === undefined) return found
    const kind = `/${prefix}/${next.topic.slice(prefix.length + 2).split('/')[0]}`
    const own = tx.all<{ topic: string }>(
      'SELECT topic FROM retained WHERE topic > ? AND topic < ?',
      `${kind}/${subject}/`,
      `${kind}/${subject}0`,
    )
    found.push(...own.map(({ topic }) => topic.slice(1)))
    after = `${kind}0`
  }
}

/** Publishes pages that are other than before, and clears what else is retained in their folders. */
export function publishPages(
  tx: Tx,
  { folders, pages }: { folders: readonly string[]; pages: readonly Publication[] },
): void {
  const present = new Set(pages.map(({ topic }) => topic))
  for (const page of pages) {
    const known = tx.one<{ payload: string }>('SELECT payload FROM retained WHERE topic = ?', page.topic)
    if (known?.payload !== page.payload) tx.publish(page)
  }
  for (const folder of folders) {
    // '0' is the character behind '/'
    const rows = tx.all<{ topic: string }>(
      'SELECT topic FROM retained WHERE topic > ? AND topic < ?',
      `${folder}/`,
      `${folder}0`,
    )
    for (const { topic } of rows) if (!present.has(topic)) tx.publish({ topic, payload: '', retain: true })
  }
}
