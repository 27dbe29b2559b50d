import type { ReceivedDocument } from '../../message/received.ts'
import type { TrustLevel } from '../../message/trust.ts'
import { type ReceivedRow, receivedColumns, textOf } from '../message-of.ts'
import { document } from '../rows.ts'
import type { Rows } from '../tx.ts'

/** A received text, as the quarantine shows it. */
export interface QuarantinedText {
  readonly id: string
  /** null: its number belonged to no device then. */
  readonly device: string | null
  readonly sender: string
  readonly text: string
  readonly trust: TrustLevel
  readonly receivedAt: number
  /** When the network accepted it, by the clock of its centre. */
  readonly smscAt: string | null
  /** A message of the profile has read it as a whole. */
  readonly isRead: boolean
}

export interface UnreadQuery {
  /** A device with the numbers of its SIMs, or an unknown number; null for all. */
  readonly of: { readonly device: string | null; readonly senders: readonly string[] } | null
}

/** Texts of each that are looked at, the newest: beyond that, a device has been unread for long. */
const maxRows = 500
/** Of all, among which those that were not read are looked for. */
const maxLookedAt = 20_000
/** What the document of every text has that was not read as a whole. */
const marksOfUnread = ['"parsed":false', '"reading":']
const maxPerNumber = 100

/** Texts, the newest first; read ones included, unless those of all are wanted. */
export function recentTexts(rows: Rows, { of }: UnreadQuery): QuarantinedText[] {
  const columns = receivedColumns.join(', ')
  const found =
    of === null
      ? rows.all<ReceivedRow>(
          `SELECT ${columns} FROM (SELECT * FROM incoming ORDER BY id DESC LIMIT ?) AS newest
           WHERE instr(document, ?) > 0 OR instr(document, ?) > 0 ORDER BY id DESC LIMIT ?`,
          maxLookedAt,
          ...marksOfUnread,
          maxRows,
        )
      : [
          ...(of.device === null
            ? []
            : rows.all<ReceivedRow>(
                `SELECT ${columns} FROM incoming WHERE device = ? ORDER BY id DESC LIMIT ?`,
                of.device,
                maxRows,
              )),
          ...of.senders.flatMap((sender) =>
            rows.all<ReceivedRow>(
              `SELECT ${columns} FROM incoming WHERE device IS NULL AND sender = ? ORDER BY id DESC LIMIT ?`,
              sender,
              maxPerNumber,
            ),
          ),
        ]
  return found.sort((a, b) => b.id - a.id).flatMap((row) => shown(row) ?? [])
}

/** null for what is no text of a device: of a contact, forwarded, an MMS, incomplete, from before the installation. */
function shown(row: ReceivedRow): QuarantinedText | null {
  const text = textOf(row)
  const published = document<ReceivedDocument | null>(row.document)
  if (text === null || text.trim() === '' || published === null) return null
  const { contact, forwarded, mms, incomplete, damaged, parsed, reading, smsc_at: smscAt = null } = published
  if ([contact, forwarded, mms, incomplete, damaged].some((one) => one !== undefined)) return null
  return {
    id: row.message_id,
    device: row.device,
    sender: row.sender,
    text,
    trust: row.trust ?? 'number',
    receivedAt: row.received_at,
    smscAt,
    isRead: parsed && reading === undefined,
  }
}
