import { errorReport, Fault } from '../../message/fault.ts'
import { isoTime, type Reply } from '../../message/result.ts'
import { wakeLanes } from '../lanes/lanes.ts'
import { document, type SubmissionRow } from '../rows.ts'
import type { Tx } from '../tx.ts'
import { advance, awaitsOutcome, follows } from './acts.ts'
import { leaveLane } from './doubt.ts'
import { type Change, move } from './moves.ts'

/** How many rows one sweep touches, so that a flood of deadlines holds up nobody else's commit. */
const batch = 200

/**
 * Ends every wait that is over. Answers whether more is due at once, and when the next deadline falls. While the wall
 * clock is not to be trusted (`hold`) nothing unsafe is expired.
 */
export function sweep(tx: Tx, { now, hold }: { now: number; hold: boolean }): { more: boolean; next: number | null } {
  const woken = wakeLanes(tx, now, batch)
  const late = tx.all<SubmissionRow>(
    `SELECT * FROM submission WHERE status = 'queued' AND expires_at <= ? AND (safe = 1 OR ? = 0) ORDER BY expires_at LIMIT ?`,
    now,
    hold ? 1 : 0,
    batch,
  )
  for (const row of late) expire(tx, row, now)
  const due = tx.all<SubmissionRow>(
    'SELECT * FROM submission WHERE deadline <= ? ORDER BY deadline LIMIT ?',
    now,
    batch,
  )
  for (const row of due) lapse(tx, row, now)
  return {
    more: woken === batch || late.length === batch || due.length === batch,
    next: hold ? null : nextDeadline(tx),
  }
}

function nextDeadline(tx: Tx): number | null {
  const times = [
    tx.one<{ t: number | null }>(`SELECT MIN(ready_at) AS t FROM lane WHERE state = 'waiting'`),
    tx.one<{ t: number | null }>(`SELECT MIN(expires_at) AS t FROM submission WHERE status = 'queued'`),
    tx.one<{ t: number | null }>('SELECT MIN(deadline) AS t FROM submission WHERE deadline IS NOT NULL'),
  ].flatMap((row) => (typeof row?.t === 'number' ? [row.t] : []))
  return times.length === 0 ? null : Math.min(...times)
}

/** The PDU was not written in time: it never will be. */
export function expire(tx: Tx, row: SubmissionRow, now: number): void {
  const seconds = Math.round(((row.expires_at ?? now) - row.queued_at) / 1000)
  const fault = new Fault('ttl_expired', `not sent within ${seconds} s`, {
    expired_at: isoTime(row.expires_at ?? now),
    ...(row.error !== null && { last_error: JSON.parse(row.error) }),
  })
  move(tx, row, { status: 'expired', sms: 'expired', final: true, ok: false, error: errorReport(fault) }, now)
}

/** What the end of the present wait means, by status (design section 3). */
function lapse(tx: Tx, row: SubmissionRow, now: number): void {
  if (row.due !== null) return expire(tx, row, now)
  if (awaitsOutcome(row) && row.in_doubt === 0) {
    const goesOn = follows(tx, row)
    if (goesOn === 'else' || row.expect === 'optional') return advance(tx, row, now)
    move(tx, row, { ...outcomeOfSilence({ ...row, status: 'sent' }), sms: 'sent', final: true }, now)
    return
  }
  if (row.status === 'sending' && row.in_doubt === 0) {
    // Still on its way through the modem: the gateway's own deadline decides, this one only outlives a crash.
    tx.run('UPDATE submission SET deadline = ? WHERE seq = ?', now + 60_000, row.seq)
    return
  }
  if (row.status === 'sending' && row.open > 0) return leaveLane(tx, row, now)
  move(tx, row, { ...outcomeOfSilence(row), final: true }, now)
}

function outcomeOfSilence(row: SubmissionRow): Change {
  if (row.status === 'sending') return { status: 'in_doubt', sms: 'in_doubt', inDoubt: true, ok: null }
  if (row.reason === 'partial') {
    const ok = document<Reply | null>(row.reply)?.matched_by === 'any_text' ? null : true
    return { status: 'replied', ok, reason: 'incomplete', repliedAt: row.delivered_at ?? row.queued_at }
  }
  if (row.expect !== 'required') return { ok: null }
  if (row.reason === 'reply_mismatch') return { status: 'unconfirmed', ok: null }
  const seconds = Math.round(row.within / 1000)
  const silence = row.spec === null ? undefined : (JSON.parse(row.spec) as { silence?: string } | null)?.silence
  const heard = row.heard === null ? null : (JSON.parse(row.heard) as { readonly text: string; readonly hint: string })
  const message =
    heard !== null
      ? `a text came within ${seconds} s and was not understood: ${JSON.stringify(heard.text)}; ${heard.hint}`
      : `no answer within ${seconds} s${silence === undefined ? '' : `. ${silence}`}`
  return {
    status: 'unconfirmed',
    ok: null,
    error: errorReport(
      new Fault('reply_timeout', message, heard === null ? {} : { text: heard.text, hint: heard.hint }),
    ),
  }
}
