import type { Message } from '../../message/message-document.ts'
import { type ReceivedRow, receivedColumns, receivedOf, type SentRow, sentColumns, sentMessage } from '../message-of.ts'
import type { Rows } from '../tx.ts'
import { received, sent } from './condition.ts'
import { newest, type Page, type Query, type Rendering } from './newest.ts'

const sentMessages: Rendering<SentRow, Message> = {
  table: sent,
  columns: sentColumns,
  status: 'sms_status',
  entryOf: sentMessage,
}
const receivedMessages: Rendering<ReceivedRow, Message> = {
  table: received,
  columns: receivedColumns,
  status: null,
  entryOf: receivedOf,
}

/** Texts out and in, the newest first. */
export const messages = (rows: Rows, query: Query): Page<Message> =>
  newest(rows, query, [sentMessages, receivedMessages])
