import type { ReceivedDocument } from '../../message/received.ts'
import type { Values } from '../../message/values.ts'
import { changeState } from '../devices/devices.ts'
import { document } from '../rows.ts'
import type { Tx } from '../tx.ts'

/** A text of the quarantine as a new rule reads it. */
export interface TextReadAgain {
  readonly id: string
  readonly message: string
  readonly reading: 'partial' | null
  /** What may become the state: nothing that opens, disarms or alarms. */
  readonly values: Values
  /** The latest time at which the network can have accepted it. */
  readonly at: number
  readonly receivedAt: number
}

/** Rows of the quarantine that are looked at. */
const maxRaws = 2_000

/**
 * What lay in quarantine is read by a rule that has been made since. Each value has the time of its text, so that a
 * newer one stays; no command is settled, no event is raised, and nothing is published but the state. Texts are the
 * oldest first. Returns how many were read.
 */
export function readAgain(
  tx: Tx,
  {
    device,
    texts,
    fields,
    now,
  }: {
    device: string
    texts: readonly TextReadAgain[]
    fields: readonly string[]
    now: number
  },
): { read: number } {
  const read = texts.filter((text) => markRead(tx, device, text))
  // A field is taken from the newest text that has it: older values are not published first.
  const taken = new Set<string>()
  const changes = read.toReversed().flatMap(({ values, at, receivedAt }) => {
    const fresh = Object.fromEntries(Object.entries(values).filter(([field]) => !taken.has(field)))
    for (const field of Object.keys(fresh)) taken.add(field)
    return Object.keys(fresh).length === 0 ? [] : [{ values: fresh, at, receivedAt }]
  })
  for (const change of changes.toReversed()) changeState(tx, { device, fields, seenAt: now, ...change })
  release(tx, new Set(read.map(({ id }) => id)))
  return { read: read.length }
}

/** False where it is gone, or no text of the device: its number may have been unknown then. */
function markRead(tx: Tx, device: string, { id, message, reading }: TextReadAgain): boolean {
  const row = tx.one<{ document: string }>(
    'SELECT document FROM incoming WHERE message_id = ? AND (device = ? OR device IS NULL)',
    id,
    device,
  )
  const published = document<ReceivedDocument | null>(row?.document ?? 'null')
  if (published === null || typeof published.parsed !== 'boolean') return false
  const { unread: _, reading: __, ...rest } = published
  const known = { ...rest, parsed: true, message, ...(reading !== null && { reading, unread: published.unread ?? [] }) }
  tx.run('UPDATE incoming SET document = ? WHERE message_id = ?', JSON.stringify(known), id)
  return true
}

/** Ends the quarantine of texts that are read now. */
function release(tx: Tx, ids: ReadonlySet<string>): void {
  const raws = tx.all<{ id: number; document: string | null }>(
    `SELECT id, document FROM raw WHERE state = 'quarantined' ORDER BY id DESC LIMIT ?`,
    maxRaws,
  )
  for (const { id, document: kept } of raws) {
    const [, message = ''] = /^\{"message_id":"([^"]+)"/.exec(kept ?? '') ?? []
    if (ids.has(message)) tx.run(`UPDATE raw SET state = 'done', document = NULL WHERE id = ?`, id)
  }
}
