import type { Owner } from '../../message/owner.ts'
import type { GatewayLimits } from '../../message/readings.ts'
import { gatewayQuotas } from '../gateways/gateway-quotas.ts'
import { holdLane, refreshLane } from '../lanes/lanes.ts'
import { isPaused } from '../lanes/pause.ts'
import { type Quota, type Room, room, use } from '../quota.ts'
import { type SegmentRow, type SubmissionRow, segments, submission } from '../rows.ts'
import { byIndex, joinInOrder } from '../sql.ts'
import type { Tx } from '../tx.ts'
import { happen } from './moves.ts'
import { takeRiders } from './riders.ts'
import { secretIn } from './secret-places.ts'
import { type Order, Turns, type TurnsState } from './turns.ts'
import { reportClock } from './waits.ts'

export interface ClaimArgs extends Owner {
  readonly gateway: string
  readonly now: number
  /** Submissions that the gateway has room for; one by default. */
  readonly limit?: number
  readonly turns: TurnsState
  /** Segments that the gateway's SIM may send in each window; null is no limit. */
  readonly limits: GatewayLimits
  /** Routes of several gateways from which this one may claim now. */
  readonly routes: readonly string[]
  /** All routes of several gateways to which this one belongs. */
  readonly shared: readonly string[]
  /** Unavailable gateways: lanes that only prefer them may use this one. */
  readonly absent: readonly string[]
  /** The wall clock can't be trusted: nothing unsafe is sent. */
  readonly safeOnly: boolean
}

/** One submission for one gateway, all its parts. */
export interface Claim {
  readonly seq: number
  readonly commandId: string
  /** Index of the text in its command, from 0. */
  readonly step: number
  readonly device: string | null
  readonly recipient: string
  readonly level: number
  readonly client: string
  readonly safe: boolean
  readonly raw: boolean
  readonly attempts: number
  readonly report: boolean
  readonly expiresAt: number
  /** Concatenation reference of this attempt; null for a single part. */
  readonly reference: number | null
  readonly segments: readonly string[]
  readonly messageClass: 0 | null
  /** Seconds of ringing, for a call. */
  readonly ring: number | null
}

export interface Claimed {
  readonly claims: readonly Claim[]
  /** When the gateway's quota is free again, where only that prevents more claims. */
  readonly blockedUntil: number | null
}

interface NoClaim {
  readonly seq?: undefined
  readonly blockedUntil: number | null
}

/** Interval of checking a command that waits for a trustworthy clock. */
const clockRestMs = 5_000

/** The last turn that a lane got, by store. */
const lastTurns = new WeakMap<Tx, number>()

/** Takes the next submissions for a gateway out of the queue and opens their lanes. */
export function claim(tx: Tx, args: ClaimArgs): Claimed {
  const turns = new Turns(args.turns)
  const quotas = gatewayQuotas(args.gateway, args.limits)
  const find = isPaused(tx, args.gateway) ? nextBegun : nextLane
  const empty = new Set<number>()
  const claims: Claim[] = []
  for (let left = args.limit ?? 1; left > 0; left--) {
    const order = turns.order().filter(({ level }) => !empty.has(level))
    const next = claimOne(tx, args, { order, quotas, find, empty })
    if (next.seq === undefined) return { claims, blockedUntil: next.blockedUntil }
    turns.served(next)
    claims.push(next)
  }
  return { claims, blockedUntil: null }
}

interface Search {
  readonly order: Order
  readonly quotas: readonly Quota[]
  /** Levels without a ready lane: they stay so until a lane of a higher level has another text at its head. */
  readonly empty: Set<number>
  find(tx: Tx, args: ClaimArgs, level: number, after: string): ReadyLane | undefined
}

function claimOne(tx: Tx, args: ClaimArgs, { order, quotas, find, empty }: Search): Claim | NoClaim {
  let blockedUntil: number | null = null
  for (const { level, after } of order) {
    let rooms: readonly Room[] | null = null
    for (;;) {
      const lane = find(tx, args, level, after)
      if (lane === undefined) {
        empty.add(level)
        break
      }
      for (const lower of empty) if (lower < level) empty.delete(lower)
      const row = submission(tx, lane.head) as SubmissionRow
      if (row.expires_at !== null && row.expires_at <= args.now && !(args.safeOnly && row.safe === 0)) {
        happen(tx, row, { type: 'lapsed', now: args.now })
        // What waited behind it may be of any level.
        empty.clear()
        continue
      }
      if (args.safeOnly && row.safe === 0) {
        holdLane(tx, lane.key, args.now + clockRestMs, args.now)
        reportClock(tx, row, args.now)
        continue
      }
      if (row.held === 1 && !isAwake(tx, lane.key, args.now)) {
        refreshLane(tx, lane.key, args.now)
        continue
      }
      // A text with more parts than a limit is sent as the only one in a window: it would block its lane for ever.
      rooms ??= quotas.map((quota) => room(tx, quota, level, args.now))
      const full = rooms.filter(({ left, used }) => left < row.parts && used > 0)
      if (full.length > 0) {
        blockedUntil = Math.max(...full.map(({ freesAt }) => freesAt))
        break
      }
      for (const quota of quotas) use(tx, quota, row.parts, args.now)
      return take(tx, row, args)
    }
  }
  return { blockedUntil }
}

function isAwake(tx: Tx, key: string, now: number): boolean {
  return (tx.one<{ t: number }>('SELECT awake_until AS t FROM lane WHERE key = ?', key)?.t ?? 0) > now
}

interface ReadyLane {
  readonly key: string
  readonly head: number
  readonly turn: number
}

/** Ready lanes of a route; with `headRoute`, only lanes that prefer the route and whose head may use that one. */
interface Way {
  readonly route: string
  readonly headRoute?: string
}

/** Round robin over clients, then over their lanes, the one served longest ago first. */
function nextLane(
  tx: Tx,
  { gateway, routes, shared, absent }: ClaimArgs,
  level: number,
  after: string,
): ReadyLane | undefined {
  const ways: Way[] = [
    ...[gateway, ...routes].map((route) => ({ route })),
    ...absent.flatMap((other) => shared.map((headRoute) => ({ route: other, headRoute }))),
  ]
  const values = ways.flatMap(({ route, headRoute }) => {
    const way = headRoute === undefined ? [route] : [route, headRoute]
    return [...way, level, after, ...way, level, '']
  })
  return tx.one<ReadyLane>(nextSql(1 + routes.length, ways.length), ...values)
}

const nextSqls = new Map<number, string>()

/** The statement for so many ways, of which the first `plain` have no `headRoute`. */
function nextSql(plain: number, ways: number): string {
  const key = plain * 1_000 + ways
  const known = nextSqls.get(key)
  if (known !== undefined) return known
  const firsts = Array.from({ length: ways }, (_, i) => (i < plain ? firstReady : firstSticking))
  const sql = `SELECT key, head, turn FROM lane WHERE key IN (${firsts.join(', ')}) ORDER BY turn LIMIT 1`
  nextSqls.set(key, sql)
  return sql
}

/** The next client after the one that was served last, or else the first one. */
const nextClient = (from: string): string => {
  const first = `(SELECT key ${from} AND priority = ? AND client > ? ORDER BY client, turn LIMIT 1)`
  return `COALESCE(${first}, ${first})`
}

const firstReady = nextClient(`FROM lane ${byIndex('lane_ready')} WHERE state = 'ready' AND route = ?`)
const firstSticking = nextClient(
  `FROM lane ${byIndex('lane_stuck')} WHERE state = 'ready' AND head_route <> route AND route = ? AND head_route = ?`,
)

/** While the queue is paused: the next text of a command in progress. Few are open then, so the join starts there. */
function nextBegun(tx: Tx, { gateway, routes }: ClaimArgs, level: number): ReadyLane | undefined {
  return tx.one<ReadyLane>(
    `SELECT lane.key, lane.head, lane.turn FROM submission AS act ${byIndex('submission_lane_open')}
       ${joinInOrder} lane ON lane.key = act.lane AND lane.head = act.seq
     WHERE act.open > 0 AND act.due IS NOT NULL AND lane.state = 'ready' AND lane.priority = ?
       AND lane.route IN (?${', ?'.repeat(routes.length)}) ORDER BY lane.turn LIMIT 1`,
    level,
    gateway,
    ...routes,
  )
}

function take(tx: Tx, row: SubmissionRow, args: ClaimArgs): Claim {
  const turn = Math.max((lastTurns.get(tx) ?? 0) + 1, args.now)
  lastTurns.set(tx, turn)
  tx.run(`UPDATE lane SET turn = ? WHERE key = ?`, turn, row.lane)
  if (row.attempts > 0)
    tx.run(
      `UPDATE segment SET outcome = 'waiting', sim = NULL, reference = NULL, written_at = NULL WHERE submission = ? AND part > 0`,
      row.seq,
    )
  const { gateway, owner, epoch, now } = args
  const taken = happen(tx, row, { type: 'claimed', gateway, owner, epoch, carrier: null, now }) as SubmissionRow
  const text = row.joins === null ? null : takeRiders(tx, taken, now)
  return {
    seq: row.seq,
    commandId: row.command_id,
    step: row.step,
    device: row.device,
    recipient: row.recipient as string,
    level: row.priority,
    client: row.client,
    safe: row.safe === 1,
    raw: row.verb === 'text' || row.verb === 'send',
    attempts: taken.attempts,
    report: row.report === 1,
    expiresAt: row.expires_at as number,
    reference: row.parts > 1 ? nextReference(tx, row.recipient as string, now) : null,
    segments: text === null ? segments(tx, row.seq).map((segment) => textOf(tx, segment)) : [text],
    messageClass: row.message_class,
    ring: row.ring,
  }
}

const textOf = (tx: Tx, { text, slot }: SegmentRow): string => (slot === null ? (text as string) : secretIn(tx, slot))

/** A concatenation reference that this recipient has not seen for 255 messages. */
function nextReference(tx: Tx, recipient: string, now: number): number {
  tx.run(
    `INSERT INTO concatenation (recipient, reference, at) VALUES (?, 1, ?)
     ON CONFLICT (recipient) DO UPDATE SET reference = (reference + 1) % 256, at = excluded.at`,
    recipient,
    now,
  )
  return (
    tx.one<{ reference: number }>('SELECT reference FROM concatenation WHERE recipient = ?', recipient)?.reference ?? 0
  )
}
