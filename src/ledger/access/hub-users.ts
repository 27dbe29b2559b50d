import { Fault } from '../../message/fault.ts'
import { cancelScheduledOf } from '../outbox/review-scheduled.ts'
import { upsert } from '../sql.ts'
import type { Tx } from '../tx.ts'
import type { HubUser } from './access-rows.ts'

const maxUsers = 200

/** Stores a new or changed user. */
export function keepUser(tx: Tx, { user }: { user: HubUser }): void {
  const { name, password, rights, createdAt, changedAt } = user
  const others = tx.one<{ n: number }>('SELECT COUNT(*) AS n FROM hub_user WHERE name <> ?', name)
  if ((others?.n ?? 0) >= maxUsers) throw new Fault('queue_full', `there are ${maxUsers} users`)
  const columns = ['password', 'rights', 'created_at', 'changed_at']
  tx.run(upsert('hub_user', ['name'], columns), name, password, JSON.stringify(rights), createdAt, changedAt)
}

/** Sets another password and ends the sessions of the one before. */
export function changePassword(tx: Tx, { name, password, now }: { name: string; password: string; now: number }): void {
  tx.run('UPDATE hub_user SET password = ?, changed_at = ? WHERE name = ?', password, now, name)
  tx.run('DELETE FROM log_in WHERE user_name = ?', name)
}

/** Removes a user and ends its sessions. */
export function dropUser(tx: Tx, { name, now }: { name: string; now: number }): void {
  cancelScheduledOf(tx, `user:${name}`, now)
  tx.run('DELETE FROM hub_user WHERE name = ?', name)
  tx.run('DELETE FROM log_in WHERE user_name = ?', name)
}
