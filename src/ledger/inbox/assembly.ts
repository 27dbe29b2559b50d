import type { Tx } from '../tx.ts'

/** A segment of a long text. */
export interface NewPart {
  readonly raw: number
  /** SIM, originator, reference with its width, and total. */
  readonly key: string
  /** Its sender, for whom the number of incomplete texts is limited. */
  readonly sender: string
  readonly part: number
  readonly total: number
  /** TP-SCTS in ms, or the time of reception where that is unreadable. */
  readonly scts: number
  /** The input of `sms/join-segments.ts`. */
  readonly content: string
  readonly now: number
}

export interface Assembly {
  readonly id: string
  readonly total: number
  readonly parts: readonly { readonly raw: number; readonly part: number; readonly content: string }[]
  /** One of its segments could belong to another set: the text may be mixed up. */
  readonly uncertain: boolean
}

export interface Assembled {
  /** The completed set; null while segments are missing. */
  readonly complete: Assembly | null
  /** The segment is in its set already. */
  readonly copy: boolean
  /** Sets that are given up, as there are too many. */
  readonly givenUp: readonly Assembly[]
}

interface PartRow {
  readonly assembly: string
  readonly part: number
  readonly raw: number
  readonly total: number
  readonly scts: number
  readonly content: string
  readonly uncertain: number
}

/** References wrap around: segments of one text are not further apart than this. */
const spreadMs = 86_400_000
/** Segments of one text are stamped within seconds: a set that is nearer by this is the right one. */
const clearMs = 60_000
/** Incomplete sets of a sender; beyond them the oldest is given up. */
const maxPerSender = 200
/** Incomplete sets of all senders. */
const maxSets = 2_000

/**
 * Adds a segment to its set. The last missing one completes the set, which is returned without storing the segment in
 * it: after a crash before the text is settled, the same set is found again.
 *
 * A known sequence number with other content begins another set (TS 23.040 clause 9.2.3.24.1). Further segments belong
 * to the set that is nearest in stamp. Among about equally near ones, one whose stamps rise with its sequence numbers
 * is preferred, then the nearest, then the newest. Order within a minute proves no more: senders submit segments in
 * parallel, and different nodes of a service centre stamp them. Without stamps, the order of arrival counts.
 */
export function assemble(tx: Tx, part: NewPart): Assembled {
  if (!isFiled(tx, part.raw)) return { complete: null, copy: false, givenUp: [] }
  const sets = [...openSets(tx, part.key)].reverse()
  if (sets.some(([, rows]) => rows.some((row) => row.part === part.part && isSame(row.content, part.content)))) {
    tx.run(`UPDATE raw SET state = 'duplicate', pdu = NULL WHERE id = ?`, part.raw)
    return { complete: null, copy: true, givenUp: [] }
  }
  const open = sets
    .map(([id, rows]) => ({ id, rows, distance: distanceTo(rows, part), inOrder: disorder(rows, part) === 0 }))
    .filter(({ rows, distance }) => distance <= spreadMs && rows.every((row) => row.part !== part.part))
    .sort((a, b) => a.distance - b.distance)
  const nearest = open[0]?.distance ?? 0
  const [best, ...rivals] = open
    .filter(({ distance }) => distance < nearest + clearMs)
    .sort((a, b) => Number(b.inOrder) - Number(a.inOrder))
  if (best === undefined) return beginSet(tx, part, new Map(sets))
  // A segment in the wrong set is missing in the other, where a foreign one may take its place.
  for (const { id } of rivals) tx.run('UPDATE part SET uncertain = 1 WHERE assembly = ?', id)
  return addTo(tx, best.id, best.rows, part, rivals.length > 0)
}

/** It may have been added to its set, or settled, by a concurrent reader. */
function isFiled(tx: Tx, raw: number): boolean {
  return tx.one(`SELECT 1 AS is_filed FROM raw WHERE id = ? AND state = 'filed'`, raw) !== undefined
}

/** Stores the segment in its set, or completes the set. */
function addTo(tx: Tx, id: string, rows: readonly PartRow[], part: NewPart, uncertain: boolean): Assembled {
  if (rows.length + 1 === part.total) {
    const all = [...rows, { ...part, uncertain: uncertain || isSpread([...rows, part]) ? 1 : 0 }]
    return { complete: assembly(id, part.total, all), copy: false, givenUp: [] }
  }
  insert(tx, id, part, uncertain)
  return { complete: null, copy: false, givenUp: [] }
}

/**
 * Begins a new set. Earlier segments of another set that are nearer to this one than to their own belong to this text.
 */
function beginSet(tx: Tx, part: NewPart, sets: ReadonlyMap<string, readonly PartRow[]>): Assembled {
  const id = sets.size === 0 ? part.key : `${part.key}\u0001${freeNumber(sets, part.key)}`
  const rivals = [...sets.values()].filter((rows) => rows.some((row) => row.part === part.part))
  const mine = rivals.flatMap((rows) => rows.filter((row) => row.part !== part.part && isNearer(row, part, rows)))
  // For texts stamped at the same time, other segments may be in the wrong set as well.
  const near = rivals.flatMap((rows) => rows.filter(({ scts }) => Math.abs(scts - part.scts) <= clearMs))
  for (const { assembly: other } of near) tx.run('UPDATE part SET uncertain = 1 WHERE assembly = ?', other)
  for (const row of mine) {
    tx.run('UPDATE part SET assembly = ? WHERE assembly = ? AND part = ?', id, row.assembly, row.part)
  }
  const added = addTo(tx, id, mine, part, false)
  return { ...added, givenUp: tooMany(tx, part) }
}

function isNearer(row: PartRow, part: NewPart, rows: readonly PartRow[]): boolean {
  const others = rows.filter((other) => other.part !== row.part).map((other) => Math.abs(other.scts - row.scts))
  return Math.abs(row.scts - part.scts) + clearMs < Math.min(...others)
}

/** Whether there are minutes between two neighbours: they may be of two texts, each of which lost a segment. */
function isSpread(rows: readonly { readonly scts: number }[]): boolean {
  const stamps = rows.map(({ scts }) => scts).sort((a, b) => a - b)
  return stamps.some((stamp, i) => i > 0 && stamp - (stamps[i - 1] as number) > clearMs)
}

/** Whether it is the same segment: equal content and stamp. */
function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((content) => {
    const { text, data, scts } = JSON.parse(content) as { text?: string; data?: string; scts: number | null }
    return JSON.stringify([text, data, scts])
  })
  return one === other
}

/** Distance of a segment from a set by stamp. Infinite where it was stamped long before one that it follows. */
function distanceTo(rows: readonly PartRow[], part: NewPart): number {
  const stamped = isStamped(part) ? rows.filter(isStamped) : []
  if (disorder(stamped, part) > clearMs) return Number.POSITIVE_INFINITY
  return Math.min(...rows.map((row) => Math.abs(row.scts - part.scts)))
}

/** By how much stamps decrease with rising sequence numbers, in ms. */
function disorder(rows: readonly PartRow[], part: NewPart): number {
  return Math.max(0, ...rows.map((row) => Math.sign(part.part - row.part) * (row.scts - part.scts)))
}

/** Whether the service centre's stamp was readable, and is not replaced by the time of arrival. */
function isStamped({ content }: { readonly content: string }): boolean {
  return (JSON.parse(content) as { scts: number | null }).scts !== null
}

/** Limits incomplete sets, so that a sender can't fill the disk. */
function tooMany(tx: Tx, { sender }: NewPart): Assembly[] {
  const oldest = (where: string, ...values: unknown[]) =>
    tx.all<{ assembly: string }>(
      `SELECT assembly FROM part ${where} GROUP BY assembly ORDER BY MIN(raw) DESC LIMIT -1 OFFSET ?`,
      ...values,
    )
  const [first] = [...oldest('WHERE sender = ?', sender, maxPerSender), ...oldest('', maxSets)]
  return first === undefined ? [] : [setOf(tx, first.assembly)]
}

/** The sets of this key, the oldest first. */
function openSets(tx: Tx, key: string): Map<string, PartRow[]> {
  const rows = tx.all<PartRow>(
    `SELECT * FROM part WHERE assembly = ? OR (assembly > ? AND assembly < ?) ORDER BY assembly, part`,
    key,
    `${key}\u0001`,
    `${key}\u0002`,
  )
  const sets = new Map<string, PartRow[]>()
  for (const row of rows) sets.set(row.assembly, [...(sets.get(row.assembly) ?? []), row])
  const born = (of: readonly PartRow[]) => Math.min(...of.map(({ raw }) => raw))
  return new Map([...sets].sort(([, a], [, b]) => born(a) - born(b)))
}

function freeNumber(sets: ReadonlyMap<string, unknown>, key: string): number {
  let n = 2
  while (sets.has(`${key}\u0001${n}`)) n++
  return n
}

function insert(tx: Tx, id: string, part: NewPart, uncertain: boolean): void {
  tx.run(
    'INSERT INTO part (assembly, part, raw, total, scts, content, received_at, sender, uncertain) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    id,
    part.part,
    part.raw,
    part.total,
    part.scts,
    part.content,
    part.now,
    part.sender,
    uncertain ? 1 : 0,
  )
  tx.run(`UPDATE raw SET state = 'part' WHERE id = ?`, part.raw)
}

function assembly(
  id: string,
  total: number,
  rows: readonly { raw: number; part: number; content: string; uncertain?: number }[],
): Assembly {
  const parts = rows.map(({ raw, part, content }) => ({ raw, part, content })).sort((a, b) => a.part - b.part)
  return { id, total, parts, uncertain: rows.some(({ uncertain }) => uncertain === 1) }
}

/** Sets that have waited too long for their missing segments. */
export function staleAssemblies(tx: Tx, { before }: { before: number }): Assembly[] {
  const old = tx.all<{ assembly: string }>(
    'SELECT assembly FROM part GROUP BY assembly HAVING MAX(received_at) < ? LIMIT 100',
    before,
  )
  return old.map((row) => setOf(tx, row.assembly))
}

function setOf(tx: Tx, id: string): Assembly {
  const rows = tx.all<PartRow>('SELECT * FROM part WHERE assembly = ? ORDER BY part', id)
  return assembly(id, rows[0]?.total ?? 0, rows)
}
