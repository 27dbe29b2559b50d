import type { Tx } from '../tx.ts'
import type { LogIn } from './access-rows.ts'

/** Sessions of a user at the same time: the one that was not used for the longest time ends first. */
const maxOfUser = 20

/** What ends a session: not used for `idleMs`, or `longestMs` old. */
export const logInSpans = { idleMs: 12 * 3_600_000, longestMs: 30 * 86_400_000 } as const

/** Stores a new session; those that are over are deleted. */
export function keepLogIn(tx: Tx, { logIn, now }: { logIn: LogIn; now: number }): void {
  const { id, hash, user, proof, secure, address, agent, startedAt, usedAt } = logIn
  const { idleMs, longestMs } = logInSpans
  tx.run('DELETE FROM log_in WHERE used_at < ? OR started_at < ?', now - idleMs, now - longestMs)
  tx.run(
    `INSERT INTO log_in (id, hash, user_name, proof, secure, address, agent, started_at, used_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    hash,
    user,
    proof,
    secure ? 1 : 0,
    address,
    agent,
    startedAt,
    usedAt,
  )
  tx.run(
    `DELETE FROM log_in WHERE user_name = ? AND id NOT IN
       (SELECT id FROM log_in WHERE user_name = ? ORDER BY used_at DESC, started_at DESC LIMIT ?)`,
    user,
    user,
    maxOfUser,
  )
}

export function dropLogIn(tx: Tx, { id }: { id: string }): void {
  tx.run('DELETE FROM log_in WHERE id = ?', id)
}

/** When keys and sessions were used last. */
export function noteUses(
  tx: Tx,
  { keys, logIns }: { keys: Readonly<Record<string, number>>; logIns: Readonly<Record<string, number>> },
): void {
  for (const [id, at] of Object.entries(keys)) tx.run('UPDATE api_key SET used_at = ? WHERE id = ?', at, id)
  for (const [id, at] of Object.entries(logIns)) tx.run('UPDATE log_in SET used_at = ? WHERE id = ?', at, id)
}
