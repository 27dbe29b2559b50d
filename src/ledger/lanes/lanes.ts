import { greater } from '../sql.ts'
import type { Tx } from '../tx.ts'
import { beginning, isInLane, laneOrder } from './scheduled.ts'

/** Makes sure that a lane has its row. */
export function touchLane(tx: Tx, key: string): void {
  tx.run(`INSERT INTO lane (key, state) VALUES (?, 'idle') ON CONFLICT (key) DO NOTHING`, key)
}

/** A lane with what it has to do: its `act`, and what comes next. */
interface LaneWork {
  readonly ready_at: number
  readonly sticky: string
  readonly awake_until: number
  readonly paused: number
  /** The open command whose next text may leave; 0 where the open one has none, null where none is open. */
  readonly act: number | null
  readonly head: number | null
  /** When the life of the head began. */
  readonly head_at: number | null
  readonly priority: number | null
  readonly client: string | null
  readonly route: string | null
  readonly due: number | null
  readonly held: number | null
}

/** The order is that of the lane; but before all the next text of an act that has begun. */
const laneWork = `
  SELECT lane.*, head.seq AS head, ${beginning} AS head_at, head.priority, head.client, head.route, head.due, head.held
  FROM (
    SELECT key, ready_at, sticky, awake_until, EXISTS (SELECT 1 FROM pause WHERE scope = lane.key) AS paused,
      (SELECT CASE WHEN due IS NULL THEN 0 ELSE seq END FROM submission
       WHERE lane = lane.key AND open > 0 ORDER BY open LIMIT 1) AS act
    FROM lane WHERE key = ?) AS lane
  LEFT JOIN submission AS head ON head.seq = CASE WHEN lane.act > 0 THEN lane.act ELSE
    (SELECT seq FROM submission WHERE lane = lane.key AND ${isInLane} ORDER BY ${laneOrder} LIMIT 1) END`

/**
 * Updates the state of a lane: `open` while one of its commands is unanswered, `idle` with nothing queued, `waiting`
 * for a gap or a retry delay to pass, `asleep` until the device's window, else `ready`. The next text of a command in
 * progress is first, even where the device is `paused`; then by priority and the order of arrival.
 */
export function refreshLane(tx: Tx, key: string, now: number): void {
  const lane = tx.one<LaneWork>(laneWork, key)
  if (!lane) return
  const isActing = lane.act !== null && lane.act > 0
  const readyAt = Math.max(lane.ready_at, isActing ? (lane.due ?? 0) : 0)
  const state = stateOf(lane, isActing, readyAt, now)
  const route = routeOf(lane.route ?? '', lane.sticky, key)
  tx.run(
    `UPDATE lane SET state = ?, ready_at = ?, route = ?, head_route = ?, head = ?, head_at = ?, priority = ?, client = ?
     WHERE key = ?`,
    state,
    readyAt,
    route,
    lane.route ?? '',
    lane.head,
    lane.head_at,
    lane.priority,
    lane.client,
    key,
  )
  if (state === 'ready') tx.ring(`outbox/${route}`)
  if (lane.head !== null) tx.ring('deadlines')
}

function stateOf(lane: LaneWork, isActing: boolean, readyAt: number, now: number): string {
  if (lane.act === 0) return 'open'
  if (lane.head === null) return 'idle'
  if (lane.paused === 1 && !isActing) return 'paused'
  if (readyAt > now) return 'waiting'
  return lane.held === 1 && lane.awake_until <= now ? 'asleep' : 'ready'
}

/** Times of submissions were changed. */
export function retimeHeads(tx: Tx): void {
  tx.run(`UPDATE lane SET head_at = (SELECT ${beginning} FROM submission WHERE seq = lane.head) WHERE head IS NOT NULL`)
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

/**
 * The gateway that last served a lane is preferred where its route leaves a choice. In an order (`a>b`) only by
 * devices, which may answer the number that they know: texts to people go back to the first gateway.
 */
function routeOf(route: string, sticky: string, key: string): string {
  if (route === '') return sticky
  if (route.includes('>') && !key.startsWith('d:')) return route
  return route.split(/[|>]/).includes(sticky) ? sticky : route
}
