import { deviceState } from './devices.ts'
import type { Tx } from './engine.ts'
import type { NewSubmission, Refusal, Toggle } from './enqueue.ts'

/** What a TOGGLE comes to: the other value than the one that an unfinished command will set, else than the present one. */
export function chosen(tx: Tx, { property, whenOn, whenOff, unknown }: Toggle): NewSubmission | Refusal {
  if (whenOn.error !== undefined || whenOff.error !== undefined) return whenOn.error === undefined ? whenOff : whenOn
  const pending = tx.one<{ digest: string }>(
    `SELECT digest FROM (
       SELECT seq, digest FROM submission WHERE lane = ? AND status = 'queued' AND digest IN (?, ?)
       UNION ALL SELECT seq, digest FROM submission WHERE lane = ? AND open > 0 AND digest IN (?, ?)
     ) ORDER BY seq DESC LIMIT 1`,
    ...[whenOn.lane, whenOn.digest, whenOff.digest],
    ...[whenOn.lane, whenOn.digest, whenOff.digest],
  )
  if (pending !== undefined) return pending.digest === whenOn.digest ? whenOff : whenOn
  const current = deviceState(tx, { device: whenOn.device as string })[property]
  if (current === 'ON' || current === true) return whenOn
  return current === 'OFF' || current === false ? whenOff : unknown
}
