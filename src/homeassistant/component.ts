import { createHash } from 'node:crypto'
import type { Device } from '../device/device.ts'

/** An entity in Home Assistant's abbreviated keys. */
export type Component = Readonly<Record<string, unknown>> & { readonly p: string }

/** An entity of a device, before it has its identity. */
export interface Part {
  /** Its name below the device: `[a-zA-Z0-9_-]+`. */
  readonly key: string
  readonly component: Component
  /** It shows reports of the device: unavailable when the device is. Without it, only the hub has to be available. */
  readonly shows: boolean
}

export interface DiscoveryContext {
  readonly baseTopic: string
  /** Home Assistant's prefix: `homeassistant`. */
  readonly prefix: string
  /** Distinguishes hubs at the same broker. */
  readonly instance: string
  readonly version: string
  /** Where people open the hub's page. */
  readonly page?: string | undefined
}

/**
 * The link to a place of the page; undefined where its address is not known. Inside Home Assistant the place is in the
 * path, which it passes on to the page in its frame, as it does not do with what is behind a #.
 */
export function linkOf({ page }: DiscoveryContext, place: string): string | undefined {
  if (page === undefined) return undefined
  const start = page.replace(/\/?$/, '/')
  return page.startsWith('homeassistant:') ? `${start}${place}` : `${start}#/${place}`
}

export const hubDeviceId = ({ instance }: Pick<DiscoveryContext, 'instance'>): string => `smshub_${instance}`

/** A topic of the device. */
export const topicOf = ({ baseTopic }: DiscoveryContext, { id }: Device, rest = ''): string =>
  `${baseTopic}/${id}${rest && `/${rest}`}`

/** The value of a key that is always in the payload; Home Assistant shows null as unknown. */
export const jsonValue = (name: string): string =>
  /^[a-z_]\w*$/i.test(name) ? `{{ value_json.${name} }}` : `{{ value_json[${literal(name)}] }}`

/** A text inside a template, with delimiters escaped. */
export const literal = (text: string): string =>
  JSON.stringify(text).replace(/[{}%#]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)

/** A name as the key of a component and a level of a topic; one that is altered by that gets a suffix. */
export function keyOf(name: string): string {
  const plain = name.replace(/[^a-zA-Z0-9_-]/g, '_')
  return plain === name ? name : `${plain}_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}

/** Keys without a value are left out. */
export function without<T extends Record<string, unknown>>(table: T): T {
  const kept: Record<string, unknown> = {}
  for (const key of Object.keys(table)) if (table[key] !== undefined) kept[key] = table[key]
  return kept as T
}
