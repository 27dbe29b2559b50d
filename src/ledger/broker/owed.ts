import type { Subject } from '../about.ts'
import { anywhere, mentions, quotesOf } from '../mentions.ts'
import type { Tx } from '../tx.ts'

/** Deletes messages of a device and of numbers that are queued for disconnected clients of the embedded broker. */
export function forgetOwed(
  tx: Tx,
  { device, numbers, address }: Subject & { readonly address: string | null },
): number {
  let changes = 0
  if (device !== null && address !== null) {
    const named = Buffer.from(`"device":${JSON.stringify(device)}`)
    const ofDevice = 'topic = ? OR substr(topic, 1, ?) = ? OR instr(payload, ?) > 0'
    changes += forget(tx, ofDevice, address, address.length + 1, `${address}/`, named)
  }
  for (const number of numbers) {
    const patterns = [anywhere(number), anywhere(number)]
    changes += forget(tx, `${mentions('CAST(payload AS TEXT)')} OR ${mentions('topic')}`, ...patterns)
  }
  return changes
}

/** Deletes those that contain a name and one of these quotes. */
export function forgetOwedQuoting(tx: Tx, name: string, quotes: readonly string[]): void {
  forget(tx, quotesOf('payload', quotes), ...[name, ...quotes].map((text) => Buffer.from(text)))
}

/** Messages and their queue entries. */
function forget(tx: Tx, where: string, ...values: unknown[]): number {
  const bodies = `SELECT id FROM session_body WHERE ${where}`
  tx.run(`DELETE FROM session_owed WHERE body IN (${bodies})`, ...values)
  return tx.run(`DELETE FROM session_body WHERE ${where}`, ...values).changes
}
