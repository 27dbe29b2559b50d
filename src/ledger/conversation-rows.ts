import { among, byIndex, textList } from './sql.ts'
import type { Tx } from './tx.ts'

/**
 * The overview of conversations, so that it is read by an index however long the history is: a row for each device and
 * number, with its last message each way. It is kept by whoever makes or deletes messages, in the same transaction.
 * How far its received texts have been read is in it as well: the same for all who read, as in a shared inbox.
 */

interface Sent {
  readonly device: string | null
  readonly lane: string | null
}

interface Received {
  readonly device: string | null
  readonly sender: string
}

export const ofDevice = (device: string): string => `d:${device}`
export const ofNumber = (number: string): string => `n:${number}`
/** With whom the conversation of a key is. */
export function peerOf(key: string): { readonly device: string | null; readonly number: string | null } {
  const name = key.slice(2)
  return key.startsWith('d:') ? { device: name, number: null } : { device: null, number: name }
}

/** A text to the number of a device is in the lane of that. */
const ofSent = ({ device, lane }: Sent): string | null => (device === null ? lane : ofDevice(device))
export const ofReceived = ({ device, sender }: Received): string =>
  device === null ? ofNumber(sender) : ofDevice(device)

/** A submission has been made; without a lane it is with nobody. */
export function noteSent(tx: Tx, row: Sent & { readonly seq: number; readonly queued_at: number }): void {
  const key = ofSent(row)
  if (key !== null) note(tx, ['sent', 'queued_at'], { key, device: row.device, last: row.seq, at: row.queued_at })
}

export function noteReceived(tx: Tx, row: Received & { readonly id: number; readonly receivedAt: number }): void {
  const { device, id, receivedAt } = row
  note(tx, ['received', 'received_at'], { key: ofReceived(row), device, last: id, at: receivedAt })
}

interface Last {
  readonly key: string
  readonly device: string | null
  readonly last: number
  readonly at: number
}

/** Who sees no texts of people counts those of the device alone. */
function note(tx: Tx, columns: readonly [last: string, at: string], { key, device, last, at }: Last): void {
  const sights = device === null ? [1] : [0, 1]
  tx.run(
    `INSERT INTO conversation (key, people, messages, ${columns.join(', ')})
     VALUES ${sights.map((people) => `(?, ${people}, 1, ?, ?)`).join(', ')}
     ON CONFLICT (key, people) DO UPDATE SET messages = conversation.messages + 1,
       ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    ...sights.flatMap(() => [key, last, at]),
  )
}

/** Deletes submissions; how many they were. */
export function deleteSent(tx: Tx, where: string, ...values: unknown[]): number {
  const gone = tx.all<Sent>(`DELETE FROM submission WHERE ${where} RETURNING device, lane`, ...values)
  recount(tx, gone.map(ofSent))
  return gone.length
}

/** Deletes received texts; how many they were. */
export function deleteReceived(tx: Tx, where: string, ...values: unknown[]): number {
  const gone = tx.all<Received>(`DELETE FROM incoming WHERE ${where} RETURNING device, sender`, ...values)
  recount(tx, gone.map(ofReceived))
  return gone.length
}

/** Changes submissions, their times included. */
export function retimeSent(tx: Tx, change: string, ...values: unknown[]): void {
  recount(tx, tx.all<Sent>(`UPDATE submission SET ${change} RETURNING device, lane`, ...values).map(ofSent))
}

/** Where messages are found, each by an index that has all that is counted. */
const sources = [
  { of: 'submission', key: 'seq', by: 'device', prefix: 'd:', people: 0, index: 'submission_device' },
  { of: 'submission', key: 'seq', by: 'lane', prefix: '', people: 1, index: 'submission_text' },
  { of: 'incoming', key: 'id', by: 'device', prefix: 'd:', people: 0, index: 'incoming_device' },
  { of: 'incoming', key: 'id', by: 'sender', prefix: 'n:', people: 1, index: 'incoming_stranger' },
] as const

const parts = sources.map(({ of, key, by, prefix, people, index }) => {
  const last = of === 'submission' ? `MAX(${key}) AS sent, NULL AS received` : `NULL AS sent, MAX(${key}) AS received`
  const among_ = `${among(by)}${people === 1 ? ' AND device IS NULL' : ''}`
  return `SELECT '${prefix}' || ${by} AS key, ${people} AS people, COUNT(*) AS n, ${last}
    FROM ${of} ${byIndex(index)} WHERE ${among_} GROUP BY ${by}`
})

const counted = `
  INSERT INTO conversation (key, people, messages, sent, queued_at, received, received_at)
  SELECT key, people, messages, sent, (SELECT queued_at FROM submission WHERE seq = sent),
    received, (SELECT received_at FROM incoming WHERE id = received)
  FROM (
    SELECT key, sight.people AS people, SUM(n) AS messages, MAX(sent) AS sent, MAX(received) AS received
    FROM (${parts.join(' UNION ALL ')}) AS part
    JOIN (SELECT 0 AS people UNION ALL SELECT 1) AS sight ON part.people <= sight.people
    GROUP BY key, sight.people
  ) AS counted WHERE true
  ON CONFLICT (key, people) DO UPDATE SET messages = excluded.messages, sent = excluded.sent,
    queued_at = excluded.queued_at, received = excluded.received, received_at = excluded.received_at,
    read_to = CASE WHEN conversation.read_to < excluded.received THEN conversation.read_to
      ELSE COALESCE(excluded.received, 0) END`

/**
 * Makes the rows of conversations again, of which messages are gone. What was read stays read, but for what is gone: the
 * next text may get the number of the last one.
 */
export function recount(tx: Pick<Tx, 'run'>, given: readonly (string | null)[]): void {
  const keys = [...new Set(given)].filter((key) => key !== null)
  if (keys.length === 0) return
  tx.run(`UPDATE conversation SET messages = 0 WHERE ${among('key')}`, textList(keys))
  const named = (prefix: string) =>
    textList(keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)))
  tx.run(counted, ...sources.map(({ prefix }) => named(prefix)))
  tx.run(`DELETE FROM conversation WHERE ${among('key')} AND messages = 0`, textList(keys))
}
