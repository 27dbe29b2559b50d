import { type Document, happening } from '../../message/hub-event.ts'
import type { RawMessage } from '../../message/raw.ts'
import type { StatusReport } from '../../message/report.ts'
import { type ReceivedRow, textOf } from '../message-of.ts'
import { keptId } from '../outbox/message-ids.ts'
import { applyReport, keptReport, type WaitingReport } from '../outbox/reports.ts'
import { count } from '../tally.ts'
import type { Tx } from '../tx.ts'
import { isCopyOfKnown, noteSlot } from './copies.ts'

/** A stored message for the deliver flow. */
export interface FiledMessage {
  readonly id: number
  readonly gateway: string
  readonly account: string
  readonly form: string
  readonly body: string
  readonly source: RawMessage['source']
  readonly receivedAt: number
}

export interface NewMessage {
  readonly raw: Omit<RawMessage, 'identity'>
  /** The same for all copies. */
  readonly hash: string
  /** It can be distinguished from others with the same content: by the service centre's stamp, or a carrier's id. */
  readonly stamped: boolean
  readonly now: number
}

/**
 * Stores a raw message. Once committed, the SIM, the SMSC or the sender may delete it. A copy is marked and counted,
 * and not processed.
 */
export function file(tx: Tx, { raw, hash, stamped, now }: NewMessage): { duplicate: boolean } {
  const duplicate = isCopyOfKnown(tx, raw, hash, stamped, now)
  noteSlot(tx, raw, hash)
  tx.run(
    'INSERT INTO raw (gateway, sim, source, slot, form, pdu, hash, state, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    raw.gateway,
    raw.account,
    raw.source,
    raw.slot ?? null,
    raw.form,
    duplicate ? null : raw.body,
    hash,
    duplicate ? 'duplicate' : 'filed',
    now,
  )
  if (duplicate) count(tx, 'copies')
  else tx.ring('inbox')
  return { duplicate }
}

/** The oldest unprocessed messages. */
export function filed(tx: Tx, { limit }: { limit: number }): FiledMessage[] {
  return tx.all<FiledMessage>(
    `SELECT id, gateway, sim AS account, form, pdu AS body, source, received_at AS receivedAt FROM raw WHERE state = 'filed' ORDER BY id LIMIT ?`,
    limit,
  )
}

/** Settles a report with its segment, or keeps it until its reference is known. */
export function settleReport(
  tx: Tx,
  { raw, report, now }: { raw: number; report: StatusReport; now: number },
): { matched: boolean } {
  const matched = applyReport(tx, report, now)
  if (matched) done(tx, [raw])
  else {
    const document = JSON.stringify(report)
    tx.run(
      `UPDATE raw SET state = 'report', document = ?, reference = ? WHERE id = ? AND state = 'filed'`,
      document,
      keptId(report.reference),
      raw,
    )
  }
  return { matched }
}

/** Keeps an undecodable message and emits an event; it blocks nothing. */
export function quarantine(tx: Tx, { raw, reason, data }: { raw: number; reason: string; data: Document }): void {
  const sql = `UPDATE raw SET state = 'quarantined', document = ? WHERE id = ? AND state = 'filed'`
  if (tx.run(sql, reason, raw).changes > 0) tx.emit(happening('undecodable', data))
}

/** Keeps an unrecognised text without its secrets, for writing a profile. */
export function keepUnknown(tx: Tx, raws: readonly number[], data: Document): void {
  for (const id of raws)
    tx.run(`UPDATE raw SET state = 'quarantined', pdu = NULL, document = ? WHERE id = ?`, JSON.stringify(data), id)
}

/** Stores and emits the result of the search for a profile. */
export function nameUnknown(tx: Tx, { raws, data }: { raws: readonly number[]; data: Document }): void {
  // Its content was deleted while the search went on.
  const sql = 'SELECT text, document FROM incoming WHERE message_id = ?'
  const found = tx.one<Pick<ReceivedRow, 'text' | 'document'>>(sql, data.message_id)
  if (found !== undefined && textOf(found) === null) return
  if (data.device !== null) keepUnknown(tx, raws, data)
  tx.emit(happening('unknown_text', data))
}

/**
 * Marks messages as settled, keeping only their hashes, as their content may have secrets. False when another reader
 * has settled one of them first.
 */
export function done(tx: Tx, raws: readonly number[]): boolean {
  const settle = (id: number) =>
    tx.run(
      `UPDATE raw SET state = 'done', pdu = NULL, document = NULL WHERE id = ? AND state IN ('filed', 'part', 'report')`,
      id,
    ).changes
  return raws.map(settle).every((changes) => changes === 1)
}

/** Reports from before `before`: given up, and reported once by the caller. */
export function orphanedReports(tx: Tx, { before }: { before: number }): StatusReport[] {
  const rows = tx.all<WaitingReport>(
    `SELECT id, sim AS account, document FROM raw WHERE state = 'report' AND received_at < ?`,
    before,
  )
  done(
    tx,
    rows.map((row) => row.id),
  )
  return rows.map((row) => keptReport(row, before))
}
