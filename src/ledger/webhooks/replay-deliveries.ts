import { Fault } from '../../message/fault.ts'
import type { Tx } from '../tx.ts'
import { knownWebhook } from './webhook-list.ts'

/** What is replayed: one delivery, or the dead ones of an endpoint in a range of time. */
export type ReplayArgs = { readonly now: number } & (
  | { readonly seq: number }
  | { readonly webhook: string; readonly since: number; readonly until: number }
)

const again = `UPDATE webhook_delivery SET state = 'waiting', attempts = 0, due = ?, answered_at = NULL, answer = NULL`

/** Sends deliveries again that are dead, or one that was delivered, under their ids. Returns how many. */
export function replayDeliveries(tx: Tx, args: ReplayArgs): number {
  tx.ring('webhooks')
  if ('seq' in args) return replayOne(tx, args)
  const { webhook, since, until, now } = args
  assertEnabled(tx, webhook)
  const those = `webhook = ? AND state = 'dead' AND queued_at >= ? AND queued_at < ?`
  return tx.run(`${again} WHERE ${those}`, now, webhook, since, until).changes
}

function replayOne(tx: Tx, { seq, now }: { seq: number; now: number }): number {
  const row = tx.one<{ webhook: string }>('SELECT webhook FROM webhook_delivery WHERE seq = ?', seq)
  if (row === undefined) throw new Fault('not_found', `there is no delivery ${seq}: webhook/deliveries lists them`)
  assertEnabled(tx, row.webhook)
  return tx.run(`${again} WHERE seq = ? AND state <> 'waiting'`, now, seq).changes
}

function assertEnabled(tx: Tx, webhook: string): void {
  if (knownWebhook(tx, webhook).enabled === 1) return
  throw new Fault('conflict', `webhook "${webhook}" is disabled: enable it first, with webhook/enable`, { webhook })
}
