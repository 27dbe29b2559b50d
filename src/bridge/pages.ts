import { abilitiesOf } from '../api/abilities.ts'
import type { Device } from '../device/device.ts'
import type { Profile } from '../device/profile/profile.ts'
import { sampleDevice } from '../device/sample.ts'
import type { HubEvent } from '../message/hub-event.ts'

/** Devices per page of `bridge/devices`: a page stays far below the size limits of brokers. */
const devicesPerPage = 500

/** The list of devices, in several pages if necessary, and without numbers, which are private. */
export function devicePages(devices: readonly Device[]): HubEvent<'devices'>[] {
  const pages = Math.max(1, Math.ceil(devices.length / devicesPerPage))
  return Array.from({ length: pages }, (_, i) => {
    const listed = devices.slice(i * devicesPerPage, (i + 1) * devicesPerPage).map(({ id, name, profile, speaks }) => {
      const dialect = speaks === null ? {} : { dialect: speaks.layer }
      return { id, name, profile: profile.id, revision: profile.row.revision, ...dialect }
    })
    const data = { page: i + 1, pages, total: devices.length, devices: listed }
    return { kind: 'devices', subject: i === 0 ? '' : String(i + 1), data }
  })
}

/** The abilities that all devices of a profile share. */
export function profilePage(profile: Profile): HubEvent<'profile'> {
  const { id, row } = profile
  const variants = Object.fromEntries(
    [...profile.dialects.keys()].map((variant) => [
      variant || 'default',
      abilitiesOf(sampleDevice(profile, variant, {})),
    ]),
  )
  const { revision, kind, models } = row
  return { kind: 'profile', subject: id, data: { profile: id, revision, kind, models, variants } }
}
