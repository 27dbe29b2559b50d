import type { Config } from '../config/schema.ts'
import type { Device } from '../device/device.ts'
import { strayOverrides } from '../homeassistant/overrides.ts'

/** Overrides in the configuration for entities that its devices do not have. */
export function strayEntities({ mqtt, homeassistant }: Config, devices: Iterable<Device>): string[] {
  const { base_topic: baseTopic, prefix } = { ...mqtt, ...homeassistant }
  if (homeassistant.discovery === 'none') return []
  const context = { baseTopic, prefix, instance: '', version: '' }
  return [...devices].flatMap((device) => strayOverrides(context, device, []))
}
