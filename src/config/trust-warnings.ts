import type { Device } from '../device/device.ts'
import { codesOf, questionFor } from '../device/receive/evidence.ts'

/** Configured levels of trust that no text of the device can reach, with consequence and remedy. */
export function trustWarnings(device: Device): string[] {
  const { trust, id, profile } = device
  if (trust === null || codesOf(device).length > 0) return []
  const wants = (Object.entries(trust) as [string, unknown][]).filter(([, level]) => level === 'secret')
  const names = wants.map(([name]) => name)
  if (names.length === 0) return []
  const key = `devices.${id}.trust`
  const none = `no text of ${profile.id} contains a code of the device (or its code is the factory default)`
  if (questionFor(device, []) === null)
    return [
      `${key}: secret cannot be reached: ${none}, and no command queries its state; its texts would never count: use route`,
    ]
  return [
    `${key}: ${none}: only answers to queries (get) reach secret${
      names.includes('settle')
        ? '; other commands end with ok: null, reason: unverified, unless settle is route or number'
        : ''
    }`,
  ]
}
