import { stateFieldsOf } from '../device/describe/state-fields.ts'
import type { Device } from '../device/device.ts'
import { isListed } from '../device/mask.ts'
import { didYouMean } from '../util/nearest.ts'
import { type Component, type DiscoveryContext, type Part, without } from './component.ts'
import { deviceParts } from './device-parts.ts'

/** Applies the owner's `homeassistant.entities` to the entities of a device. */
export function overridden({ homeassistant }: Device, parts: readonly Part[]): Part[] {
  if (homeassistant === null) return []
  const { entities } = homeassistant
  return parts.flatMap((part) => {
    const change = entities[part.key]
    if (change === undefined) return [part]
    if (change === null) return []
    const { name, icon, enabled, device_class } = change
    const component = without({
      ...part.component,
      ...(name !== undefined && { name }),
      ...(icon !== undefined && { ic: icon }),
      ...(device_class !== undefined && { dev_cla: device_class }),
      ...(enabled !== undefined && { en: enabled ? undefined : false }),
    }) as Component
    return [{ ...part, component }]
  })
}

/** Overrides for entities that the device neither has nor may have later. */
export function strayOverrides(context: DiscoveryContext, device: Device, seen: readonly string[]): string[] {
  const wanted = Object.keys(device.homeassistant?.entities ?? {})
  if (wanted.length === 0) return []
  const known = deviceParts(context, device, seen).map(({ key }) => key)
  const { families } = stateFieldsOf(device)
  return wanted
    .filter((key) => !known.includes(key) && !isListed(key, families))
    .map((key) => {
      const meant = didYouMean(key, known) || `; there is ${known.join(', ')}`
      return `device ${device.id}: homeassistant.entities: there is no entity "${key}"${meant}`
    })
}
