import { happening } from '../../message/hub-event.ts'
import { mailGateway } from '../../message/received.ts'
import { isoTime } from '../../message/result.ts'
import { deleteReceived } from '../conversation-rows.ts'
import { room, use } from '../quota.ts'
import { count } from '../tally.ts'
import type { Tx } from '../tx.ts'

/** Texts of an unknown number, and unproven mails to a device, that are published per hour, and that are kept. */
const maxPerHour = 60
const maxKept = 100
/** Texts of all unknown numbers per hour. */
const inAll = { key: 'strangers', window: 'hour', limit: 600 } as const
const hourMs = 3_600_000
/** Priority level that may use the whole quota. */
const wholeQuotaLevel = 2

/** A text of an unknown number, or a mail to a device. */
interface Source {
  readonly device: string | null
  readonly sender: string
}

/** What shares a limit. The sender of an unproven mail is whatever somebody wrote: all those to a device share one. */
function likeIt({ device, sender }: Source): [where: string, value: string] {
  if (device === null) return ['device IS NULL AND sender = ?', sender]
  return [`device = ? AND gateway = '${mailGateway}' AND trust = 'stranger'`, device]
}

/**
 * Texts of a stranger beyond the quota are not published: null within the quota, true for the first one beyond it,
 * false for further ones. What unproven mails may be in all is limited where they come in.
 */
export function floodOf(tx: Tx, source: Source, now: number): boolean | null {
  const [where, value] = likeIt(source)
  const { n } = tx.one<{ n: number }>(
    `SELECT COUNT(*) AS n FROM incoming WHERE ${where} AND received_at > ? AND received_at <= ?`,
    value,
    now - hourMs,
    now,
  ) as { n: number }
  if (n >= maxPerHour) return n === maxPerHour
  if (source.device !== null) return null
  if (room(tx, inAll, wholeQuotaLevel, now).left < 1) return false
  use(tx, inAll, 1, now)
  return null
}

/** Deletes the oldest texts of a stranger beyond the limit. */
export function keepNewest(tx: Tx, source: Source): void {
  const [where, value] = likeIt(source)
  deleteReceived(
    tx,
    `${where} AND id <= (SELECT id FROM incoming WHERE ${where} ORDER BY id DESC LIMIT 1 OFFSET ?)`,
    value,
    value,
    maxKept,
  )
}

/** A received text with its raw rows. */
interface FiledText {
  readonly incoming: { readonly sender: string; readonly gateway: string }
  readonly raws: readonly number[]
  readonly assembly: string | null
  readonly now: number
}

/** Counts and drops an excess text; its sender is reported once. */
export function dropText(tx: Tx, { incoming, raws, assembly, now }: FiledText, isFirst: boolean): void {
  count(tx, 'strangers')
  for (const raw of raws) tx.run('DELETE FROM raw WHERE id = ?', raw)
  if (assembly !== null) tx.run('DELETE FROM part WHERE assembly = ?', assembly)
  if (!isFirst) return
  const data = { from: incoming.sender, gateway: incoming.gateway, published_per_hour: maxPerHour, at: isoTime(now) }
  tx.emit(happening('text_flood', data))
}
