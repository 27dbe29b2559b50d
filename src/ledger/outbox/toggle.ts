import { deviceState } from '../devices/devices.ts'
import { isInLane } from '../lanes/scheduled.ts'
import type { Tx } from '../tx.ts'
import type { NewSubmission, Refusal, Toggle } from './new-submission.ts'

/** Resolves a TOGGLE: the opposite of the value that an unfinished command will set, else of the current one. */
export function chosen(tx: Tx, { property, whenOn, whenOff, unknown }: Toggle): NewSubmission | Refusal {
  if (whenOn.error === undefined && whenOff.error === undefined) {
    const ahead = digestAhead(tx, whenOn, whenOff)
    if (ahead !== null) return ahead === whenOff.digest ? whenOn : whenOff
  }
  const current = deviceState(tx, { device: unknown.device as string })[property]
  if (current === 'ON' || current === true) return whenOn
  return current === 'OFF' || current === false ? whenOff : unknown
}

/** The later of two unfinished commands of a device; what is scheduled is not ahead. */
function digestAhead(tx: Tx, one: NewSubmission, other: NewSubmission): string | null {
  const values = [one.lane, one.digest, other.digest]
  const row = tx.one<{ digest: string }>(
    `SELECT digest FROM (
       SELECT 1 AS waits, place, send_at, seq, digest FROM submission
         WHERE lane = ? AND ${isInLane} AND digest IN (?, ?)
       UNION ALL SELECT 0 AS waits, place, send_at, seq, digest FROM submission
         WHERE lane = ? AND open > 0 AND digest IN (?, ?)
     ) AS ahead ORDER BY waits DESC, COALESCE(place, seq) DESC, COALESCE(send_at, 0) DESC, seq DESC LIMIT 1`,
    ...values,
    ...values,
  )
  return row?.digest ?? null
}
