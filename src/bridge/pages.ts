import { abilitiesOf } from '../api/abilities.ts'
import type { Device } from '../device/device.ts'
import type { Profile } from '../device/profile/profile.ts'
import { sampleDevice } from '../device/sample.ts'
import type { Publication } from '../message/publication.ts'
import { topicName } from '../message/topics.ts'

/** Devices on one page of `bridge/devices`: a page stays far below what brokers take. */
const perPage = 500

/** `bridge/devices`, and `bridge/devices/2` and on where they are many. Without numbers: those are nobody's business. */
export function devicePages(devices: readonly Device[]): Publication[] {
  const pages = Math.max(1, Math.ceil(devices.length / perPage))
  return Array.from({ length: pages }, (_, i) => {
    const listed = devices.slice(i * perPage, (i + 1) * perPage).map(({ id, name, profile }) => {
      return { id, name, profile: profile.id, revision: profile.row.revision }
    })
    const payload = JSON.stringify({ page: i + 1, pages, total: devices.length, devices: listed })
    const topic = i === 0 ? 'bridge/devices' : topicName('bridge/devices/{page}', { page: String(i + 1) })
    return { topic, payload, retain: true }
  })
}

/** `bridge/profiles/<manufacturer>/<family>`: what all devices of a profile can do, told once. */
export function profilePage(profile: Profile): Publication {
  const { id, row } = profile
  const [manufacturer = '', family = ''] = id.split('/')
  const variants = Object.fromEntries(
    [...profile.dialects.keys()].map((variant) => [
      variant || 'default',
      abilitiesOf(sampleDevice(profile, variant, {})),
    ]),
  )
  const { revision, kind, models } = row
  const payload = JSON.stringify({ profile: id, revision, kind, models, variants })
  return {
    topic: topicName('bridge/profiles/{manufacturer}/{family}', { manufacturer, family }),
    payload,
    retain: true,
  }
}
