import type { Subject } from '../about.ts'
import { anywhere, mentions } from '../mentions.ts'
import type { Tx } from '../tx.ts'

const dayMs = 86_400_000
/** How long deliveries that have ended can be listed and replayed. */
const keptMs = { delivered: 7 * dayMs, dead: 30 * dayMs }
/** The newest of each kind and endpoint that stay for that time. */
const maxEnded = 10_000

/** Deletes deliveries that have ended, by age and number. Returns whether there are more. */
export function pruneDeliveries(tx: Tx, { now, limit }: { now: number; limit: number }): boolean {
  let more = false
  const forget = (those: string, ...values: unknown[]) => {
    const { changes } = tx.run(`DELETE FROM webhook_delivery WHERE seq IN (${those} LIMIT ?)`, ...values, limit)
    if (changes === limit) more = true
  }
  for (const [state, ms] of Object.entries(keptMs)) {
    forget(`SELECT seq FROM webhook_delivery WHERE state <> 'waiting' AND state = ? AND queued_at < ?`, state, now - ms)
    for (const { id } of tx.all<{ id: string }>('SELECT id FROM webhook')) {
      const newest =
        'SELECT seq FROM webhook_delivery WHERE webhook = ? AND state = ? ORDER BY seq DESC LIMIT 1 OFFSET ?'
      const last = tx.one<{ seq: number }>(newest, id, state, maxEnded)
      if (last !== undefined)
        forget('SELECT seq FROM webhook_delivery WHERE webhook = ? AND state = ? AND seq <= ?', id, state, last.seq)
    }
  }
  return more
}

/** Deletes what is about a device or names a number, sent or not, and descriptions of webhooks that name it. */
export function forgetDeliveries(tx: Tx, { device, numbers }: Subject): number {
  let changes = 0
  if (device !== null) changes += tx.run('DELETE FROM webhook_delivery WHERE device = ?', device).changes
  const named = [mentions('body'), mentions(`COALESCE(answer, '')`)].join(' OR ')
  for (const number of numbers) {
    changes += tx.run(`DELETE FROM webhook_delivery WHERE ${named}`, anywhere(number), anywhere(number)).changes
    tx.run(`UPDATE webhook SET description = '' WHERE ${mentions('description')}`, anywhere(number))
  }
  return changes
}
