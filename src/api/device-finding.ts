import type { Device } from '../device/device.ts'
import { may, type Rights, shownDevices } from '../message/rights.ts'

/** Whether a device has been silent for too long. */
export const deviceStates = ['online', 'offline'] as const

export interface DeviceFilter {
  readonly profile?: string | undefined
  readonly gateway?: string | undefined
  readonly state?: (typeof deviceStates)[number] | undefined
  readonly q: string
}

/** Whether a device is one that is asked for, and that may be seen. `silent` are those that are offline. */
export function isFound(
  { profile, gateway, state, q }: DeviceFilter,
  silent: ReadonlySet<string>,
  rights: Rights | null,
): (device: Device) => boolean {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = rights === null ? null : shownDevices(rights)
  const own = shown === null ? null : new Set(shown)
  const seesNumbers = rights === null || may(rights, { act: 'see_texts' })
  return (device) =>
    (own === null || own.has(device.id)) &&
    (profile === undefined || device.profile.id === profile) &&
    (gateway === undefined || device.gateway === gateway) &&
    (state === undefined || stateOf(device, silent) === state) &&
    (words.length === 0 || hasAll(words, textOf(device), seesNumbers))
}

/** A device that sends nothing regularly is neither. */
const stateOf = ({ id, expected }: Device, silent: ReadonlySet<string>): (typeof deviceStates)[number] | null =>
  expected === null ? null : silent.has(id) ? 'offline' : 'online'

/** What a search finds a device by, in small letters. */
interface DeviceText {
  readonly names: string
  readonly numbers: string
}

const hasAll = (words: readonly string[], { names, numbers }: DeviceText, seesNumbers: boolean): boolean =>
  words.every((word) => names.includes(word) || (seesNumbers && numbers.includes(word)))

const texts = new WeakMap<Device, DeviceText>()

/** Made once for each device: a search goes through all of them with each letter that is typed. */
function textOf(device: Device): DeviceText {
  const known = texts.get(device)
  if (known !== undefined) return known
  const { id, name, profile, numbers } = device
  const { manufacturer, family } = profile.row
  const names = [id, name, profile.id, manufacturer, family].join(' ').toLowerCase()
  const made = { names, numbers: numbers.join(' ') }
  texts.set(device, made)
  return made
}
