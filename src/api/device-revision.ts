import { createHmac } from 'node:crypto'
import type { Device } from '../device/device.ts'
import { Fault } from '../message/fault.ts'
import { abilitiesOf } from './abilities.ts'
import type { ApiDeps } from './operation.ts'

type Deps = Pick<ApiDeps, 'fleet' | 'revisionKey'>

/** A device and what it can do. */
export function shownDevice(device: Device, { fleet, revisionKey }: Deps) {
  const { id, name, profile } = device
  const row = fleet.rowOf(id)
  const shown = { id, name, profile: profile.id, removable: row !== null, ...abilitiesOf(device) }
  // The row has what is not shown, such as its password: without the key it could be guessed from the revision.
  const digest = createHmac('sha256', revisionKey)
    .update(JSON.stringify([row, shown]))
    .digest('base64url')
  return { ...shown, revision: digest.slice(0, 22) }
}

/** The same for as long as nothing of the device changes, over restarts, too. */
export const revisionOf = (device: Device, deps: Deps): string => shownDevice(device, deps).revision

/** Fails with `conflict` unless it is this revision; null is any. */
export function assertRevision(device: Device, revision: string | null, deps: Deps): void {
  if (revision === null) return
  const present = revisionOf(device, deps)
  if (revision === present) return
  const { id } = device
  throw new Fault('conflict', `device ${id} was changed meanwhile: its revision is ${present}`, { device: id })
}
