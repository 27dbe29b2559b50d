import type { SmsStatus } from '../message/status.ts'
import { commandRow } from './outbox/queue.ts'
import type { SubmissionRow } from './rows.ts'
import type { Tx } from './tx.ts'

/** A text as its client may ask for it. */
export interface OwnText {
  /** Null while only parts of it are there. */
  readonly commandId: string | null
  readonly recipient: string | null
  readonly status: SmsStatus
  /** ms since 1970; null until its end. */
  readonly endedAt: number | null
}

/** A text of a client by its id, or by that of a part that was sent for it; null for an unknown one, and for others'. */
export function ownText(tx: Tx, { client, id }: { client: string; id: string }): OwnText | null {
  const assembly = id.replace(/\.\d{1,3}$/, '')
  const row = assembly === id ? commandRow(tx, id) : byRef(tx, client, assembly)
  if (row?.client === client) {
    const { command_id: commandId, recipient, sms_status: status, final, final_at: endedAt } = row
    return { commandId, recipient, status, endedAt: final === 1 ? endedAt : null }
  }
  const waits = 'SELECT 1 FROM smpp_part WHERE client = ? AND assembly = ? LIMIT 1'
  if (assembly === id || tx.one(waits, client, assembly) === undefined) return null
  return { commandId: null, recipient: null, status: 'queued', endedAt: null }
}

const byRef = (tx: Tx, client: string, ref: string): SubmissionRow | undefined =>
  tx.one<SubmissionRow>('SELECT * FROM submission WHERE scope = ? AND ref = ? LIMIT 1', `${client}|sms`, ref)
