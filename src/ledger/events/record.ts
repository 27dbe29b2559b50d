import { type HubEvent, rowOf, textOf } from '../../message/hub-event.ts'
import { upsert } from '../sql.ts'
import type { Tx } from '../tx.ts'

/** `tx.emit`: the event, and what stands from now on. `text` is its data, where that is written already. */
export function record(tx: Tx, event: HubEvent, text = textOf(event), replaced: string | null = null): void {
  const { kind, subject, replyTo = null } = event
  tx.run(
    'INSERT INTO event (kind, subject, data, replaced, reply_to) VALUES (?, ?, ?, ?, ?)',
    kind,
    subject,
    text,
    replaced,
    replyTo === null ? null : JSON.stringify(replyTo),
  )
  if (rowOf(kind).lasts) {
    if (text === null) tx.run('DELETE FROM latest WHERE kind = ? AND subject = ?', kind, subject)
    else tx.run(upsert('latest', ['kind', 'subject'], ['data']), kind, subject, text)
  }
  tx.ring('events')
}
