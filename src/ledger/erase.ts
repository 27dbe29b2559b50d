import { announceDevice } from './devices/devices.ts'
import { forgetTrust } from './devices/sources.ts'
import { about, type Subject } from './history.ts'
import { move } from './outbox/moves.ts'
import type { SubmissionRow } from './rows.ts'
import type { Tx } from './tx.ts'

export interface Erasure extends Subject {
  /** Where the hub publishes: messages for absent clients are kept by their whole topics. */
  readonly baseTopic: string
  /** What the state topic of the device shows, where it stays. */
  readonly fields: readonly string[] | null
  readonly now: number
}

/** Rows that are gone, by what they were; `unfinished` are on their way and can't be called back. */
export interface Erased {
  readonly commands: number
  readonly received: number
  readonly raw: number
  readonly published: number
  readonly unfinished: number
}

/**
 * Forgets a device or a number: commands, texts, what came off the wire, values, and what waits to be published. What
 * is queued is cancelled, and that is still published. In the next quiet moment the file is written anew.
 */
export function erase(tx: Tx, { device, numbers, baseTopic, fields, now }: Erasure): Erased {
  if (device === null && numbers.length === 0) return { commands: 0, received: 0, raw: 0, published: 0, unfinished: 0 }
  const published = publications(tx, { device, numbers }, baseTopic)
  const commands = submissions(tx, { device, numbers }, now)
  const senders = about({ device, numbers }, { device: 'device', number: 'sender' })
  const received = tx.run(`DELETE FROM incoming WHERE ${senders.where}`, ...senders.values).changes
  const raw = wire(tx, { device, numbers })
  for (const number of numbers) {
    tx.run('DELETE FROM concatenation WHERE recipient = ?', number)
    tx.run('DELETE FROM quota WHERE key = ?', `device:${number}`)
    tx.run(`DELETE FROM lane WHERE key = ? AND NOT EXISTS (SELECT 1 FROM submission WHERE lane = key)`, `n:${number}`)
  }
  if (device !== null) forgetState(tx, device, fields)
  tx.ring('erased')
  return { ...commands, received, raw, published }
}

function submissions(tx: Tx, subject: Subject, now: number): Pick<Erased, 'commands' | 'unfinished'> {
  const { where, values } = about(subject, { device: 'device', number: 'recipient' })
  const queued = tx.all<SubmissionRow>(`SELECT * FROM submission WHERE status = 'queued' AND ${where}`, ...values)
  for (const row of queued)
    move(tx, row, { status: 'cancelled', sms: 'cancelled', final: true, ok: null, reason: 'erased' }, now)
  const { changes } = tx.run(`DELETE FROM submission WHERE final = 1 AND ${where}`, ...values)
  const left = tx.one<{ n: number }>(`SELECT COUNT(*) AS n FROM submission WHERE ${where}`, ...values)
  return { commands: changes, unfinished: left?.n ?? 0 }
}

/** What waits for the broker, and for absent clients of the embedded one. */
function publications(tx: Tx, { device, numbers }: Subject, baseTopic: string): number {
  const run = (sql: string, ...values: unknown[]) => tx.run(sql, ...values).changes
  let changes = 0
  if (device !== null) {
    const whole = `${baseTopic}/${device}`
    const named = Buffer.from(`"device":${JSON.stringify(device)}`)
    changes += run(`DELETE FROM publication WHERE absolute = 0 AND (topic = ? OR topic LIKE ? || '/%')`, device, device)
    changes += run(
      `DELETE FROM publication WHERE topic IN ('sms/received', 'sms/status') AND payload ->> 'device' = ?`,
      device,
    )
    const topics = 'topic = ? OR substr(topic, 1, ?) = ? OR instr(payload, ?) > 0'
    changes += owed(tx, topics, whole, whole.length + 1, `${whole}/`, named)
  }
  for (const number of numbers) {
    changes += run('DELETE FROM publication WHERE instr(payload, ?) > 0', number)
    changes += owed(tx, 'instr(payload, ?) > 0', Buffer.from(number))
  }
  return changes
}

/** Messages of the embedded broker, and that they are owed to anybody. */
function owed(tx: Tx, where: string, ...values: unknown[]): number {
  const bodies = `SELECT id FROM session_body WHERE ${where}`
  tx.run(`DELETE FROM session_owed WHERE body IN (${bodies})`, ...values)
  return tx.run(`DELETE FROM session_body WHERE ${where}`, ...values).changes
}

/** PDUs hold numbers with the digits of each octet swapped. Hashes stay: a copy is still a duplicate. */
function wire(tx: Tx, { device, numbers }: Subject): number {
  const forget = `UPDATE raw SET state = 'done', pdu = NULL, document = NULL`
  let changes = 0
  if (device !== null)
    changes += tx.run(`${forget} WHERE document LIKE '{%' AND document ->> 'device' = ?`, device).changes
  for (const number of numbers) {
    const digits = number.replace(/\D/g, '')
    if (digits === '') continue
    tx.run('DELETE FROM route WHERE instr(print, ?) > 0', digits)
    const swapped = (digits.length % 2 === 0 ? digits : `${digits}F`).replace(/(.)(.)/g, '$2$1')
    const ids = `SELECT id FROM raw WHERE instr(upper(pdu), ?) > 0 OR instr(document, ?) > 0`
    tx.run(`DELETE FROM part WHERE raw IN (${ids}) OR sender = ?`, swapped, number, number)
    changes += tx.run(`${forget} WHERE id IN (${ids})`, swapped, number).changes
  }
  return changes
}

/** Values and times; settings that the device has taken stay, they are needed to speak to it. */
function forgetState(tx: Tx, device: string, fields: readonly string[] | null): void {
  tx.run(`UPDATE device SET state = '{}', times = '{}', events = '{}', last_seen = NULL WHERE id = ?`, device)
  forgetTrust(tx, device)
  tx.publish({ topic: `${device}/location`, payload: '', retain: true })
  if (fields !== null) announceDevice(tx, device, fields)
}
