import type { Values } from '../message/values.ts'
import type { Subject } from './about.ts'
import { forgetOwed } from './broker/owed.ts'
import { deleteReceived, deleteSent } from './conversation-rows.ts'
import { announceDevice } from './devices/devices.ts'
import { forgetWords } from './devices/dialects.ts'
import { patchState } from './devices/presence.ts'
import { forgetTrust } from './devices/sources.ts'
import { dismissErased } from './events/outlets.ts'
import { anywhere, holds, mentions } from './mentions.ts'
import { happen } from './outbox/moves.ts'
import { document, type SubmissionRow } from './rows.ts'
import type { Tx } from './tx.ts'
import { forgetDeliveries } from './webhooks/forget-deliveries.ts'

export interface Erasure extends Subject {
  /** Topic prefix of the device at the embedded broker. */
  readonly address: string | null
  /** Fields of its state, where the device remains. */
  readonly fields: readonly string[] | null
  readonly now: number
}

/** Numbers of deleted rows; `unfinished` ones are being sent and can't be cancelled. */
export interface Erased {
  readonly commands: number
  readonly received: number
  readonly raw: number
  readonly published: number
  readonly unfinished: number
}

/**
 * Erases a device or a number: commands, texts, raw messages, values, and unpublished events. Queued commands are
 * cancelled, which is still published. The file is rewritten when the store is idle.
 */
export function erase(tx: Tx, { device, numbers, address, fields, now }: Erasure): Erased {
  if (device === null && numbers.length === 0) return { commands: 0, received: 0, raw: 0, published: 0, unfinished: 0 }
  const published =
    events(tx, { device, numbers }) +
    forgetOwed(tx, { device, numbers, address }) +
    forgetDeliveries(tx, { device, numbers })
  const commands = submissions(tx, { device, numbers }, now)
  const { where, values } = of({ device, numbers }, 'sender', ['text', 'document'])
  const received = deleteReceived(tx, where, ...values)
  const raw = wire(tx, { device, numbers })
  for (const number of numbers) forgetNumber(tx, number)
  if (device !== null) forgetState(tx, device, fields)
  tx.ring('erased')
  return { ...commands, received, raw, published }
}

/** Rows of a device, of a number whatever device it belonged to, and those that contain the number. */
function of({ device, numbers }: Subject, column: string, texts: readonly string[]) {
  const about = [`${column} = ?`, ...texts.map(mentions)]
  return {
    where: `(${[...(device === null ? [] : ['device = ?']), ...numbers.flatMap(() => about)].join(' OR ')})`,
    values: [
      ...(device === null ? [] : [device]),
      ...numbers.flatMap((number) => [number, ...texts.map(() => anywhere(number))]),
    ],
  }
}

function submissions(tx: Tx, subject: Subject, now: number): Pick<Erased, 'commands' | 'unfinished'> {
  const { where, values } = of(subject, 'recipient', ['text', 'value', 'args', 'reply', 'heard', 'error', 'returns'])
  const queued = tx.all<SubmissionRow>(`SELECT * FROM submission WHERE status = 'queued' AND ${where}`, ...values)
  for (const row of queued) happen(tx, row, { type: 'cancelled', reason: 'erased', now })
  const commands = deleteSent(tx, `final = 1 AND ${where}`, ...values)
  const left = tx.one<{ n: number }>(`SELECT COUNT(*) AS n FROM submission WHERE ${where}`, ...values)
  return { commands, unfinished: left?.n ?? 0 }
}

/** Events that no outlet has read yet, and those of the log. */
function events(tx: Tx, { device, numbers }: Subject): number {
  const run = (where: string, ...values: unknown[]) => tx.run(`DELETE FROM event WHERE ${where}`, ...values).changes
  let changes = device === null ? 0 : run('device = ?', device)
  for (const number of numbers) {
    const columns = ['data', 'replaced', 'reply_to'].map((column) => mentions(`COALESCE(${column}, '')`))
    changes += run([mentions('subject'), ...columns].join(' OR '), ...Array(4).fill(anywhere(number)))
  }
  dismissErased(tx)
  return changes
}

/** PDUs contain numbers with the digits of each octet swapped. Hashes are kept, to detect duplicates. */
function wire(tx: Tx, { device, numbers }: Subject): number {
  const forget = `UPDATE raw SET state = 'done', pdu = NULL, document = NULL`
  let changes = 0
  if (device !== null)
    changes += tx.run(`${forget} WHERE document LIKE '{%' AND document ->> 'device' = ?`, device).changes
  for (const number of numbers) {
    const digits = number.replace(/\D/g, '')
    const swapped = (digits.length % 2 === 0 ? digits : `${digits}F`).replace(/(.)(.)/g, '$2$1')
    const inPdu = digits === '' ? '' : ' OR instr(upper(pdu), ?) > 0'
    const ids = `SELECT id FROM raw WHERE ${mentions('document')}${inPdu}`
    const values = [anywhere(number), ...(digits === '' ? [] : [swapped])]
    const parts = `raw IN (${ids}) OR substr(sender, instr(sender, ' ') + 1) = ? OR ${mentions('content')}`
    tx.run(`DELETE FROM part WHERE ${parts}`, ...values, number.replace(/^\+/, ''), anywhere(number))
    changes += tx.run(`${forget} WHERE id IN (${ids})`, ...values).changes
  }
  return changes
}

/** Other rows with a number, or keyed by it. */
function forgetNumber(tx: Tx, number: string): void {
  const named = anywhere(number)
  const asked = ` to ${number}`
  tx.run('DELETE FROM concatenation WHERE recipient = ?', number)
  tx.run(`DELETE FROM smpp_part WHERE ${mentions('name')} OR ${mentions('text')}`, named, named)
  tx.run('DELETE FROM quota WHERE key = ? OR substr(key, ?) = ?', `device:${number}`, -asked.length, asked)
  tx.run(`DELETE FROM lane WHERE key = ? AND NOT EXISTS (SELECT 1 FROM submission WHERE lane = key)`, `n:${number}`)
  tx.run(`UPDATE api_key SET label = '' WHERE ${mentions('label')}`, named)
  tx.run(`DELETE FROM route WHERE ${mentions('print')}`, named)
  tx.run(`DELETE FROM question WHERE ${mentions('claimed')}`, named)
  tx.run(`UPDATE device SET events = '{}' WHERE ${mentions('events')}`, named)
  const naming = `SELECT id, state FROM device WHERE ${mentions('state')}`
  for (const { id, state } of tx.all<{ id: string; state: string }>(naming, named)) {
    const fields = Object.entries(document<Values>(state)).filter(([, value]) => holds(value, number))
    patchState(tx, id, Object.fromEntries(fields.map(([field]) => [field, null])))
  }
}

/** Values and times; settings that the device has accepted are kept, as its commands need them. */
function forgetState(tx: Tx, device: string, fields: readonly string[] | null): void {
  tx.run(`UPDATE device SET state = '{}', times = '{}', events = '{}', last_seen = NULL WHERE id = ?`, device)
  forgetTrust(tx, device)
  forgetWords(tx, device)
  tx.emit({ kind: 'location', subject: device, data: null })
  if (fields !== null) announceDevice(tx, device, fields)
}
