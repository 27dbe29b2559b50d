import type { Tx } from '../tx.ts'

/** One segment of a long text. */
export interface NewPart {
  readonly raw: number
  /** SIM, originator, reference with its width, and total. */
  readonly key: string
  /** Whose it is: nobody may begin any number of texts. */
  readonly sender: string
  readonly part: number
  readonly total: number
  /** TP-SCTS in ms, or when it was received where that is unreadable. */
  readonly scts: number
  /** What `sms/join-segments.ts` needs of it. */
  readonly content: string
  readonly now: number
}

export interface Assembly {
  readonly id: string
  readonly total: number
  readonly parts: readonly { readonly raw: number; readonly part: number; readonly content: string }[]
  /** Another set could have been meant by one of its segments: nobody can say that the text is whole. */
  readonly uncertain: boolean
}

export interface Assembled {
  /** The set that is complete now; null while segments are missing. */
  readonly complete: Assembly | null
  /** The segment is in its set already. */
  readonly copy: boolean
  /** Sets of this sender that are given up, as it has too many. */
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

/** The same reference comes round: segments of one text are not further apart than this. */
const spreadMs = 86_400_000
/** Segments of one text are stamped within seconds: a set that is nearer by this is meant for certain. */
const clearMs = 60_000
/** Sets of one sender that wait for segments; beyond them the oldest is given up. */
const mostOfSender = 200
/** Sets of all senders. */
const mostInAll = 2_000

/**
 * Adds a segment to its set. With the last one missing the whole set comes back, the new segment still unfiled in it:
 * so a crash before the text is settled finds the same set again.
 *
 * A sequence number that is there with other content begins another set (TS 23.040 clause 9.2.3.24.1). What comes then
 * belongs to the set that is nearest in stamp. Among those that are about as near it is of one whose stamps rise with
 * its sequence numbers, the nearest, the newest. Order within a minute proves no more than that: senders hand segments
 * over in parallel, and two nodes of one service centre stamp them. Without stamps it is that of their arrival.
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
  // What goes into the wrong one of them is missing in the other, and may be replaced there by what is not its own.
  for (const { id } of rivals) tx.run('UPDATE part SET uncertain = 1 WHERE assembly = ?', id)
  return addTo(tx, best.id, best.rows, part, rivals.length > 0)
}

/** Another look may have taken it into its set, or settled it. */
function isFiled(tx: Tx, raw: number): boolean {
  return tx.one(`SELECT 1 AS is_filed FROM raw WHERE id = ? AND state = 'filed'`, raw) !== undefined
}

/** The segment is kept with its set, or completes it. */
function addTo(tx: Tx, id: string, rows: readonly PartRow[], part: NewPart, uncertain: boolean): Assembled {
  if (rows.length + 1 === part.total) {
    const all = [...rows, { ...part, uncertain: uncertain || isSpread([...rows, part]) ? 1 : 0 }]
    return { complete: assembly(id, part.total, all), copy: false, givenUp: [] }
  }
  insert(tx, id, part, uncertain)
  return { complete: null, copy: false, givenUp: [] }
}

/**
 * The segment stands in no set that is there. Segments that wait in another one and are nearer to this one than to
 * their own came first and are of this text.
 */
function beginSet(tx: Tx, part: NewPart, sets: ReadonlyMap<string, readonly PartRow[]>): Assembled {
  const id = sets.size === 0 ? part.key : `${part.key}\u0001${freeNumber(sets, part.key)}`
  const rivals = [...sets.values()].filter((rows) => rows.some((row) => row.part === part.part))
  const mine = rivals.flatMap((rows) => rows.filter((row) => row.part !== part.part && isNearer(row, part, rows)))
  // Of texts that are stamped at the same time nobody knows what else went into the wrong set.
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

/** Are there minutes between two neighbours? Then it may be two texts of which each lost a segment. */
function isSpread(rows: readonly { readonly scts: number }[]): boolean {
  const stamps = rows.map(({ scts }) => scts).sort((a, b) => a - b)
  return stamps.some((stamp, i) => i > 0 && stamp - (stamps[i - 1] as number) > clearMs)
}

/** The same segment once more: what it says, and when the service centre took it. */
function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((content) => {
    const { text, data, scts } = JSON.parse(content) as { text?: string; data?: string; scts: number | null }
    return JSON.stringify([text, data, scts])
  })
  return one === other
}

/** How far a segment is from a set in stamp. Infinite where it was stamped long before one that it follows. */
function distanceTo(rows: readonly PartRow[], part: NewPart): number {
  const stamped = isStamped(part) ? rows.filter(isStamped) : []
  if (disorder(stamped, part) > clearMs) return Number.POSITIVE_INFINITY
  return Math.min(...rows.map((row) => Math.abs(row.scts - part.scts)))
}

/** By how much stamps fall while sequence numbers rise, in ms. */
function disorder(rows: readonly PartRow[], part: NewPart): number {
  return Math.max(0, ...rows.map((row) => Math.sign(part.part - row.part) * (row.scts - part.scts)))
}

/** The service centre's stamp could be read: the time of arrival does not stand in for it. */
function isStamped({ content }: { readonly content: string }): boolean {
  return (JSON.parse(content) as { scts: number | null }).scts !== null
}

/** A sender that begins one long text after the other and ends none shall not fill the disk. */
function tooMany(tx: Tx, { sender }: NewPart): Assembly[] {
  const oldest = (where: string, ...values: unknown[]) =>
    tx.all<{ assembly: string }>(
      `SELECT assembly FROM part ${where} GROUP BY assembly ORDER BY MIN(raw) DESC LIMIT -1 OFFSET ?`,
      ...values,
    )
  const [first] = [...oldest('WHERE sender = ?', sender, mostOfSender), ...oldest('', mostInAll)]
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
