import type { Device } from '../device.ts'
import type { Dialect } from '../profile/dialect.ts'

const views = new WeakMap<Device, readonly Device[]>()

/** A device as each of its dialects would have it: first as the profile prints its texts. */
export function layersOf(device: Device): readonly Device[] {
  const layers = Object.values(device.dialect.layers)
  if (layers.length === 0) return [device]
  const known = views.get(device) ?? [device, ...layers.map((dialect: Dialect): Device => ({ ...device, dialect }))]
  views.set(device, known)
  return known
}
