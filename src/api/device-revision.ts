import type { Device } from '../device/device.ts'
import { abilitiesOf } from './abilities.ts'
import type { ApiDeps } from './operation.ts'
import { assertWanted, digestOf } from './revision.ts'

type Deps = Pick<ApiDeps, 'fleet' | 'revisionKey'>

/** A device and what it can do. */
export function shownDevice(device: Device, { fleet, revisionKey }: Deps) {
  const { id, name, profile } = device
  const row = fleet.rowOf(id)
  const shown = { id, name, profile: profile.id, removable: row !== null, ...abilitiesOf(device) }
  return { ...shown, revision: digestOf([row, shown], { revisionKey }) }
}

/** The same for as long as nothing of the device changes, over restarts, too. */
export const revisionOf = (device: Device, deps: Deps): string => shownDevice(device, deps).revision

/** Fails with `conflict` unless it is this revision; null is any. */
export function assertRevision(device: Device, revision: string | null, deps: Deps): void {
  if (revision !== null) assertWanted(`device ${device.id}`, revisionOf(device, deps), revision)
}
