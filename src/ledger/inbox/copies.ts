import type { RawMessage } from '../../message/raw.ts'
import type { Tx } from '../tx.ts'

/** The place of a message. */
type Place = Pick<RawMessage, 'gateway' | 'account' | 'source' | 'slot'>

/** Two messages with the same TPDU, of which the second has just been received. */
export interface SecondCopy {
  /** The service centre's stamp, which is part of the TPDU, is readable. */
  readonly stamped: boolean
  /** ms since the first one. */
  readonly age: number
  /** It was found in the slot of the first one when the gateway started, and that one is not known to be deleted. */
  readonly sameSlot: boolean
  /** The same modem has shown it in another place, more often than here: in another memory, or delivered directly. */
  readonly elsewhere: boolean
  /** Another message of the account was received through the gateway between the two. */
  readonly between: boolean
}

/** With a stamp, an equal TPDU within this time is the same message, through any gateway. */
const stampedMs = 30 * 86_400_000
/** Without a stamp, a network or a modem repeats a delivery within this time. */
const unstampedMs = 5 * 60_000

/**
 * Whether it is a copy. A service centre that missed our acknowledgement delivers again, a modem shows a message in two
 * memories, a crash leaves it in its slot. Two equal texts within one second can't be distinguished from that: the
 * second is counted, not published. Without a stamp, an equal text is usually a new one (a position, an alarm), and the
 * centre repeats a delivery before it proceeds to the next message.
 */
export function isCopy({ stamped, age, sameSlot, elsewhere, between }: SecondCopy): boolean {
  if (stamped) return age <= stampedMs
  return sameSlot || (age <= unstampedMs && (elsewhere || !between))
}

/** The latest message with this TPDU that was not a copy. */
interface First {
  readonly id: number
  readonly received_at: number
}

/** Whether a received message is a copy of a stored one. */
export function isCopyOfKnown(tx: Tx, raw: Place, hash: string, stamped: boolean, now: number): boolean {
  // Received in the future: the clock was ahead then, and the age is unknown. A stamp decides nevertheless.
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
    between: first !== undefined && age <= unstampedMs && isBetween(tx, raw, first),
  })
}

function liesStill(tx: Tx, { gateway, slot }: Place, hash: string): boolean {
  const sql = 'SELECT 1 FROM raw WHERE gateway = ? AND slot = ? AND deleted = 0 AND slot IS NOT NULL AND hash = ?'
  return slot !== undefined && tx.one(sql, gateway, slot, hash) !== undefined
}

/** A modem has one copy of a TPDU per place; where it shows it in two places, both show it equally often. */
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

/** The storage of a slot; empty for a direct delivery. */
const placeOf = (slot: string | null): string => slot?.replace(/:\d+$/, '') ?? ''

function isBetween(tx: Tx, { gateway, account }: Place, { id }: First): boolean {
  const sql = `SELECT 1 FROM raw WHERE id > ? AND gateway = ? AND sim = ? AND state <> 'duplicate' LIMIT 1`
  return tx.one(sql, id, gateway, account) !== undefined
}

/** A message was stored from this slot: an earlier one from it is no longer there, unless it is the same. */
export function noteSlot(tx: Tx, { gateway, slot }: Pick<Place, 'gateway' | 'slot'>, hash: string): void {
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
