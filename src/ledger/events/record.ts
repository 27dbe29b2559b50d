import { deviceOf, type HubEvent, rowOf, textOf } from '../../message/hub-event.ts'
import { upsert } from '../sql.ts'
import type { Tx, Written } from '../tx.ts'
import type { WaitingEvent } from './waiting.ts'

const keepLatest = upsert('latest', ['kind', 'subject'], ['data'])

/** `tx.emit`: writes the event, and its state where its kind lasts. The commit makes it wait for the outlets. */
export function record(tx: Tx, event: HubEvent, at: number, written: Written = { text: textOf(event) }): WaitingEvent {
  const { kind, subject } = event
  const { text, replaced = null } = written
  const replyTo = event.replyTo == null ? null : JSON.stringify(event.replyTo)
  const { seq } = tx.one<{ seq: number }>(
    'INSERT INTO event (kind, subject, device, data, replaced, reply_to, at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING seq',
    kind,
    subject,
    deviceOf(event),
    text,
    replaced,
    replyTo,
    at,
  ) as { seq: number }
  if (rowOf(kind).lasts) {
    if (text === null) tx.run('DELETE FROM latest WHERE kind = ? AND subject = ?', kind, subject)
    else tx.run(keepLatest, kind, subject, text)
  }
  return { seq, at, kind, subject, data: text, replaced, replyTo }
}
