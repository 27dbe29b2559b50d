import { type LastingEvent, type LastingKind, rowOf, textOf } from '../../message/hub-event.ts'
import type { Tx } from '../tx.ts'

/** The current state of a subject, as stored. */
export function latest(tx: Tx, kind: LastingKind, subject: string): string | undefined {
  const sql = 'SELECT data FROM latest WHERE kind = ? AND subject = ?'
  return tx.one<{ data: string }>(sql, kind, subject)?.data
}

/** Emits a state where it differs from the current one, or `again`. Returns whether it did. */
export function emitNews(tx: Tx, event: LastingEvent, again = false): boolean {
  return emitUnlessKnown(tx, event, latest(tx, event.kind, event.subject), again)
}

/** The same where the current state has been read already. */
export function emitUnlessKnown(tx: Tx, event: LastingEvent, known: string | undefined, again = false): boolean {
  const text = textOf(event)
  if (known === text && !again) return false
  const replaced = rowOf(event.kind).replaces === true && known !== undefined && text !== null ? known : null
  tx.emit(event, { text, replaced })
  return true
}

/** Emits those states that differ from the current ones. Returns how many did. */
export function show(tx: Tx, { events, again = false }: { events: readonly LastingEvent[]; again?: boolean }): number {
  return events.filter((event) => emitNews(tx, event, again)).length
}

/** All current states of a kind, by subject. */
export function latestOf(tx: Tx, kind: LastingKind): Map<string, string> {
  const rows = tx.all<{ subject: string; data: string }>('SELECT subject, data FROM latest WHERE kind = ?', kind)
  return new Map(rows.map(({ subject, data }) => [subject, data]))
}

/** Emits all states of some kinds and withdraws every other one of these kinds. */
export function showAll(
  tx: Tx,
  { kinds, events }: { kinds: readonly LastingKind[]; events: readonly LastingEvent[] },
): void {
  for (const event of events) emitNews(tx, event)
  for (const kind of kinds) {
    const subjects = events.filter((event) => event.kind === kind).map(({ subject }) => subject)
    withdrawOthers(tx, { kinds: [kind], subjects })
  }
}

/** Withdraws the states of all other subjects. */
export function withdrawOthers(
  tx: Tx,
  { kinds, subjects }: { kinds: readonly LastingKind[]; subjects: readonly string[] },
): void {
  const kept = new Set(subjects)
  for (const kind of kinds) {
    const rows = tx.all<{ subject: string }>('SELECT subject FROM latest WHERE kind = ? ORDER BY subject', kind)
    for (const { subject } of rows) if (!kept.has(subject)) tx.emit({ kind, subject, data: null })
  }
}

/** Withdraws those states of a subject that there are. */
export function withdraw(tx: Tx, kinds: readonly LastingKind[], subject: string): void {
  for (const kind of kinds) if (latest(tx, kind, subject) !== undefined) tx.emit({ kind, subject, data: null })
}

export interface CurrentState {
  readonly kind: LastingKind
  readonly subject: string
  readonly data: string
}

/** A page of all current states, for an outlet whose peer has lost them. */
export function currentStates(
  tx: Tx,
  { kind, subject, limit }: { kind: string; subject: string; limit: number },
): CurrentState[] {
  return tx.all(
    'SELECT kind, subject, data FROM latest WHERE (kind, subject) > (?, ?) ORDER BY kind, subject LIMIT ?',
    kind,
    subject,
    limit,
  )
}

/** A page of the subjects of a kind, in order. */
export function subjects(
  tx: Tx,
  { kind, after, limit }: { kind: LastingKind; after: string; limit: number },
): string[] {
  return tx
    .all<{ subject: string }>(
      'SELECT subject FROM latest WHERE kind = ? AND subject > ? ORDER BY subject LIMIT ?',
      kind,
      after,
      limit,
    )
    .map(({ subject }) => subject)
}

/**
 * Subjects that are paths, `<root>/<group>/<name>/…`, of one name. From group to group by the index, however many there
 * are in each.
 */
export function subjectsNamed(
  tx: Tx,
  { kind, root, name }: { kind: LastingKind; root: string; name: string },
): string[] {
  const found: string[] = []
  for (let after = `${root}/`; ; ) {
    // '0' is the character behind '/'
    const next = tx.one<{ subject: string }>(
      'SELECT subject FROM latest WHERE kind = ? AND subject > ? AND subject < ? ORDER BY subject LIMIT 1',
      kind,
      after,
      `${root}0`,
    )
    if (next === undefined) return found
    const group = `${root}/${next.subject.slice(root.length + 1).split('/')[0]}`
    const own = tx.all<{ subject: string }>(
      'SELECT subject FROM latest WHERE kind = ? AND subject > ? AND subject < ?',
      kind,
      `${group}/${name}/`,
      `${group}/${name}0`,
    )
    found.push(...own.map(({ subject }) => subject))
    after = `${group}0`
  }
}
