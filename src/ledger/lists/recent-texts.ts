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

export interface RecentQuery {
  /** Null for texts of no device. */
  readonly device: string | null
  readonly senders: readonly string[]
}

export interface UnreadQuery {
  /** The place of a page: texts before it; null for the newest. */
  readonly before: number | null
}

export interface UnreadPage {
  readonly texts: readonly (QuarantinedText & { readonly place: number })[]
  /** Where the next page begins; null at the end. */
  readonly next: number | null
}

/** Texts of each that are looked at, the newest: beyond that, a device has been unread for long. */
const maxRows = 500
const maxPerNumber = 100
/** Of all, among which those of one page that were not read are looked for. */
const maxLookedAt = 20_000
/** What the document of every text has that was not read as a whole. */
const marksOfUnread = ['"parsed":false', '"reading":']
const columns = receivedColumns.join(', ')

/** The newest texts of a device and of numbers that belong to none, the newest first, with those that were read. */
export function recentTexts(rows: Rows, { device, senders }: RecentQuery): QuarantinedText[] {
  const ofDevice =
    device === null
      ? []
      : rows.all<ReceivedRow>(
          `SELECT ${columns} FROM incoming WHERE device = ? ORDER BY id DESC LIMIT ?`,
          device,
          maxRows,
        )
  const ofNumbers = senders.flatMap((sender) =>
    rows.all<ReceivedRow>(
      `SELECT ${columns} FROM incoming WHERE device IS NULL AND sender = ? ORDER BY id DESC LIMIT ?`,
      sender,
      maxPerNumber,
    ),
  )
  return [...ofDevice, ...ofNumbers].sort((a, b) => b.id - a.id).flatMap((row) => shown(row) ?? [])
}

/** A page of the texts that were not read as a whole, whoever has sent them, the newest first. It may be empty. */
export function unreadTexts(rows: Rows, { before }: UnreadQuery): UnreadPage {
  const from = before ?? Number.MAX_SAFE_INTEGER
  const found = rows.all<ReceivedRow>(
    `SELECT ${columns} FROM (SELECT * FROM incoming WHERE id < ? ORDER BY id DESC LIMIT ?) AS newest
     WHERE instr(document, ?) > 0 OR instr(document, ?) > 0 ORDER BY id DESC LIMIT ?`,
    from,
    maxLookedAt,
    ...marksOfUnread,
    maxRows,
  )
  const last = rows.all<{ id: number }>(
    'SELECT id FROM incoming WHERE id < ? ORDER BY id DESC LIMIT 1 OFFSET ?',
    from,
    maxLookedAt - 1,
  )[0]?.id
  const texts = found.flatMap((row) => {
    const text = shown(row)
    return text === null || text.isRead ? [] : [{ ...text, place: row.id }]
  })
  const next = found.length === maxRows ? found.at(-1)?.id : last
  return { texts, next: next ?? null }
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
