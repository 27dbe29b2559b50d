import type { Tx } from './engine.ts'

/** Makes sure that a lane has its row. */
export function touchLane(tx: Tx, key: string): void {
  tx.run(`INSERT OR IGNORE INTO lane (key, state) VALUES (?, 'idle')`, key)
}

/**
 * Works out anew what a lane may do: `open` while one of its commands is unanswered, `idle` with nothing queued,
 * `waiting` for a gap or a back-off to pass, else `ready`. High priority comes first, then the order of arrival.
 */
export function refreshLane(tx: Tx, key: string, now: number): void {
  const open = tx.one('SELECT 1 FROM submission WHERE lane = ? AND open = 1', key) !== undefined
  const head = tx.one<{ seq: number; priority: number; client: string; route: string }>(
    `SELECT seq, priority, client, route FROM submission WHERE lane = ? AND status = 'queued' ORDER BY priority DESC, seq LIMIT 1`,
    key,
  )
  const lane = tx.one<{ ready_at: number; sticky: string }>('SELECT ready_at, sticky FROM lane WHERE key = ?', key)
  if (!lane) return
  const state = open ? 'open' : head === undefined ? 'idle' : lane.ready_at > now ? 'waiting' : 'ready'
  tx.run(
    'UPDATE lane SET state = ?, route = ?, head = ?, priority = ?, client = ? WHERE key = ?',
    state,
    head?.route || lane.sticky,
    head?.seq ?? null,
    head?.priority ?? null,
    head?.client ?? null,
    key,
  )
  if (state === 'ready') tx.ring('outbox')
  if (head !== undefined) tx.ring('deadlines')
}

/** Lets a lane rest until `until`: a gap the device wants, or a back-off. */
export function holdLane(tx: Tx, key: string, until: number, now: number): void {
  tx.run('UPDATE lane SET ready_at = MAX(ready_at, ?) WHERE key = ?', until, key)
  refreshLane(tx, key, now)
}

/** Wakes the lanes whose rest is over; at most `limit` at a time. Returns how many. */
export function wakeLanes(tx: Tx, now: number, limit: number): number {
  const due = tx.all<{ key: string }>(
    `SELECT key FROM lane WHERE state = 'waiting' AND ready_at <= ? ORDER BY ready_at LIMIT ?`,
    now,
    limit,
  )
  for (const { key } of due) refreshLane(tx, key, now)
  return due.length
}
