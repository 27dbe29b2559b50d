import { announceDevice, leave } from './devices/devices.ts'
import { queuedFor } from './lanes/scheduled.ts'
import { happen } from './outbox/moves.ts'
import { type Held, reviewScheduled } from './outbox/review-scheduled.ts'
import type { SubmissionRow } from './rows.ts'
import { upsert } from './sql.ts'
import type { Tx } from './tx.ts'

/** Devices that were added while the hub ran. */
export function fleetRows(tx: Tx): { id: string; config: string }[] {
  return tx.all('SELECT id, config FROM fleet ORDER BY id')
}

interface KeptDevice {
  readonly id: string
  readonly config: string
  readonly fields: readonly string[]
}

/** Stores new and changed devices, with their states, and cancels what was scheduled for them as they were. */
export function keepDevices(
  tx: Tx,
  { devices, held, now }: { devices: readonly KeptDevice[]; held: Held; now: number },
): void {
  for (const { id, config, fields } of devices) {
    tx.run(upsert('fleet', ['id'], ['config']), id, config)
    announceDevice(tx, id, fields)
  }
  reviewScheduled(tx, { held, only: true, now })
}

/** Removes devices and cancels what is queued for them, be it a text to the name of one. */
export function dropDevices(tx: Tx, { ids, held, now }: { ids: readonly string[]; held: Held; now: number }): void {
  for (const id of ids) {
    const queued = tx.all<SubmissionRow>(queuedFor, `d:${id}`, `d:${id}`)
    for (const row of queued) happen(tx, row, { type: 'cancelled', reason: 'the device was removed', now })
    tx.run('DELETE FROM fleet WHERE id = ?', id)
    leave(tx, id)
  }
  reviewScheduled(tx, { held, only: true, now })
}
