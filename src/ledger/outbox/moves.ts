import { endChange } from '../devices/learned-settings.ts'
import { refreshLane, touchLane } from '../lanes/lanes.ts'
import type { SubmissionRow } from '../rows.ts'
import { greater } from '../sql.ts'
import type { Tx } from '../tx.ts'
import { followingOf, placeNextText } from './acts.ts'
import { emitLateReply, emitResult, emitSmsStatus } from './emit-results.ts'
import { forgetSecrets } from './secret-places.ts'
import type { Effect } from './states/effects.ts'
import type { Event } from './states/event.ts'
import { stateOf } from './states/state.ts'
import { next } from './states/table.ts'

/** An event of a submission. */
interface Moved {
  readonly before: SubmissionRow
  readonly after: SubmissionRow
  readonly event: Event
}

/**
 * Applies an event to a submission: asks the table, saves the row and carries out the effects, all in this transaction.
 * Returns the new row; null where the event changes nothing.
 */
export function happen(tx: Tx, row: SubmissionRow, event: Event): SubmissionRow | null {
  const moved = next(stateOf(row, followingOf(tx, row)), event)
  if (moved === null) return null
  save(tx, row.seq, moved.columns)
  const after = { ...row, ...moved.columns }
  for (const effect of moved.effects) carryOut[effect](tx, { before: row, after, event })
  return after
}

/** Cached statements: each kind of move always has the same columns. */
function save(tx: Tx, seq: number, columns: Partial<SubmissionRow>): void {
  const names = Object.keys(columns)
  if (names.length === 0) return
  const set = names.map((name) => `${name} = ?`).join(', ')
  tx.run(`UPDATE submission SET ${set} WHERE seq = ?`, ...Object.values(columns), seq)
}

const carryOut: Readonly<Record<Effect, (tx: Tx, moved: Moved) => void>> = {
  stick_to_gateway: (tx, { after: { lane, gateway } }) => {
    if (lane !== null && gateway !== null) tx.run('UPDATE lane SET sticky = ? WHERE key = ?', gateway, lane)
  },
  end_change: (tx, { after }) => endChange(tx, after, after.status, after.ok === null ? null : after.ok === 1),
  forget_text: (tx, { after: { seq, last, private: isPrivate } }) => {
    if (isPrivate === 1) forgetSecrets(tx, seq)
    else tx.run('UPDATE segment SET text = NULL WHERE submission = ?', seq)
    if (last > 0) tx.run('DELETE FROM step WHERE submission = ?', seq)
    tx.ring('wiped')
  },
  next_text: (tx, { before }) => placeNextText(tx, before),
  watch_deadline: (tx) => tx.ring('deadlines'),
  rest_lane: (tx, { after: { lane, written_at, gap } }) => {
    const until = (written_at as number) + gap
    tx.run(`UPDATE lane SET ready_at = ${greater('ready_at')} WHERE key = ?`, until, until, lane)
  },
  leave_queue: (tx, { after }) => {
    tx.run('UPDATE client SET queued = queued - 1 WHERE id = ? AND queued > 0', after.client)
  },
  enter_queue: (tx, { after }) => {
    tx.run('UPDATE client SET queued = queued + 1 WHERE id = ?', after.client)
  },
  leave_schedule: (tx, { after }) => {
    tx.run('UPDATE client SET scheduled = scheduled - 1 WHERE id = ? AND scheduled > 0', after.client)
  },
  join_lane: (tx, { after }) => {
    tx.run('UPDATE submission SET place = (SELECT MAX(seq) FROM submission) WHERE seq = ?', after.seq)
    touchLane(tx, after.lane as string)
  },
  refresh_lane: (tx, { after, event }) => refreshLane(tx, after.lane as string, event.now),
  publish_result: (tx, { after, event }) => emitResult(tx, after, event.now),
  publish_sms_status: (tx, { after, event }) => emitSmsStatus(tx, after, event.now),
  make_way: (tx, { after, event }) => {
    const lane = tx.one<{ priority: number | null }>('SELECT priority FROM lane WHERE key = ?', after.lane)
    if ((lane?.priority ?? 0) >= 2) overtake(tx, after.lane as string, event.now)
  },
  publish_late_reply: (tx, { after, event }) => emitLateReply(tx, after, event),
}

/** A high-priority command is in the lane: open commands give way where they can. */
export function overtake(tx: Tx, lane: string, now: number): void {
  const rows = tx.all<SubmissionRow>('SELECT * FROM submission WHERE lane = ? AND open > 0', lane)
  for (const row of rows) happen(tx, row, { type: 'overtaken', now })
}
