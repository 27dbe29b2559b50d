import type { AnswerSpec } from '../../message/answer-spec.ts'
import { latestSending, type Stamp } from '../../sms/smsc-clock.ts'
import { type TrustRecord, trustRecord } from '../devices/sources.ts'
import { smscClock } from '../gateways/service-centres.ts'
import { laneOrder } from '../lanes/scheduled.ts'
import { graceMs } from '../outbox/states/state.ts'
import { document, type SubmissionRow } from '../rows.ts'
import { byIndex } from '../sql.ts'
import type { Tx } from '../tx.ts'

/** A command that a text may answer. */
export interface OpenCommand {
  readonly seq: number
  readonly commandId: string
  readonly final: boolean
  /** In doubt, or answered in part, and without its lane: other commands may have been sent since. */
  readonly released: boolean
  readonly status: string
  readonly expect: 'none' | 'optional' | 'required'
  readonly reason: string | null
  /** ms; null while nothing of it is sent: then no text can be its answer. */
  readonly writtenAt: number | null
  /** Time until which an answer can be expected, in ms. */
  readonly mayAnswerUntil: number
  /** Identity of equal commands, whose answers are interchangeable. */
  readonly digest: string | null
  /** For recognising its answers. */
  readonly spec: AnswerSpec | null
  /** The received texts of its answer. */
  readonly reply: { readonly texts?: number } | null
}

/** Ended commands can still be answered for this time. */
const lateMs = 86_400_000

export interface ReceivedText {
  /** null for a text of an unknown number. */
  readonly device: string | null
  readonly stamp: Stamp
  readonly centre: string | null
  readonly now: number
}

/** How far back is looked for what may still be answered. */
const maxSent = 20

/** Those that share a text are in its order. */
const unanswered = `SELECT * FROM submission WHERE lane = ? AND open > 0 ORDER BY open, ${laneOrder}`
const lastSent = `SELECT * FROM submission ${byIndex('submission_written')}
  WHERE device = ? AND written_at IS NOT NULL ORDER BY written_at DESC, seq DESC LIMIT ${maxSent}`

/**
 * The unanswered command of a device, and those that ended without an answer and may still get one, the last sent first;
 * with the latest time at which the network can have accepted the text, for comparison.
 */
export function openCommands(
  tx: Tx,
  { device, stamp, centre, now }: ReceivedText,
): { commands: OpenCommand[]; sentAt: number; trust: TrustRecord | null } {
  const rows =
    device === null
      ? []
      : tx.all<SubmissionRow>(
          `SELECT * FROM (${unanswered})
           UNION ALL SELECT * FROM (${lastSent})
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

/** End of the time for delivery by the network and for the answer, with twice the time for slow devices. */
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
