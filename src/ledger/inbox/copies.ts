import type { RawMessage } from '../../message/raw.ts'
import type { Tx } from '../tx.ts'

/** Where a message was. */
type Place = Pick<RawMessage, 'gateway' | 'source' | 'slot'>

/** What is known of two messages with one and the same TPDU, the second of which has just come. */
export interface SecondCopy {
  /** The stamp of the service centre can be read: it is a part of the TPDU. */
  readonly stamped: boolean
  /** ms since the first one. */
  readonly age: number
  /** It was found where the first one was, when the gateway started, and that one was not seen to be deleted. */
  readonly sameSlot: boolean
  /** The same modem has shown it elsewhere, more often than here: in another memory, or handed over at once. */
  readonly elsewhere: boolean
  /** Something else came through the gateway between the two. */
  readonly between: boolean
}

/** With the stamp of the service centre in it, an equal TPDU within this time is the same message, whoever brings it. */
const stampedMs = 30 * 86_400_000
/** Without one, a network or a modem that hands the same over twice does so within this time. */
const unstampedMs = 5 * 60_000

/**
 * Is it the same message once more? A service centre that missed our acknowledgement delivers again, a modem shows a
 * message in two memories, a crash leaves it in its slot. A sender that says the same twice within one second can't be
 * told from that: its second text is counted, not published. Without a stamp the same text is said again as a rule
 * (a position, an alarm), and the centre repeats a delivery before it goes on to the next message.
 */
export function isCopy({ stamped, age, sameSlot, elsewhere, between }: SecondCopy): boolean {
  if (stamped) return age <= stampedMs
  return sameSlot || (age <= unstampedMs && (elsewhere || !between))
}

/** The latest message with this TPDU that was no copy. */
interface First {
  readonly id: number
  readonly received_at: number
}

/** Whether a message that has just come is a copy of one that is filed. */
export function isCopyOfKnown(tx: Tx, raw: Place, hash: string, stamped: boolean, now: number): boolean {
  // Received in the future: the clock was ahead then, and nobody knows how long ago that is. A stamp tells all the same.
  const first = tx.one<First>(
    `SELECT id, received_at FROM raw WHERE hash = ? AND received_at > ? AND received_at <= ? AND state <> 'duplicate'
     ORDER BY received_at DESC LIMIT 1`,
    hash,
    now - stampedMs,
    stamped ? Number.MAX_SAFE_INTEGER : now,
  )
  const age = first === undefined ? Number.POSITIVE_INFINITY : Math.max(0, now - first.received_at)
  if (stamped) return isCopy({ stamped, age, sameSlot: false, elsewhere: false, between: false })
  return isCopy({
    stamped,
    age,
    sameSlot: raw.source === 'listed' && liesStill(tx, raw, hash),
    elsewhere: isShownElsewhere(tx, raw, hash, now),
    between: first !== undefined && isBetween(tx, raw, first),
  })
}

function liesStill(tx: Tx, { gateway, slot }: Place, hash: string): boolean {
  const sql = 'SELECT 1 FROM raw WHERE gateway = ? AND slot = ? AND deleted = 0 AND slot IS NOT NULL AND hash = ?'
  return slot !== undefined && tx.one(sql, gateway, slot, hash) !== undefined
}

/** A modem puts one TPDU in one place; where it shows it in two, it shows it as often in each of them. */
function isShownElsewhere(tx: Tx, raw: Place, hash: string, now: number): boolean {
  const shown = tx.all<{ slot: string | null; n: number }>(
    'SELECT slot, COUNT(*) AS n FROM raw WHERE hash = ? AND received_at > ? AND received_at <= ? AND gateway = ? GROUP BY slot',
    hash,
    now - unstampedMs,
    now,
    raw.gateway,
  )
  const times = new Map<string, number>()
  for (const { slot, n } of shown) times.set(placeOf(slot), (times.get(placeOf(slot)) ?? 0) + n)
  const here = placeOf(raw.slot ?? null)
  return [...times].some(([place, n]) => place !== here && n > (times.get(here) ?? 0))
}

/** The storage that a slot is in; empty for what came directly. */
const placeOf = (slot: string | null): string => slot?.replace(/:\d+$/, '') ?? ''

function isBetween(tx: Tx, { gateway }: Place, { id }: First): boolean {
  const sql = `SELECT 1 FROM raw WHERE id > ? AND gateway = ? AND state <> 'duplicate' LIMIT 1`
  return tx.one(sql, id, gateway) !== undefined
}

/** A message was filed from this slot: what was filed from it before lies there no more, unless it is the same. */
export function noteSlot(tx: Tx, { gateway, slot }: Place, hash: string): void {
  if (slot === undefined) return
  const sql = 'UPDATE raw SET deleted = 1 WHERE gateway = ? AND slot = ? AND deleted = 0 AND slot IS NOT NULL'
  tx.run(`${sql} AND hash <> ?`, gateway, slot, hash)
}

/** The modem has confirmed that the slot is empty. */
export function noteDeleted(tx: Tx, { gateway, slot }: { gateway: string; slot: string }): void {
  tx.run(
    'UPDATE raw SET deleted = 1 WHERE gateway = ? AND slot = ? AND deleted = 0 AND slot IS NOT NULL',
    gateway,
    slot,
  )
}
