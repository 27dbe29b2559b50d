import { greater } from '../sql.ts'
import type { Tx } from '../tx.ts'

/** Makes sure that a lane has its row. */
export function touchLane(tx: Tx, key: string): void {
  tx.run(`INSERT INTO lane (key, state) VALUES (?, 'idle') ON CONFLICT (key) DO NOTHING`, key)
}

interface Head {
  readonly seq: number
  readonly priority: number
  readonly client: string
  readonly route: string
  readonly due: number | null
  readonly held: number
}

const heads = 'SELECT seq, priority, client, route, due, held FROM submission WHERE lane = ?'

/**
 * Updates the state of a lane: `open` while one of its commands is unanswered, `idle` with nothing queued, `waiting`
 * for a gap or a retry delay to pass, `asleep` until the device's window, else `ready`. The next text of a command in
 * progress is first, even where the device is `paused`; then by priority and the order of arrival.
 */
export function refreshLane(tx: Tx, key: string, now: number): void {
  const lane = tx.one<{ ready_at: number; sticky: string; awake_until: number; paused: number }>(
    `SELECT ready_at, sticky, awake_until, EXISTS (SELECT 1 FROM pause WHERE scope = lane.key) AS paused
     FROM lane WHERE key = ?`,
    key,
  )
  if (!lane) return
  const open = tx.one<Head>(`${heads} AND open > 0 ORDER BY open LIMIT 1`, key)
  const next = open?.due === null ? undefined : open
  const head = next ?? tx.one<Head>(`${heads} AND status = 'queued' ORDER BY priority DESC, seq LIMIT 1`, key)
  const readyAt = Math.max(lane.ready_at, next?.due ?? 0)
  const isOpen = open !== undefined && next === undefined
  const isAsleep = head?.held === 1 && lane.awake_until <= now
  const state = isOpen
    ? 'open'
    : head === undefined
      ? 'idle'
      : lane.paused === 1 && next === undefined
        ? 'paused'
        : readyAt > now
          ? 'waiting'
          : isAsleep
            ? 'asleep'
            : 'ready'
  const route = routeOf(head?.route ?? '', lane.sticky)
  if (readyAt > lane.ready_at) tx.run('UPDATE lane SET ready_at = ? WHERE key = ?', readyAt, key)
  tx.run(
    'UPDATE lane SET state = ?, route = ?, head_route = ?, head = ?, priority = ?, client = ? WHERE key = ?',
    state,
    route,
    head?.route ?? '',
    head?.seq ?? null,
    head?.priority ?? null,
    head?.client ?? null,
    key,
  )
  if (state === 'ready') tx.ring(`outbox/${route}`)
  if (head !== undefined) tx.ring('deadlines')
}

/** Makes a lane wait until `until`: for a gap between texts, or a retry delay. */
export function holdLane(tx: Tx, key: string, until: number, now: number): void {
  tx.run(`UPDATE lane SET ready_at = ${greater('ready_at')} WHERE key = ?`, until, until, key)
  refreshLane(tx, key, now)
}

/** The device accepts commands until then: those that waited for it are released. */
export function openWindow(tx: Tx, key: string, until: number, now: number): void {
  tx.run(`UPDATE lane SET awake_until = ${greater('awake_until')} WHERE key = ?`, until, until, key)
  refreshLane(tx, key, now)
}

/** Releases lanes whose wait is over, at most `limit` at a time. Returns their number. */
export function wakeLanes(tx: Tx, now: number, limit: number): number {
  const due = tx.all<{ key: string }>(
    `SELECT key FROM lane WHERE state = 'waiting' AND ready_at <= ? ORDER BY ready_at LIMIT ?`,
    now,
    limit,
  )
  for (const { key } of due) refreshLane(tx, key, now)
  return due.length
}

/** The gateway that last served a lane is preferred where its route leaves a choice. */
function routeOf(route: string, sticky: string): string {
  if (route === '') return sticky
  return route.split('|').includes(sticky) ? sticky : route
}
