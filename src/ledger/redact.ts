import type { ErrorReport, FaultCode } from '../message/fault.ts'
import { forgetOwedQuoting } from './broker/owed.ts'
import { dismissErased } from './events/outlets.ts'
import { quotesOf } from './mentions.ts'
import { type ReceivedRow, redacted, textOf } from './message-of.ts'
import { commandRow } from './outbox/queue.ts'
import { document, type SubmissionRow } from './rows.ts'
import type { Tx } from './tx.ts'

/**
 * Takes the content of a message out of the store, wherever it is quoted: in its row, of which the statuses and times stay,
 * in results of commands that it answers, in events, and in what waits for webhooks and clients of the broker. The file
 * is rewritten when the store is idle. Null for an unknown id; one that has not ended stays as it is.
 */
export function redact(tx: Tx, { id }: { id: string }): { readonly unfinished: string | null } | null {
  const sent = commandRow(tx, id)
  const received =
    sent === undefined ? tx.one<ReceivedRow>('SELECT * FROM incoming WHERE message_id = ?', id) : undefined
  if (sent === undefined && received === undefined) return null
  const sharing = sent === undefined ? [] : ofOneText(tx, sent)
  const pending = sharing.find(({ final }) => final === 0)
  if (pending !== undefined) return { unfinished: pending.status }
  for (const row of sharing) redactSent(tx, row)
  if (received !== undefined) redactReceived(tx, received)
  dismissErased(tx)
  tx.ring('erased')
  return { unfinished: null }
}

/** Commands that left in one text. */
function ofOneText(tx: Tx, { seq, carrier }: SubmissionRow): SubmissionRow[] {
  const first = carrier ?? seq
  return tx.all<SubmissionRow>('SELECT * FROM submission WHERE seq = ? OR carrier = ?', first, first)
}

function redactSent(tx: Tx, row: SubmissionRow): void {
  const { seq, command_id, recipient, text, error } = row
  forgetQuoting(tx, quoted(command_id), [textKey(text), '"value":', '"args":', '"reply":', ...quotingErrors])
  // Dialects name no message.
  forgetQuoting(tx, numberKey(recipient), [textKey(text)])
  tx.run(
    `UPDATE submission SET text = NULL, value = NULL, args = NULL, reply = NULL, heard = NULL, spec = NULL, returns = NULL,
       error = ?
     WHERE seq = ?`,
    wordless(error),
    seq,
  )
}

function redactReceived(tx: Tx, row: ReceivedRow): void {
  const { id, message_id, sender, device, received_at: at } = row
  const text = textOf(row)
  const name = quoted(message_id)
  // All that names it was read from it.
  forgetQuoting(tx, name, [name])
  forgetQuoting(tx, numberKey(sender), [textKey(text)])
  tx.run(`UPDATE raw SET state = 'done', pdu = NULL, document = NULL WHERE instr(document, ?) > 0`, name)
  tx.run(`UPDATE incoming SET text = '', document = ? WHERE id = ?`, redacted(row), id)
  if (device === null) return
  for (const { seq, command_id, error } of answeredBy(tx, { device, text, at })) {
    forgetQuoting(tx, quoted(command_id), ['"reply":', ...quotingErrors])
    tx.run('UPDATE submission SET reply = NULL, heard = NULL, error = ? WHERE seq = ?', wordless(error), seq)
  }
}

/** Commands of a device whose answer a text is, is part of, or could have been. */
function answeredBy(
  tx: Tx,
  { device, text, at }: { device: string; text: string | null; at: number },
): SubmissionRow[] {
  const words = quoted(text ?? '').slice(1, -1)
  const quotes = words === '' ? [] : [`"text":"${words}`, `\\n${words}`]
  const places = quotes.flatMap((quote) => [
    ['reply', quote],
    ['heard', quote],
  ])
  return tx.all<SubmissionRow>(
    `SELECT * FROM submission WHERE device = ? AND queued_at <= ? AND (replied_at IS NULL OR replied_at >= ?)
       AND (reply IS NOT NULL OR heard IS NOT NULL)
       AND (${['replied_at = ?', ...places.map(([column]) => `instr(${column}, ?) > 0`)].join(' OR ')})`,
    ...[device, at, at, at],
    ...places.map(([, quote]) => quote),
  )
}

/** As it stands in documents. */
const quoted = (text: string): string => JSON.stringify(text)
const textKey = (text: string | null): string => `"text":${quoted(text ?? '')}`
const numberKey = (number: string | null): string => `"number":${quoted(number ?? '')}`

/** Errors whose messages quote texts. */
const quoting: readonly FaultCode[] = ['device_error', 'reply_timeout', 'reply_mismatch', 'encoding_error']
const quotingErrors = quoting.map((code) => `"code":${quoted(code)}`)

function wordless(text: string | null): string | null {
  const error = document<ErrorReport | null>(text)
  if (error === null || !quoting.includes(error.code)) return text
  const { code, retryable } = error
  return JSON.stringify({ code, message: 'deleted with the text', retryable })
}

/** Deletes what goes to the outside, names this and has one of these: in one pass. Steps that quote nothing stay. */
function forgetQuoting(tx: Tx, name: string, quotes: readonly string[]): void {
  const values = [name, ...quotes]
  tx.run(`DELETE FROM event WHERE ${quotesOf('data', quotes)}`, ...values)
  tx.run(`DELETE FROM webhook_delivery WHERE ${quotesOf('body', quotes)}`, ...values)
  forgetOwedQuoting(tx, name, quotes)
}
