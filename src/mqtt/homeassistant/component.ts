import type { Device } from '../../device/device.ts'

/** One entity in Home Assistant's short keys (facts: discovery, section 1.2). */
export type Component = Readonly<Record<string, unknown>> & { readonly p: string }

/** One entity that a device has, before it gets its identity. */
export interface Part {
  /** Its name below the device: `[a-zA-Z0-9_-]+`. */
  readonly key: string
  readonly component: Component
  /** It shows what the device says: unavailable when the device is. What commands only needs the hub. */
  readonly shows: boolean
}

export interface DiscoveryContext {
  readonly baseTopic: string
  /** Home Assistant's prefix: `homeassistant`. */
  readonly prefix: string
  /** Tells hubs at one broker apart. */
  readonly instance: string
  readonly version: string
}

export const hubDeviceId = ({ instance }: DiscoveryContext): string => `smshub_${instance}`

/** A topic of the device. */
export const topicOf = ({ baseTopic }: DiscoveryContext, { id }: Device, rest = ''): string =>
  `${baseTopic}/${id}${rest && `/${rest}`}`

export const jsonValue = (name: string): string => `{{ value_json.${name} }}`

/** ON, OFF, or unknown while nothing is known: null must not become OFF. */
export const switchOf = (name: string): string =>
  `{{ None if value_json.${name} is none else ('ON' if value_json.${name} else 'OFF') }}`

/** Keys without a value are left out. */
export function without<T extends Record<string, unknown>>(table: T): T {
  const kept: Record<string, unknown> = {}
  for (const key of Object.keys(table)) if (table[key] !== undefined) kept[key] = table[key]
  return kept as T
}
