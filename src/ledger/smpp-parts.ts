import { Fault } from '../message/fault.ts'
import { upsert } from './sql.ts'
import type { Tx } from './tx.ts'

/** Parts of one client that wait for others. */
const maxWaiting = 10_000
/** The others of a text are not expected any longer; a later time was set by a clock that was wrong. */
const maxAgeMs = 86_400_000

/** A part of a long text of a client, as long as others are missing. */
export interface SmppPartRow {
  readonly client: string
  /** Which text it is of: addresses and reference. */
  readonly name: string
  readonly seq: number
  readonly total: number
  /** The text, and the `id` under which it is submitted when it is whole. */
  readonly assembly: string
  readonly text: string
  readonly wants: number
  readonly at: number
}

export interface KeepPartArgs {
  readonly part: Omit<SmppPartRow, 'assembly' | 'at'>
  /** For the first part of a text. */
  readonly assembly: string
  readonly now: number
}

export interface KeptPart {
  readonly assembly: string
  /** All of them in order, where none is missing. */
  readonly whole: readonly SmppPartRow[] | null
  /** Those of an earlier text with the same reference that was never whole. */
  readonly dropped: number
}

/** Keeps a part. One that is sent again changes nothing; another one in its place begins another text. */
export function keepPart(tx: Tx, { part, assembly, now }: KeepPartArgs): KeptPart {
  const { client, name, seq, total, text, wants } = part
  const of = () =>
    tx.all<SmppPartRow>('SELECT * FROM smpp_part WHERE client = ? AND name = ? ORDER BY seq', client, name)
  let kept = of()
  const same = kept.find((one) => one.seq === seq)
  const isOther = kept.length > 0 && (isOld(kept[0] as SmppPartRow, now) || (same !== undefined && same.text !== text))
  const dropped = isOther ? dropParts(tx, { client, name }) : 0
  if (isOther) kept = []
  if (kept.length === 0) assertRoom(tx, client)
  const id = kept[0]?.assembly ?? assembly
  const columns = ['total', 'assembly', 'text', 'wants', 'at']
  if (isOther || same === undefined)
    tx.run(upsert('smpp_part', ['client', 'name', 'seq'], columns), client, name, seq, total, id, text, wants, now)
  const all = of()
  return { assembly: id, whole: all.length === total ? all : null, dropped }
}

/** The text is submitted. */
export function dropParts(tx: Tx, { client, name }: { client: string; name: string }): number {
  return tx.run('DELETE FROM smpp_part WHERE client = ? AND name = ?', client, name).changes
}

/** Gives up the parts whose texts were not whole in time: how many, by client. */
export function lapseParts(tx: Tx, { now }: { now: number }): readonly { client: string; parts: number }[] {
  const old = 'at < ? OR at > ?'
  const times = [now - maxAgeMs, now + maxAgeMs]
  const found = tx.all<{ client: string; parts: number }>(
    `SELECT client, COUNT(*) AS parts FROM smpp_part WHERE ${old} GROUP BY client`,
    ...times,
  )
  if (found.length > 0) tx.run(`DELETE FROM smpp_part WHERE ${old}`, ...times)
  return found
}

const isOld = ({ at }: SmppPartRow, now: number): boolean => Math.abs(now - at) > maxAgeMs

function assertRoom(tx: Tx, client: string): void {
  const last = tx.one('SELECT 1 FROM smpp_part WHERE client = ? LIMIT 1 OFFSET ?', client, maxWaiting - 1)
  if (last !== undefined)
    throw new Fault('queue_full', `${maxWaiting} parts of ${client} wait for the rest of their texts already`)
}
