import type { AnswerSpec } from '../../message/answer-spec.ts'
import { latestSending, type Stamp } from '../../sms/smsc-clock.ts'
import { type TrustRecord, trustRecord } from '../devices/sources.ts'
import { smscClock } from '../gateways/service-centres.ts'
import { graceMs } from '../outbox/states/state.ts'
import { document, type SubmissionRow } from '../rows.ts'
import type { Tx } from '../tx.ts'

/** A command that a text may answer. */
export interface OpenCommand {
  readonly seq: number
  readonly commandId: string
  readonly final: boolean
  /** In doubt, or answered in part, and without its lane: other commands may have left since. */
  readonly released: boolean
  readonly status: string
  readonly expect: 'none' | 'optional' | 'required'
  readonly reason: string | null
  /** ms; null when nothing of it has left yet: then no text can be its answer. */
  readonly writtenAt: number | null
  /** ms until which an answer may reasonably still come. */
  readonly mayAnswerUntil: number
  /** Tells the same command: its answers are interchangeable. */
  readonly digest: string | null
  /** What the profile needs to know its answers. */
  readonly spec: AnswerSpec | null
  /** The texts of the answer that came already. */
  readonly reply: { readonly texts?: number } | null
}

/** Ended commands whose answer may still come are remembered for this long. */
const lateMs = 86_400_000

export interface ReceivedText {
  /** null for a text of a number that is no device. */
  readonly device: string | null
  readonly stamp: Stamp
  readonly centre: string | null
  readonly now: number
}

/**
 * The unanswered command of a device, and those that ended without an answer and might get one still, the latest
 * first; with the latest moment at which the network can have taken the text, so that times can be compared.
 */
export function openCommands(
  tx: Tx,
  { device, stamp, centre, now }: ReceivedText,
): { commands: OpenCommand[]; sentAt: number; trust: TrustRecord | null } {
  const rows =
    device === null
      ? []
      : tx.all<SubmissionRow>(
          `SELECT * FROM submission WHERE lane = ? AND open > 0
           UNION ALL SELECT * FROM (SELECT * FROM submission WHERE device = ? ORDER BY seq DESC LIMIT 20)
             WHERE open = 0 AND spec IS NOT NULL AND (final = 0 OR final_at > ?)`,
          `d:${device}`,
          device,
          now - lateMs,
        )
  return {
    commands: rows.map(openCommand),
    sentAt: latestSending(stamp, smscClock(tx, centre)),
    trust: device === null ? null : trustRecord(tx, device, now),
  }
}

/** Until then the network may still deliver it, and the device take its time; with as much again for a slow one. */
function mayAnswerUntil(row: SubmissionRow): number {
  const arrival = row.delivered_at ?? (row.written_at ?? 0) + (row.valid_for ?? 0) * 1000
  return arrival + 2 * row.within + graceMs
}

function openCommand(row: SubmissionRow): OpenCommand {
  return {
    seq: row.seq,
    commandId: row.command_id,
    final: row.final === 1,
    released: row.final === 0 && row.open === 0,
    status: row.status,
    expect: row.expect,
    reason: row.reason,
    writtenAt: row.written_at,
    mayAnswerUntil: mayAnswerUntil(row),
    digest: row.digest,
    spec: document(row.spec),
    reply: document(row.reply),
  }
}
