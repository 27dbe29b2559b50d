import { isScheduled } from '../lanes/scheduled.ts'
import type { SubmissionRow } from '../rows.ts'
import { byIndex } from '../sql.ts'
import type { Tx } from '../tx.ts'
import { happen } from './moves.ts'

/** Fingerprints of what holds now, by subject. */
export type Held = Readonly<Record<string, readonly string[]>>

export interface ReviewArgs {
  /** Of all subjects that there are, or of those `only`. */
  readonly held: Held
  readonly only: boolean
  readonly now: number
}

interface Made {
  readonly subject: string
  readonly print: string
}

/** Cancels what somebody has scheduled who has no rights any more: all of it, or what is `without` them. */
export function cancelScheduledOf(
  tx: Tx,
  client: string,
  now: number,
  without: (row: SubmissionRow) => boolean = () => true,
): void {
  const sql = `SELECT * FROM submission ${byIndex('submission_scheduled')} WHERE ${isScheduled} AND client = ?`
  for (const row of tx.all<SubmissionRow>(sql, client).filter(without))
    happen(tx, row, { type: 'cancelled', reason: `${client}, who has scheduled it, was removed`, now })
}

/** Another client has what somebody has scheduled. */
export function passScheduledOn(tx: Tx, { from, to }: { from: string; to: string }): void {
  const { changes } = tx.run(
    `UPDATE submission ${byIndex('submission_scheduled')} SET client = ? WHERE ${isScheduled} AND client = ?`,
    to,
    from,
  )
  if (changes === 0) return
  tx.run('UPDATE client SET scheduled = scheduled - ? WHERE id = ?', changes, from)
  tx.run(
    `INSERT INTO client (id, scheduled) VALUES (?, ?)
     ON CONFLICT (id) DO UPDATE SET scheduled = client.scheduled + excluded.scheduled`,
    to,
    changes,
  )
}

const those = `FROM submission ${byIndex('submission_made')} WHERE ${isScheduled} AND made_for`

/**
 * Cancels what was scheduled for a device or a contact as it is no longer: it would go to the old number, or in the old
 * words with the old password. Returns the number.
 */
export function reviewScheduled(tx: Tx, { held, only, now }: ReviewArgs): number {
  const select = `SELECT DISTINCT made_for AS subject, made_from AS print ${those}`
  const made = only
    ? Object.keys(held).flatMap((subject) => tx.all<Made>(`${select} = ?`, subject))
    : tx.all<Made>(`${select} IS NOT NULL`)
  const outdated = made.filter(({ subject, print }) => !held[subject]?.includes(print))
  const rows = outdated.flatMap(({ subject, print }) =>
    tx.all<SubmissionRow>(`SELECT * ${those} = ? AND made_from = ?`, subject, print),
  )
  for (const row of rows) {
    const what = row.device === null ? 'its recipient' : row.device
    happen(tx, row, { type: 'cancelled', reason: `${what} was changed since it was scheduled: request it again`, now })
  }
  return rows.length
}
