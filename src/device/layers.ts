import type { Device } from './device.ts'
import { ownWords } from './profile/dialect.ts'

const views = new WeakMap<Device, readonly Device[]>()

/**
 * A device as each of its dialects would have it: first in the one that it is known to speak, else as the profile prints
 * its texts.
 */
export function layersOf(device: Device): readonly Device[] {
  const layers = Object.values(device.dialect.layers)
  if (layers.length === 0) return [device]
  const known = views.get(device) ?? ordered(device, [{ ...device.dialect, layers: {} }, ...layers])
  views.set(device, known)
  return known
}

function ordered(device: Device, dialects: readonly Device['dialect'][]): Device[] {
  const isSpoken = ({ layer }: Device['dialect']): boolean => (layer ?? ownWords) === device.speaks?.layer
  const others = dialects.filter((one) => !isSpoken(one))
  return [...dialects.filter(isSpoken), ...others].map((dialect) => ({ ...device, dialect }))
}

/** The device in the words in which commands are sent to it: those of a dialect only where it is known to speak it. */
export const spokenTo = (device: Device): Device =>
  device.speaks?.isSettled === true ? (layersOf(device)[0] as Device) : device
