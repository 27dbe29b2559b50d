import {
  aheadNow,
  learnFromReport,
  learnFromText,
  type ReportedStamp,
  type SmscClock,
  type Stamp,
} from '../../sms/smsc-clock.ts'
import type { Tx } from '../tx.ts'

/** Stored service centres; a country has a few dozen. */
const maxCentres = 500

interface Row {
  readonly ahead: number | null
  readonly at: number
  readonly moved_ahead: number | null
  readonly moved_count: number
  readonly moved_at: number
}

/** The known clock of the service centre with this address; null for an unknown one, or without an address. */
export function smscClock(tx: Tx, address: string | null): SmscClock | null {
  if (address === null) return null
  const row = tx.one<Row>('SELECT * FROM service_centre WHERE address = ?', address)
  if (row === undefined) return null
  const { ahead, at, moved_ahead, moved_count, moved_at } = row
  return { ahead, at, moved: moved_ahead === null ? null : { ahead: moved_ahead, count: moved_count, at: moved_at } }
}

/** How far the clock of a service centre is ahead of ours, in ms; 0 while unknown. */
export function smscAhead(tx: Tx, address: string | null, now: number): number {
  return aheadNow(smscClock(tx, address), now) ?? 0
}

export function learnStamp(tx: Tx, address: string | null, stamp: Stamp): void {
  if (address === null) return
  const clock = learnFromText(smscClock(tx, address), stamp)
  if (clock !== null) keep(tx, address, clock)
}

export function learnReported(tx: Tx, address: string | null, stamp: ReportedStamp): void {
  if (address !== null) keep(tx, address, learnFromReport(smscClock(tx, address), stamp))
}

/** Our clock was set by `delta`: all others are that much less ahead. */
export function shiftSmscClocks(tx: Tx, { delta }: { delta: number }): void {
  tx.run(
    `UPDATE service_centre SET ahead = ahead - ?, at = at + ?, moved_ahead = moved_ahead - ?, moved_at = moved_at + ?`,
    delta,
    delta,
    delta,
    delta,
  )
}

function keep(tx: Tx, address: string, { ahead, at, moved }: SmscClock): void {
  const { changes } = tx.run(
    `UPDATE service_centre SET ahead = ?, at = ?, moved_ahead = ?, moved_count = ?, moved_at = ? WHERE address = ?`,
    ahead,
    at,
    moved?.ahead ?? null,
    moved?.count ?? 0,
    moved?.at ?? 0,
    address,
  )
  if (changes > 0) return
  tx.run(
    `INSERT INTO service_centre (address, ahead, at, moved_ahead, moved_count, moved_at) VALUES (?, ?, ?, ?, ?, ?)`,
    address,
    ahead,
    at,
    moved?.ahead ?? null,
    moved?.count ?? 0,
    moved?.at ?? 0,
  )
  tx.run(
    'DELETE FROM service_centre WHERE address IN (SELECT address FROM service_centre ORDER BY at DESC LIMIT -1 OFFSET ?)',
    maxCentres,
  )
}
