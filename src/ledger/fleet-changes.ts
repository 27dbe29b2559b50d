import { announceDevice, leave } from './devices/devices.ts'
import { queuedFor } from './lanes/scheduled.ts'
import { happen } from './outbox/moves.ts'
import type { SubmissionRow } from './rows.ts'
import { upsert } from './sql.ts'
import type { Tx } from './tx.ts'

/** Devices that were added while the hub ran. */
export function fleetRows(tx: Tx): { id: string; config: string }[] {
  return tx.all('SELECT id, config FROM fleet ORDER BY id')
}

/** Stores new and changed devices, with their states. */
export function keepDevices(
  tx: Tx,
  {
    devices,
  }: { devices: readonly { readonly id: string; readonly config: string; readonly fields: readonly string[] }[] },
): void {
  for (const { id, config, fields } of devices) {
    tx.run(upsert('fleet', ['id'], ['config']), id, config)
    announceDevice(tx, id, fields)
  }
}

/** Removes devices and cancels their queued commands. */
export function dropDevices(tx: Tx, { ids, now }: { ids: readonly string[]; now: number }): void {
  for (const id of ids) {
    const queued = tx.all<SubmissionRow>(queuedFor, `d:${id}`, `d:${id}`)
    for (const row of queued) happen(tx, row, { type: 'cancelled', reason: 'the device was removed', now })
    tx.run('DELETE FROM fleet WHERE id = ?', id)
    leave(tx, id)
  }
}
