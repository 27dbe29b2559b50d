import type { Tx } from './engine.ts'

/** One segment of a long text. */
export interface NewPart {
  readonly raw: number
  /** SIM, originator, reference with its width, and total (design section 3, inbound). */
  readonly key: string
  readonly part: number
  readonly total: number
  /** TP-SCTS in ms, or when it was received where that is unreadable. */
  readonly scts: number
  /** What `sms/reassemble` needs of it. */
  readonly content: string
  readonly now: number
}

export interface Assembly {
  readonly id: string
  readonly total: number
  readonly parts: readonly { readonly raw: number; readonly part: number; readonly content: string }[]
}

interface PartRow {
  readonly assembly: string
  readonly part: number
  readonly raw: number
  readonly total: number
  readonly scts: number
  readonly content: string
}

/** The same reference comes round: segments of one text are not further apart than this. */
const spreadMs = 86_400_000

/**
 * Adds a segment to its set. With the last one missing the whole set comes back, the new segment still unfiled in it:
 * so a crash before the text is settled finds the same set again. Null while segments are missing.
 */
export function assemble(tx: Tx, part: NewPart): Assembly | null {
  const sets = openSets(tx, part.key)
  for (const [id, rows] of sets) {
    if (rows.some((row) => Math.abs(row.scts - part.scts) > spreadMs)) continue
    const twin = rows.find((row) => row.part === part.part)
    if (twin !== undefined) {
      if (twin.content !== part.content) continue
      tx.run(`UPDATE raw SET state = 'duplicate', pdu = NULL WHERE id = ?`, part.raw)
      return null
    }
    if (rows.length + 1 === part.total) return assembly(id, part.total, [...rows, part])
    insert(tx, id, part)
    return null
  }
  if (part.total === 1) return assembly(part.key, 1, [part])
  insert(tx, sets.size === 0 ? part.key : `${part.key}\u0001${freeNumber(sets, part.key)}`, part)
  return null
}

function openSets(tx: Tx, key: string): Map<string, PartRow[]> {
  const rows = tx.all<PartRow>(
    `SELECT * FROM part WHERE assembly = ? OR (assembly > ? AND assembly < ?) ORDER BY assembly, part`,
    key,
    `${key}\u0001`,
    `${key}\u0002`,
  )
  const sets = new Map<string, PartRow[]>()
  for (const row of rows) sets.set(row.assembly, [...(sets.get(row.assembly) ?? []), row])
  return sets
}

function freeNumber(sets: ReadonlyMap<string, unknown>, key: string): number {
  let n = 2
  while (sets.has(`${key}\u0001${n}`)) n++
  return n
}

function insert(tx: Tx, id: string, part: NewPart): void {
  tx.run(
    'INSERT INTO part (assembly, part, raw, total, scts, content, received_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    id,
    part.part,
    part.raw,
    part.total,
    part.scts,
    part.content,
    part.now,
  )
  tx.run(`UPDATE raw SET state = 'part' WHERE id = ?`, part.raw)
}

function assembly(
  id: string,
  total: number,
  rows: readonly { raw: number; part: number; content: string }[],
): Assembly {
  const parts = rows.map(({ raw, part, content }) => ({ raw, part, content })).sort((a, b) => a.part - b.part)
  return { id, total, parts }
}

/** Sets that have waited too long for their missing segments. */
export function staleAssemblies(tx: Tx, { before }: { before: number }): Assembly[] {
  const old = tx.all<{ assembly: string }>(
    'SELECT assembly FROM part GROUP BY assembly HAVING MAX(received_at) < ? LIMIT 100',
    before,
  )
  return old.map((row) => {
    const rows = tx.all<PartRow>('SELECT * FROM part WHERE assembly = ? ORDER BY part', row.assembly)
    return assembly(row.assembly, rows[0]?.total ?? 0, rows)
  })
}
